package dev.rondo.internal.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A few threads that run numbered tasks together, the calling thread among them.
///
/// Which thread runs a task is left open, so tasks must not care. A round ends when its tasks have ended, whether or not every worker
/// took part: on a busy machine the caller runs what a worker that was not woken in time has left. Who has nothing to do spins for a
/// moment, because a training step of a small model meets several times within a few hundred microseconds, and then sleeps, so that
/// a thread that waits for a processor, the compiler's among them, gets this one. For one calling thread.
public final class Team implements AutoCloseable {
    /// How long a thread spins, in nanoseconds: several times what it takes to be woken.
    private static final long PATIENCE = 200_000;
    /// Spins from one look at the clock to the next.
    private static final int BLINDLY = 64;

    private final Thread[] workers;
    private final AtomicInteger asleep = new AtomicInteger();
    private volatile Round round = new Round(0, i -> {});
    private volatile boolean closed;

    /// One call of [#run].
    private static final class Round {
        private final int tasks;
        private final IntConsumer task;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicReferenceArray<@Nullable Throwable> failures;
        private volatile boolean callerSleeps;

        Round(int tasks, IntConsumer task) {
            this.tasks = tasks;
            this.task = task;
            failures = new AtomicReferenceArray<>(tasks);
        }

        /// Runs tasks until all are taken.
        void work() {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    task.accept(i);
                } catch (Throwable failure) { // also what other languages throw without saying so: the task must count as ended
                    failures.set(i, failure);
                }
                if (ended.incrementAndGet() == tasks && callerSleeps) {
                    LockSupport.unpark(caller);
                }
            }
        }

        /// Waits until all tasks have ended. An interrupt is kept for the caller: tasks are not cut short.
        void await() {
            boolean interrupted = false;
            var spin = new Spin();
            while (ended.get() < tasks) {
                if (!spin.again()) {
                    interrupted |= Thread.interrupted();
                    callerSleeps = true;
                    if (ended.get() < tasks) {
                        LockSupport.park(this);
                    }
                }
            }
            if (interrupted) {
                caller.interrupt();
            }
        }

        void rethrow() {
            for (int i = 0; i < tasks; i++) {
                switch (failures.get(i)) {
                    case null -> {}
                    case Error error -> throw error;
                    case RuntimeException exception -> throw exception;
                    case Throwable other -> throw new IllegalStateException("a task failed: " + other, other);
                }
            }
        }
    }

    /// A wait with open eyes.
    private static final class Spin {
        private final long begin = System.nanoTime();
        private int spins;

        /// Waits a moment, unless it has been long enough to sleep.
        boolean again() {
            if (++spins % BLINDLY == 0 && System.nanoTime() - begin > PATIENCE) {
                return false;
            }
            Thread.onSpinWait();
            return true;
        }
    }

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
    /// @throws RuntimeException what the first task (by number) that failed threw, an error as it is; in an IllegalStateException what
    ///         is neither
    public void run(int tasks, IntConsumer task) {
        if (workers.length == 0 || tasks <= 1) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        Round current = new Round(tasks, task);
        round = current;
        if (asleep.get() > 0) {
            wake();
        }
        current.work();
        current.await();
        current.rethrow();
    }

    private void work() {
        Round seen = null;
        while (!closed) {
            Round current = round;
            for (var spin = new Spin(); current == seen && !closed; current = round) {
                if (!spin.again()) {
                    sleep(seen);
                }
            }
            seen = current;
            current.work();
        }
    }

    /// Sleeps unless there is a new round. A sleeper is counted before it looks for the last time: who has begun a round since sees it.
    private void sleep(@Nullable Round seen) {
        Thread.interrupted(); // a task may have left it set, and nobody could sleep
        asleep.incrementAndGet();
        if (round == seen && !closed) {
            LockSupport.park(this);
        }
        asleep.decrementAndGet();
    }

    private void wake() {
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    /// Ends the workers; running tasks end first.
    @Override
    public void close() {
        closed = true;
        wake();
    }
}
