package dev.rondo.optim;

import dev.rondo.tape.Gradient;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;

/// How gradients are limited before a step, against exploding gradients (Pascanu et al. 2013).
///
/// Immutable and safe for use by several threads.
public sealed interface Clipping {
    /// Gradients as they are.
    static Clipping none() {
        return new None();
    }

    /// All gradients together scaled down to a norm, Keras's `global_clipnorm`.
    ///
    /// @param limit the largest norm, positive
    static Clipping globalNorm(double limit) {
        return new GlobalNorm(limit);
    }

    /// Each number of each gradient brought into `[-limit, limit]`, Keras's `clipvalue`.
    ///
    /// @param limit the largest magnitude, positive
    static Clipping byValue(double limit) {
        return new ByValue(limit);
    }

    /// Limits gradients in place.
    ///
    /// @return their Euclidean norm before, all parameters together. If it is not finite (a number was infinite or NaN) the gradients
    ///         are as they were and no step must be made with them
    double apply(Gradients gradients);

    /// Gradients as they are.
    record None() implements Clipping {
        @Override
        public double apply(Gradients gradients) {
            return Math.sqrt(gradients.squaredNorm());
        }
    }

    /// All gradients together scaled down to a norm.
    ///
    /// ```text
    /// g = g * min(1, limit / |g|)
    /// ```
    ///
    /// @param limit the largest norm, positive
    record GlobalNorm(double limit) implements Clipping {
        /// @throws IllegalArgumentException if the limit is not positive
        public GlobalNorm {
            Checks.positive("clipping by global norm", "limit", limit);
        }

        @Override
        public double apply(Gradients gradients) {
            double norm = Math.sqrt(gradients.squaredNorm());
            if (norm > limit && Double.isFinite(norm)) {
                gradients.scale((float) (limit / norm));
            }
            return norm;
        }
    }

    /// Each number brought into `[-limit, limit]`.
    ///
    /// @param limit the largest magnitude, positive
    record ByValue(double limit) implements Clipping {
        /// @throws IllegalArgumentException if the limit is not positive
        public ByValue {
            Checks.positive("clipping by value", "limit", limit);
        }

        @Override
        public double apply(Gradients gradients) {
            double norm = Math.sqrt(gradients.squaredNorm());
            // No number is larger than the norm.
            if (norm > limit && Double.isFinite(norm)) {
                for (Parameter parameter : gradients.parameters()) {
                    switch (gradients.of(parameter)) {
                        case Gradient.Dense(float[] values, int size) -> clip(values, size);
                        case Gradient.Rows(var rows) -> clip(rows.values(), rows.count() * rows.width());
                        case null -> throw new AssertionError(parameter);
                    }
                }
            }
            return norm;
        }

        private void clip(float[] values, int size) {
            float most = (float) limit;
            for (int i = 0; i < size; i++) {
                values[i] = Math.max(-most, Math.min(values[i], most));
            }
        }
    }
}
