/// Training: the [Trainer], what it is told ([Fit], [Schedule], [EarlyStopping]) and what it tells ([History], [Listener]).
@NullMarked
package dev.rondo.train;

import org.jspecify.annotations.NullMarked;
