package dev.rondo.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `rondo` command: recurrent neural networks from the command line.
public final class Main {
    /// Done.
    public static final int DONE = 0;
    /// Failed: one line on standard error says what, where, and what to do.
    public static final int FAILED = 1;
    /// Wrong usage.
    public static final int USAGE = 2;

    private Main() {}

    /// Runs the command and exits with its status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.
    ///
    /// @param args the command line
    public static void main(String[] args) {
        Locale.setDefault(Locale.ENGLISH); // numbers and messages are the same everywhere
        var output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        var out = new PrintStream(new BufferedOutputStream(output, 1 << 13), false, StandardCharsets.UTF_8);
        var console = new Console(out, System.err, System.in, Integer.getInteger("rondo.columns", 0));
        var ended = new Ended();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!ended.value) {
                console.stop();
            }
        }, "rondo-stop"));
        int status = run(args, console);
        out.flush();
        IOException failure = output.failure();
        if (failure != null && status == DONE) {
            console.note("rondo: standard output: " + failure.getMessage() + "; the results are not complete");
            status = FAILED;
        }
        ended.value = true;
        System.exit(status);
    }

    private static final class Ended {
        private volatile boolean value;
    }

    /// Runs the command inside another program. Never exits the JVM, and leaves the streams open.
    ///
    /// @param args the command line
    /// @param out where results go
    /// @param err where everything else goes
    /// @param in what `--data -` reads
    /// @return the exit status
    public static int run(String[] args, PrintStream out, PrintStream err, InputStream in) {
        int status = run(args, new Console(out, err, in, 0));
        out.flush();
        err.flush();
        return status;
    }

    private static int run(String[] args, Console console) {
        try {
            CommandLine commands = Commands.of(args, console);
            commands.setErr(new PrintWriter(console.err(), true));
            commands.setParameterExceptionHandler((e, _) -> usage(e, console));
            commands.setExecutionExceptionHandler((e, _, _) -> failed(e, console));
            return commands.execute(args);
        } catch (Throwable e) {
            return failed(e, console);
        }
    }

    private static int failed(Throwable failure, Console console) {
        if (failure instanceof ParameterException e) {
            return usage(e, console);
        }
        console.note("rondo: " + Failure.line(failure));
        String debug = System.getenv("RONDO_DEBUG");
        if (debug != null && !debug.isEmpty() && !debug.equals("0")) {
            failure.printStackTrace(console.err());
        }
        return FAILED;
    }

    private static int usage(ParameterException e, Console console) {
        StringBuilder line = new StringBuilder("rondo: ").append(problem(e));
        if (e instanceof UnmatchedArgumentException unmatched) {
            unmatched.getSuggestions().stream().findFirst()
                    .ifPresent(nearest -> line.append("; did you mean ").append(nearest).append('?'));
        }
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        console.note(line.append(" (see ").append(name).append(" --help)").toString());
        return USAGE;
    }

    private static String problem(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            String kind = first.startsWith("-") ? "unknown option"
                    : e.getCommandLine().getSubcommands().isEmpty() ? "unexpected argument" : "unknown command";
            return "%s '%s'".formatted(kind, first);
        }
        String message = Failure.line(new Failure(String.valueOf(e.getMessage()))).replaceFirst("^Error: ", "");
        message = message.replaceFirst("'(-?\\d+)' is not an int$", "'$1': expected a whole number up to "
                + Integer.MAX_VALUE).replaceFirst("is not an? (int|long)$", "is not a whole number");
        boolean sentence = message.length() > 1 && Character.isLowerCase(message.charAt(1));
        return sentence ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
    }
}
