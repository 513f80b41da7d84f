package dev.rondo.train;

/// How the learning rate goes over a training run, as a factor of the optimizer's.
public sealed interface Schedule {
    /// The factor at a point of the run.
    ///
    /// @param progress share of the run that is over, in [0, 1)
    double factor(double progress);

    /// The same rate all the time.
    record Constant() implements Schedule {
        @Override
        public double factor(double progress) {
            return 1;
        }
    }

    /// One cycle (Smith and Topin 2018): from a 25th up to the full rate, then down to nearly nothing, both along a cosine.
    ///
    /// @param warmUp share of the run in which the rate rises, in (0, 1)
    record OneCycle(double warmUp) implements Schedule {
        /// @throws IllegalArgumentException if the share is not in (0, 1)
        public OneCycle {
            if (!(warmUp > 0 && warmUp < 1)) {
                throw new IllegalArgumentException(
                        "one cycle: warmUp is " + warmUp + "; it must be more than 0 and less than 1");
            }
        }

        @Override
        public double factor(double progress) {
            return progress < warmUp
                    ? between(0.04, 1, progress / warmUp)
                    : between(1, 1e-5, (progress - warmUp) / (1 - warmUp));
        }

        private static double between(double from, double to, double share) {
            return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }

    /// The same rate all the time.
    static Schedule constant() {
        return new Constant();
    }

    /// One cycle that rises during the first 30 % of the run.
    static Schedule oneCycle() {
        return new OneCycle(0.3);
    }
}
