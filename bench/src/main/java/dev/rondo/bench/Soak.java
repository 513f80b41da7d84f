package dev.rondo.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Listener;
import dev.rondo.train.Trainer;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/// Trains S1 for a long time and prints, for each tenth of it, how fast it was and how long the collector's pauses were: neither
/// may grow. The first line of the table has the bytes that are live, to choose a heap by.
final class Soak {
    private static final int PARTS = 10;

    private final double seconds;
    private final long begin = System.nanoTime();
    private final AtomicLong pauses = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private int part;
    private int epochs;
    private double fastest = Double.POSITIVE_INFINITY;

    private Soak(double seconds) {
        this.seconds = seconds;
    }

    static void run(double seconds) {
        Training training = (Training) Workload.of("S1");
        var soak = new Soak(seconds);
        soak.listenToCollectors();
        System.out.println("part,epochs,fastest_epoch_s,pauses,longest_pause_ms,live_bytes");
        var data = training.data().get();
        Trainer.of(training.model().get()).loss(training.loss()).optimizer(training.optimizer()).fit(data,
                Fit.epochs(EpochWatch.MOST).batchSize(training.batchSize()).listener(new Listener() {
                    @Override
                    public Signal onEpoch(History.Epoch epoch) {
                        return soak.epoch(epoch) ? Signal.CONTINUE : Signal.STOP;
                    }
                }));
    }

    private void listenToCollectors() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector).addNotificationListener((notification, _) -> {
                if (notification.getUserData() instanceof CompositeData data) {
                    var info = GarbageCollectionNotificationInfo.from(data);
                    // The collection that counts live bytes is asked for by this program.
                    if (!info.getGcCause().equals("System.gc()")) {
                        pauses.incrementAndGet();
                        longest.accumulateAndGet(info.getGcInfo().getDuration(), Math::max);
                    }
                }
            }, null, null);
        }
    }

    private boolean epoch(History.Epoch epoch) {
        epochs++;
        fastest = Math.min(fastest, epoch.seconds());
        double passed = (System.nanoTime() - begin) * 1e-9;
        if (passed < seconds * (part + 1) / PARTS) {
            return true;
        }
        part++;
        System.out.println(String.format(Locale.ROOT, "%d,%d,%.4f,%d,%d,%d", part, epochs, fastest,
                pauses.getAndSet(0), longest.getAndSet(0), HeapWatch.live()));
        epochs = 0;
        fastest = Double.POSITIVE_INFINITY;
        return part < PARTS;
    }
}
