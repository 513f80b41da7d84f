package dev.rondo.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Standard output that remembers why writing failed: [java.io.PrintStream] alone only knows that it did.
final class StandardOutput extends OutputStream {
    private final OutputStream to;
    private @Nullable IOException failure;

    StandardOutput(OutputStream to) {
        this.to = to;
    }

    /// Why writing failed, or null; nobody reading any more (`| head`, `>&-`) is no failure.
    @Nullable
    IOException failure() {
        String message = failure == null ? null : failure.getMessage();
        boolean unread = message != null && (message.contains("Broken pipe") || message.contains("Bad file descriptor")
                || message.contains("pipe has been ended") || message.contains("pipe is being closed"));
        return unread ? null : failure;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int count) throws IOException {
        try {
            to.write(bytes, start, count);
        } catch (IOException e) {
            throw remember(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            to.flush();
        } catch (IOException e) {
            throw remember(e);
        }
    }

    private IOException remember(IOException e) {
        if (failure == null) {
            failure = e;
        }
        return e;
    }
}
