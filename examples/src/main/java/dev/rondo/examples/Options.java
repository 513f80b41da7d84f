package dev.rondo.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// What every example understands: `--quick` for a short run, `--data FILE` for data of one's own.
record Options(boolean quick, @Nullable String data) {
    private static final String USAGE = "options: --quick (a short run), --data FILE (data of your own)";

    /// An example's program.
    interface Program {
        void run(Options options) throws IOException;
    }

    /// Reads the arguments, runs a program, and ends with status 2 for wrong usage and 1 for a failure, each told in one line.
    static void run(String[] arguments, Program program) {
        int status = status(arguments, () -> {
            program.run(of(arguments));
            return 0;
        });
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int status(String[] arguments, Callable<Integer> body) {
        try {
            for (String argument : arguments) {
                if (argument.equals("--help") || argument.equals("-h")) {
                    System.out.println(USAGE);
                    return 0;
                }
            }
            return body.call();
        } catch (UsageException e) {
            System.err.println(e.getMessage() + "; " + USAGE);
            return 2;
        } catch (Exception e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    /// Arguments that are not understood.
    private static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    private static Options of(String... arguments) {
        boolean quick = false;
        String data = null;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--data" -> {
                    if (++i == arguments.length) {
                        throw new UsageException("--data needs the name of a file");
                    }
                    data = arguments[i];
                }
                default -> throw new UsageException("there is no option " + arguments[i]);
            }
        }
        return new Options(quick, data);
    }
}
