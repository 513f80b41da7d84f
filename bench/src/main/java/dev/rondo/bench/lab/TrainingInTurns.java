package dev.rondo.bench.lab;

import dev.rondo.bench.EndlessTraining;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Trains a workload in several builds of Rondo at once, which take turns of a few steps, and prints how much faster they are than the first.
///
/// ```text
/// java FLAGS -cp .rondo/BUILD/rondo-bench-VERSION.jar dev.rondo.bench.lab.TrainingInTurns WORKLOAD STEPS WARM SECONDS THREADS FOLDER...
/// ```
///
/// with the flags of `config/launch.sh`; turns within the first WARM seconds do not count.
public final class TrainingInTurns {
    private final Turns turns;
    private final int steps;
    private final long begin;
    private final List<Semaphore> mayRun = new ArrayList<>();

    private TrainingInTurns(Turns turns, int steps, long begin) {
        this.turns = turns;
        this.steps = steps;
        this.begin = begin;
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 6) {
            System.err.println("usage: TrainingInTurns WORKLOAD STEPS WARM SECONDS THREADS FOLDER...");
            System.exit(2);
        }
        Turns.endOnFailure();
        List<Build> builds = Build.all(List.of(args).subList(5, args.length));
        double warm = Turns.number("WARM", args[2], 0);
        double seconds = Turns.number("SECONDS_OF_TURNS", args[3], 0);
        Turns turns = new Turns(builds);
        int steps = Turns.whole("STEPS", args[1]);
        var all = new TrainingInTurns(turns, steps, System.nanoTime() + (long) (warm * 1e9));
        builds.forEach(build -> all.mayRun.add(new Semaphore(0)));
        for (int b = 0; b < builds.size(); b++) {
            int number = b;
            Runnable training = builds.get(b).create(EndlessTraining.class,
                    new Class<?>[] {String.class, int.class, Runnable.class}, args[0],
                    Turns.whole("THREADS", args[4]),
                    all.afterStep(b));
            Thread.ofPlatform().daemon().start(() -> {
                all.mayRun.get(number).acquireUninterruptibly();
                training.run();
            });
        }
        all.mayRun.getFirst().release();
        Thread.sleep((long) ((warm + seconds) * 1e3));
        turns.print(args[0], steps);
        System.exit(0); // trainings have no end
    }

    /// Counts the steps of a build, and hands over to the next one after a turn.
    private Runnable afterStep(int build) {
        return new Runnable() {
            private int done;
            private long start;

            @Override
            public void run() {
                if (done++ % steps != 0) {
                    return;
                }
                if (done > 1 && start > begin) {
                    turns.add(build, (System.nanoTime() - start) * 1e-9);
                }
                mayRun.get((build + 1) % mayRun.size()).release();
                mayRun.get(build).acquireUninterruptibly();
                start = System.nanoTime();
            }
        };
    }
}
