package dev.rondo.cli;

import dev.rondo.io.Json;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What a command talks to: results on standard output, everything else on standard error, and the news of a stop.
///
/// A stop (Ctrl-C) may come at any time, on another thread. It says what was going on, waits where a file is being
/// saved, and silences whatever is still running. Thread-safe.
final class Console {
    /// How long a stop waits for a file that is being saved.
    private static final long SAVING_MILLIS = 30_000;

    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final int columns;
    private @Nullable Supplier<String> activity;
    private boolean saving;
    private boolean drawing;
    private boolean silent;

    /// @param columns width of the terminal that shows standard error, 0 where there is none
    Console(PrintStream out, PrintStream err, InputStream in, int columns) {
        this.out = out;
        this.err = err;
        this.in = in;
        this.columns = columns;
    }

    InputStream in() {
        return in;
    }

    PrintStream err() {
        return err;
    }

    /// Width of the terminal that shows standard error, 0 where there is none.
    int columns() {
        return columns;
    }

    /// Standard output as a writer, for help.
    PrintWriter writer() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    /// How the user calls this program, for lines to type next.
    String command() {
        return System.getProperty("rondo.command", "rondo");
    }

    /// Prints a line of a result.
    synchronized void print(String line) {
        if (!silent) {
            out.println(line);
        }
    }

    /// Prints a result as one line of JSON.
    void print(ObjectNode node) {
        print(Json.mapper().writeValueAsString(node));
    }

    /// Sends what was printed on its way.
    ///
    /// @return whether somebody still reads it
    boolean flush() {
        return !out.checkError();
    }

    /// Prints a line about the work, such as a warning.
    synchronized void note(String line) {
        if (!silent) {
            erase();
            err.println(line);
        }
    }

    /// Draws a line over the last one drawn, on a terminal.
    synchronized void draw(String line) {
        if (!silent) {
            err.print('\r' + line + "\u001b[K");
            err.flush();
            drawing = true;
        }
    }

    /// Removes what was drawn.
    synchronized void erase() {
        if (drawing) {
            err.print("\r\u001b[K");
            err.flush();
            drawing = false;
        }
    }

    /// Says what a stop would interrupt from now on.
    ///
    /// @param what the line for the user, made when it is needed
    synchronized void doing(Supplier<String> what) {
        activity = what;
    }

    /// Saves a file: a stop waits until it is written.
    ///
    /// @param what the line for a stop that comes too late
    synchronized void beginSaving(String what) {
        while (silent) { // the user was told that nothing is saved, and the JVM is about to end
            await(SAVING_MILLIS);
        }
        saving = true;
        activity = () -> what;
    }

    /// Ends [#beginSaving(String)], whether it worked or not.
    synchronized void endSaving() {
        saving = false;
        notifyAll();
    }

    /// Tells the user that the program was stopped.
    synchronized void stop() {
        long deadline = System.nanoTime() + SAVING_MILLIS * 1_000_000;
        while (saving && System.nanoTime() < deadline) {
            await(100);
        }
        erase();
        err.println("rondo: stopped" + (activity == null ? "" : " " + activity.get()));
        err.flush();
        silent = true;
    }

    private void await(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
