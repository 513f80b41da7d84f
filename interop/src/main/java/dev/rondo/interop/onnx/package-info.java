/// Models for ONNX Runtime and whatever else reads ONNX.
@NullMarked
package dev.rondo.interop.onnx;

import org.jspecify.annotations.NullMarked;
