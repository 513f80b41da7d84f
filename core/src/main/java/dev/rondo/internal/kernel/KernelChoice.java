package dev.rondo.internal.kernel;

import org.jspecify.annotations.Nullable;

/// The choice between the two kernel implementations, made once and logged with its reason unless it is the usual one.
final class KernelChoice {
    private static final Kernels BEST = choose(System.getProperty("rondo.kernels", "auto"));
    /// Plain loops to begin with, if `-Drondo.early=true` asks for them. They want a JVM that compiles each vector kernel by itself,
    /// as the launcher has it do: code that was hot before the change would have all of them inlined at once, more than C2 can
    /// take, and keep some as objects.
    private static final @Nullable EarlyKernels EARLY = BEST instanceof VectorKernels vectors
            && Boolean.getBoolean("rondo.early") ? EarlyKernels.before(vectors) : null;

    private KernelChoice() {}

    static Kernels now() {
        return EARLY == null || EARLY.isOver() ? BEST : EARLY;
    }

    static Kernels choose(String wanted) {
        switch (wanted) {
            case "auto", "vector", "scalar" -> {}
            default -> throw new IllegalArgumentException(
                    "-Drondo.kernels=" + wanted + " is not known; use auto, vector or scalar");
        }
        if (wanted.equals("scalar")) {
            log(System.Logger.Level.INFO, "scalar kernels, because of -Drondo.kernels=scalar");
            return new ScalarKernels();
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            String remedy = "start java with --add-modules jdk.incubator.vector for kernels that are several times faster";
            if (wanted.equals("vector")) {
                throw new IllegalStateException(
                        "-Drondo.kernels=vector, but the JVM runs without the Vector API; " + remedy);
            }
            log(System.Logger.Level.WARNING,
                    "scalar kernels, because the JVM runs without the Vector API; " + remedy);
            return new ScalarKernels();
        }
        return new VectorKernels();
    }

    /// The logger is made where there is something to say: the first one of a JVM takes longer than the training of a tiny model.
    private static void log(System.Logger.Level level, String message) {
        System.getLogger("dev.rondo.kernels").log(level, message);
    }
}
