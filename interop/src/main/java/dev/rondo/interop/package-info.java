/// Models from elsewhere and for elsewhere: one package for each format.
@NullMarked
package dev.rondo.interop;

import org.jspecify.annotations.NullMarked;
