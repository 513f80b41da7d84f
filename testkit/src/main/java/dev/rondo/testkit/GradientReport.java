package dev.rondo.testkit;

/// How far a gradient is from the expected one, told by its worst element.
///
/// The error of an element is its difference over the *scale* of its input: the largest expected gradient of that input, or a
/// thousandth of the largest of all inputs where that is more (rounding elsewhere in the computation leaves its trace there).
///
/// @param input the name of the input that the worst element belongs to
/// @param index its place in that input
/// @param expected its gradient by differences
/// @param actual its gradient as given
/// @param error `|expected - actual| / scale`, NaN if one of the two is NaN
/// @param elements the number of elements compared
public record GradientReport(String input, int index, double expected, double actual, double error, int elements) {
    /// Passes if every element is within a tolerance.
    ///
    /// @throws AssertionError if the worst error is larger; the message names the element
    public void assertWithin(double tolerance) {
        if (!(error <= tolerance)) {
            throw new AssertionError("gradient of " + this + ", more than " + tolerance);
        }
    }

    @Override
    public String toString() {
        return input + "[" + index + "]: expected " + expected + ", actual " + actual + ", error " + error
                + " of the scale (the worst of " + elements + ")";
    }
}
