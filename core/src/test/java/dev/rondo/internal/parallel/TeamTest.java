package dev.rondo.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void runsEveryTaskOnceInEveryRound(int threads) {
        try (Team team = new Team(threads)) {
            for (int round = 0; round < 2000; round++) {
                int tasks = round % 13;
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                team.run(tasks, runs::incrementAndGet);
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, runs.get(i), "task " + i + " of " + tasks + " in round " + round);
                }
            }
        }
    }

    /// Three tasks that wait for each other need three threads, and those slept before.
    @Test
    void wakesWorkersThatSleep() {
        try (Team team = new Team(3)) {
            for (int round = 0; round < 3; round++) {
                var barrier = new CyclicBarrier(3);
                AtomicIntegerArray runs = new AtomicIntegerArray(3);
                team.run(3, i -> {
                    meet(barrier);
                    runs.incrementAndGet(i);
                });
                for (int i = 0; i < 3; i++) {
                    assertEquals(1, runs.get(i));
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    /// The caller sleeps while a worker is at work, interrupted or not, and keeps the interrupt.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theCallerSleepsUntilTheLastTaskHasEnded(boolean interrupted) {
        try (Team team = new Team(2)) {
            Thread caller = Thread.currentThread();
            var barrier = new CyclicBarrier(2);
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            team.run(2, i -> {
                meet(barrier);
                if (Thread.currentThread() != caller) {
                    if (interrupted) {
                        caller.interrupt();
                    }
                    LockSupport.parkNanos(20_000_000);
                }
                runs.incrementAndGet(i);
            });
            assertEquals(1, runs.get(0));
            assertEquals(1, runs.get(1));
            assertEquals(interrupted, Thread.interrupted());
        }
    }

    @Test
    void workersEndWhenTheTeamIsClosed() throws InterruptedException {
        AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(2);
        try (Team team = new Team(2)) {
            var barrier = new CyclicBarrier(2);
            team.run(2, i -> {
                meet(barrier);
                threads.set(i, Thread.currentThread());
            });
            LockSupport.parkNanos(20_000_000);
        }
        Thread worker = threads.get(threads.get(0) == Thread.currentThread() ? 1 : 0);
        worker.join(10_000);
        assertFalse(worker.isAlive());
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /// As languages without checked exceptions may throw.
    @Test
    void aCheckedExceptionEndsItsTaskOnly() {
        try (Team team = new Team(2)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(4);
            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> team.run(4, i -> {
                runs.incrementAndGet(i);
                TeamTest.<RuntimeException>throwUnchecked(new IOException("disk"));
            }));
            assertEquals(IOException.class, failure.getCause().getClass());
            for (int i = 0; i < 4; i++) {
                assertEquals(1, runs.get(i));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUnchecked(Throwable any) throws T {
        throw (T) any;
    }

    @Test
    void theFirstFailureByNumberIsThrownAndTheTeamGoesOn() {
        try (Team team = new Team(2)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(6);
            IllegalStateException failure = assertThrows(IllegalStateException.class, () -> team.run(6, i -> {
                runs.incrementAndGet(i);
                if (i % 2 == 1) {
                    throw new IllegalStateException("task " + i);
                }
            }));
            assertEquals("task 1", failure.getMessage());
            for (int i = 0; i < 6; i++) {
                assertEquals(1, runs.get(i));
            }
            team.run(6, runs::incrementAndGet);
            assertEquals(2, runs.get(5));
        }
    }

    @Test
    void needsAThread() {
        assertThrows(IllegalArgumentException.class, () -> new Team(0));
    }
}
