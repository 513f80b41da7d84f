package dev.rondo.op;

import dev.rondo.tensor.Steps;

/// Which steps of a sequence each output of a convolution or pooling sees.
///
/// ```text
/// output t sees the steps t * stride - left + i * dilation, i = 0 .. size - 1
/// ```
///
/// Each sequence of a ragged batch is padded at its own ends: steps after its last one do not exist.
///
/// @param size steps that a window looks at, at least 1
/// @param stride steps between the starts of two windows, at least 1
/// @param dilation steps between two looks of a window, at least 1
/// @param padding what happens at the ends
public record Window(int size, int stride, int dilation, Padding padding) {
    /// What happens at the ends of a sequence.
    public enum Padding {
        /// Only windows that lie within the sequence.
        VALID,
        /// Zeros at both ends, the odd one at the end, so that there is a window for every `stride`-th step.
        SAME,
        /// Zeros at the start, so that a window sees no step after its own.
        CAUSAL
    }

    /// @throws IllegalArgumentException if a number is less than 1, or the window reaches further than an array
    public Window {
        if (size < 1 || stride < 1 || dilation < 1) {
            throw new IllegalArgumentException("a window of size " + size + ", stride " + stride + " and dilation "
                    + dilation + " is none; each must be at least 1");
        }
        if ((size - 1L) * dilation >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a window of size " + size + " and dilation " + dilation
                    + " reaches over more steps than fit in an array; make one of them smaller");
        }
    }

    /// The steps from the first to the last look.
    public int reach() {
        return (size - 1) * dilation + 1;
    }

    /// The number of windows of a sequence.
    public int outputs(int length) {
        return switch (padding) {
            case VALID -> length < reach() ? 0 : (length - reach()) / stride + 1;
            case SAME, CAUSAL -> Math.ceilDiv(length, stride);
        };
    }

    /// The zeros before the first step of a sequence.
    public int left(int length) {
        return switch (padding) {
            case VALID -> 0;
            case SAME -> (int) Math.max((outputs(length) - 1L) * stride + reach() - length, 0) / 2;
            case CAUSAL -> reach() - 1;
        };
    }

    /// The layout of the windows of a batch.
    public Steps outputs(Steps steps) {
        int[] lengths = steps.lengths();
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = outputs(lengths[b]);
        }
        return Steps.of(lengths);
    }

    /// For each window of each sequence, in the order of rows, the rows of the steps that it sees; -1 for a zero.
    ///
    /// @param outputs the layout of the windows
    public int[] rows(Steps steps, Steps outputs) {
        int[] rows = new int[Math.multiplyExact(outputs.total(), size)];
        int at = 0;
        for (int t = 0; t < outputs.steps(); t++) {
            for (int b = 0; b < outputs.rows(t); b++) {
                int length = steps.length(b);
                int start = t * stride - left(length);
                for (int i = 0; i < size; i++) {
                    int step = start + i * dilation;
                    rows[at++] = step >= 0 && step < length ? steps.row(step, b) : -1;
                }
            }
        }
        return rows;
    }
}
