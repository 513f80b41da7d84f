package dev.rondo.optim;

import dev.rondo.tape.Gradients;

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

    /// Limits gradients in place, on the calling thread.
    ///
    /// @return as [#apply(Gradients, Gradients.Tasks)]
    default double apply(Gradients gradients) {
        return apply(gradients, Gradients.Tasks.HERE);
    }

    /// Limits gradients in place.
    ///
    /// @param tasks runs the passes over all gradients; the result does not depend on how many threads it has
    /// @return their Euclidean norm before, all parameters together. If it is not finite (a number was infinite or NaN) the gradients
    ///         are as they were and no step must be made with them
    double apply(Gradients gradients, Gradients.Tasks tasks);

    /// Gradients as they are.
    record None() implements Clipping {
        @Override
        public double apply(Gradients gradients, Gradients.Tasks tasks) {
            return Math.sqrt(gradients.squaredNorm(tasks));
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
        public double apply(Gradients gradients, Gradients.Tasks tasks) {
            double norm = Math.sqrt(gradients.squaredNorm(tasks));
            if (norm > limit && Double.isFinite(norm)) {
                gradients.scale((float) (limit / norm), tasks);
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
        public double apply(Gradients gradients, Gradients.Tasks tasks) {
            double norm = Math.sqrt(gradients.squaredNorm(tasks));
            // No number is larger than the norm.
            if (norm > limit && Double.isFinite(norm)) {
                gradients.forEach(tasks, this::clip);
            }
            return norm;
        }

        private void clip(float[] values, int from, int count) {
            float most = (float) limit;
            for (int i = from; i < from + count; i++) {
                values[i] = Math.max(-most, Math.min(values[i], most));
            }
        }
    }
}
