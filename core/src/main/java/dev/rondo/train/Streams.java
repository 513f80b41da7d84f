package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.tape.CarriedState;
import org.jspecify.annotations.Nullable;

/// Which sample goes on where which other ended: sample i of a data set belongs to stream i modulo the number of streams.
final class Streams {
    private Streams() {}

    /// The carried states of a batch's sequences, null if none are carried.
    static CarriedState.@Nullable Part part(@Nullable CarriedState carried, Batch batch) {
        if (carried == null) {
            return null;
        }
        int[] streams = batch.samples().clone();
        for (int b = 0; b < streams.length; b++) {
            streams[b] %= carried.streams();
        }
        return carried.part(streams);
    }

    /// @throws IllegalArgumentException if the samples are not as many for each stream
    static void check(Dataset data, int streams) {
        if (streams < 1 || data.size() % streams != 0) {
            throw new IllegalArgumentException(data.size() + " samples do not make whole batches of " + streams
                    + " streams; with carried states each batch has the next window of every stream (Dataset.stream)");
        }
    }
}
