/// The data set that Rondo carries with it: reviews that a small grammar writes, so that a first model needs no download.
@NullMarked
package dev.rondo.tasks.demo;

import org.jspecify.annotations.NullMarked;
