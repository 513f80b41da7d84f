package dev.rondo.tasks.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs a task over consecutive parts of a range, by several threads, with the results in the order of the parts.
///
/// The parts do not depend on the number of threads, so neither do the results.
final class Chunks {

    private static final int SIZE = 1024;

    private Chunks() {}

    interface Task<R> {
        R run(int from, int to);
    }

    static <R> List<R> map(int size, int threads, Task<R> task) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is %d; expected 1 or more".formatted(threads));
        }
        int chunks = Math.ceilDiv(size, SIZE);
        if (threads == 1 || chunks <= 1) {
            var results = new ArrayList<R>(chunks);
            for (int c = 0; c < chunks; c++) {
                results.add(task.run(c * SIZE, Math.min(size, (c + 1) * SIZE)));
            }
            return results;
        }
        try (var pool = Executors.newFixedThreadPool(Math.min(threads, chunks))) {
            var running = new ArrayList<Future<R>>(chunks);
            for (int c = 0; c < chunks; c++) {
                int from = c * SIZE;
                running.add(pool.submit(() -> task.run(from, Math.min(size, from + SIZE))));
            }
            var results = new ArrayList<R>(chunks);
            for (Future<R> future : running) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause
                    : new IllegalStateException("encoding failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while texts were being encoded", e);
        }
    }
}
