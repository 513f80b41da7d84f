package dev.rondo.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicIntegerArray;
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

    @Test
    void wakesWorkersThatSleep() {
        try (Team team = new Team(3)) {
            for (int round = 0; round < 3; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(8);
                team.run(8, runs::incrementAndGet);
                for (int i = 0; i < 8; i++) {
                    assertEquals(1, runs.get(i));
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
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
