/// What tests of ops, cells and imported models need: results of other frameworks, to compare with.
@NullMarked
package dev.rondo.testkit;

import org.jspecify.annotations.NullMarked;
