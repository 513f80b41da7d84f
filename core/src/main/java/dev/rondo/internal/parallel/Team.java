package dev.rondo.internal.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A few threads that run numbered tasks together, the calling thread among them.
///
/// Which thread runs a task is left open, so tasks must not care. Between two rounds workers spin for a moment before they sleep,
/// because a training step of a small model meets several times within a few hundred microseconds. For one calling thread.
public final class Team implements AutoCloseable {
    /// How long a worker spins for the next round: about as long as the caller needs between two rounds.
    private static final int SPINS = 20_000;

    private final Thread[] workers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private volatile Round round = new Round(0, 0, i -> {}, new AtomicReferenceArray<>(0));
    private volatile boolean closed;

    /// One call of [#run].
    private record Round(long number, int tasks, IntConsumer task,
            AtomicReferenceArray<@Nullable Throwable> failures) {}

    /// @param threads number of threads including the caller's, at least 1
    public Team(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform().daemon().name("rondo-worker-" + (i + 1)).start(this::work);
        }
    }

    /// Runs tasks 0 to `tasks - 1` and returns when all have ended.
    ///
    /// @throws RuntimeException what the first task (by number) that failed threw
    public void run(int tasks, IntConsumer task) {
        if (workers.length == 0 || tasks <= 1) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        Round current = new Round(round.number + 1, tasks, task, new AtomicReferenceArray<>(tasks));
        finished.set(0);
        next.set(0);
        round = current;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        takeTasks(current);
        // Every worker reports once a round, so none can still be looking at this round's counter when the next begins.
        for (int spins = 0; finished.get() < workers.length; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        for (int i = 0; i < tasks; i++) {
            Throwable failure = current.failures.get(i);
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }

    private void takeTasks(Round current) {
        for (int i = next.getAndIncrement(); i < current.tasks; i = next.getAndIncrement()) {
            try {
                current.task.accept(i);
            } catch (RuntimeException | Error failure) {
                current.failures.set(i, failure);
            }
        }
    }

    private void work() {
        long seen = 0;
        while (!closed) {
            Round current = round;
            for (int spins = 0; current.number == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
                current = round;
            }
            if (current.number != seen) {
                seen = current.number;
                takeTasks(current);
                finished.incrementAndGet();
            }
        }
    }

    /// Ends the workers; running tasks end first.
    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
