/// Estimators, from a data file to a saved model in one call: [dev.rondo.tasks.TextClassifier].
@NullMarked
package dev.rondo.tasks;

import org.jspecify.annotations.NullMarked;
