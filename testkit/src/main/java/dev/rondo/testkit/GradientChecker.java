package dev.rondo.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/// Checks gradients against central differences in double precision.
///
/// ```java
/// GradientChecker.check(in -> Math.sin(in.get("x")[0]), Map.of("x", x), Map.of("x", new double[]{Math.cos(x[0])}))
///         .assertWithin(1e-9);
/// ```
///
/// The function must be smooth within [#STEP] of the inputs: keep them off the kinks of relu and its like.
public final class GradientChecker {
    /// Half the distance of the two points of a difference. The error of a difference is about `STEP^2` times the third
    /// derivative plus `1e-16 / STEP` times the value: both near 1e-10 here.
    public static final double STEP = 1e-5;

    private GradientChecker() {}

    /// A scalar function of named inputs. It must give the same number for the same inputs, and not write to them.
    @FunctionalInterface
    public interface ScalarFunction {
        /// The value at these inputs.
        double at(Map<String, double[]> inputs);
    }

    /// The gradient by central differences: `(f(x + s) - f(x - s)) / 2s` for each element.
    ///
    /// @param inputs written to while this runs, and restored
    /// @return for each input an array of its length
    public static Map<String, double[]> differences(ScalarFunction f, Map<String, double[]> inputs) {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        inputs.forEach((name, input) -> {
            double[] gradient = new double[input.length];
            for (int i = 0; i < input.length; i++) {
                double value = input[i];
                input[i] = value + STEP;
                double above = f.at(inputs);
                input[i] = value - STEP;
                double below = f.at(inputs);
                input[i] = value;
                gradient[i] = (above - below) / (2 * STEP);
            }
            gradients.put(name, gradient);
        });
        return gradients;
    }

    /// Compares a gradient with central differences.
    ///
    /// @param analytic the gradient to check: for each input an array of its length
    /// @throws IllegalArgumentException if names or lengths differ
    public static GradientReport check(ScalarFunction f, Map<String, double[]> inputs,
            Map<String, double[]> analytic) {
        return compare(differences(f, inputs), analytic);
    }

    /// Compares two gradients of the same inputs.
    ///
    /// @throws IllegalArgumentException if names or lengths differ, or there is no element
    public static GradientReport compare(Map<String, double[]> expected, Map<String, double[]> actual) {
        if (!expected.keySet().equals(actual.keySet())) {
            throw new IllegalArgumentException(
                    "expected gradients of " + expected.keySet() + " but got those of " + actual.keySet());
        }
        double floor = Double.MIN_NORMAL;
        int elements = 0;
        for (double[] values : expected.values()) {
            floor = Math.max(floor, largest(values) * 1e-3);
            elements += values.length;
        }
        GradientReport worst = null;
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double[] e = entry.getValue();
            double[] a = actual.get(entry.getKey());
            if (a == null || a.length != e.length) {
                throw new IllegalArgumentException("the gradient of " + entry.getKey() + " has "
                        + (a == null ? 0 : a.length) + " elements, expected " + e.length);
            }
            double scale = Math.max(largest(e), floor);
            for (int i = 0; i < e.length; i++) {
                double error = Math.abs(e[i] - a[i]) / scale;
                if (worst == null || error > worst.error() || Double.isNaN(error) && !Double.isNaN(worst.error())) {
                    worst = new GradientReport(entry.getKey(), i, e[i], a[i], error, elements);
                }
            }
        }
        if (worst == null) {
            throw new IllegalArgumentException("no element to compare in the gradients of " + expected.keySet());
        }
        return worst;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
