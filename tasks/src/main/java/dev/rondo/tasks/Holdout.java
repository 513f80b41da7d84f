package dev.rondo.tasks;

import dev.rondo.tasks.text.LabelledTexts;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Texts in two parts that have no text in common but the same classes, in much the same shares.
///
/// @param train to learn from
/// @param validation to watch training with; may be empty
record Holdout(LabelledTexts train, LabelledTexts validation) {
    /// Takes texts out of each class at random; both parts keep the order of the texts.
    ///
    /// @param share of each class to take out, in [0, 1), rounded; each class keeps at least one text
    /// @param seed of the choice
    static Holdout of(LabelledTexts data, double share, long seed) {
        boolean[] out = new boolean[data.size()];
        var random = new SplittableRandom(seed);
        for (int label = 0; label < data.classes().size(); label++) {
            int wanted = label;
            int[] members = IntStream.range(0, out.length).filter(i -> data.labels()[i] == wanted).toArray();
            int count = (int) Math.min(Math.round(share * members.length), members.length - 1L);
            for (int k = 0; k < count; k++) {
                int j = random.nextInt(k, members.length);
                out[members[j]] = true;
                members[j] = members[k];
            }
        }
        return new Holdout(part(data, out, false), part(data, out, true));
    }

    private static LabelledTexts part(LabelledTexts data, boolean[] out, boolean taken) {
        int[] rows = IntStream.range(0, out.length).filter(i -> out[i] == taken).toArray();
        return new LabelledTexts(
                Arrays.stream(rows).mapToObj(data.texts()::get).toList(),
                Arrays.stream(rows).map(i -> data.labels()[i]).toArray(),
                data.classes(), data.source(), data.warnings());
    }
}
