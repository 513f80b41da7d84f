package dev.rondo.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// Entry point of the `rondo` launcher script: gives the program its real standard error back, then runs [Main].
///
/// The JVM prints "Using incubator modules" on standard error before any class of the program runs, and no option
/// silences it. The script therefore starts the JVM with a filter on descriptor 2 and the caller's standard error on
/// another descriptor, named by the property `rondo.stderr`. Moving that one back to 2 ends the filter: from here on a
/// terminal is a terminal again, and nothing stands between the program and its reader.
public final class Start {
    private static final int STANDARD_ERROR = 2;

    private Start() {}

    /// Restores standard error, then runs the command.
    ///
    /// @param args the command line, handed on as it is
    public static void main(String[] args) {
        Integer saved = Integer.getInteger("rondo.stderr");
        if (saved != null) {
            restore(saved);
        }
        Main.main(args);
    }

    /// Makes descriptor 2 the same file as `saved`. On failure the filter stays, which only delays unfinished lines.
    @SuppressWarnings("restricted")
    private static void restore(int saved) {
        var linker = Linker.nativeLinker();
        var signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        linker.defaultLookup().find("dup2").ifPresent(address -> {
            try {
                int _ = (int) linker.downcallHandle(address, signature).invokeExact(saved, STANDARD_ERROR);
            } catch (Throwable failure) {
                throw new IllegalStateException("cannot restore standard error from descriptor " + saved, failure);
            }
        });
    }
}
