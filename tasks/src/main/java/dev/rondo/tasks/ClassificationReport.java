package dev.rondo.tasks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How well a classifier does on labelled data. [#toString()] is a table for people.
///
/// Immutable and safe for use by several threads.
///
/// @param classes the names of the classes, at least 2
/// @param confusion `[actual class][predicted class]`, how many samples
/// @param loss mean cross-entropy, `-log p` of the right class, with p kept at least 1e-7 from 0
public record ClassificationReport(List<String> classes, int[][] confusion, double loss) {
    /// A matrix of more classes than this is left out of the table: no terminal is wide enough.
    private static final int WIDEST = 12;
    private static final int LONGEST_NAME = 24;

    /// How well a class is told from the others. What would be divided by zero is 0.
    ///
    /// @param name of the class
    /// @param precision share of the samples predicted as this class that are of it
    /// @param recall share of the samples of this class that are predicted as it
    /// @param f1 harmonic mean of both
    /// @param samples samples of this class
    public record ClassScore(String name, double precision, double recall, double f1, int samples) {}

    /// Copies both and checks that the matrix is square.
    ///
    /// @throws IllegalArgumentException if the matrix does not have a row and a column for each class
    public ClassificationReport {
        classes = List.copyOf(classes);
        int[][] copy = new int[confusion.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = confusion[i].clone();
            if (copy[i].length != classes.size()) {
                throw new IllegalArgumentException("row " + i + " of the confusion matrix has " + copy[i].length
                        + " columns; expected one for each of " + classes.size() + " classes");
            }
        }
        if (copy.length != classes.size()) {
            throw new IllegalArgumentException("the confusion matrix has " + copy.length
                    + " rows; expected one for each of " + classes.size() + " classes");
        }
        confusion = copy;
    }

    /// A copy of the matrix `[actual class][predicted class]`.
    @Override
    public int[][] confusion() {
        int[][] copy = new int[confusion.length][];
        Arrays.setAll(copy, i -> confusion[i].clone());
        return copy;
    }

    /// The number of samples.
    public int samples() {
        return Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum();
    }

    /// The share of samples whose class is predicted, in [0, 1].
    public double accuracy() {
        int right = 0;
        for (int i = 0; i < confusion.length; i++) {
            right += confusion[i][i];
        }
        return ratio(right, samples());
    }

    /// The scores of each class, in the order of the classes.
    public List<ClassScore> perClass() {
        List<ClassScore> scores = new ArrayList<>();
        for (int c = 0; c < confusion.length; c++) {
            int actual = Arrays.stream(confusion[c]).sum();
            int predicted = 0;
            for (int[] row : confusion) {
                predicted += row[c];
            }
            int right = confusion[c][c];
            scores.add(new ClassScore(classes.get(c), ratio(right, predicted), ratio(right, actual),
                    ratio(2L * right, (long) actual + predicted), actual));
        }
        return List.copyOf(scores);
    }

    /// The mean of the classes' F1, each class counting the same.
    public double macroF1() {
        return perClass().stream().mapToDouble(ClassScore::f1).average().orElse(0);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClassificationReport that && classes.equals(that.classes)
                && Arrays.deepEquals(confusion, that.confusion) && Double.compare(loss, that.loss) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(classes, Arrays.deepHashCode(confusion), loss);
    }

    /// A table for a terminal: the measures, the scores of each class, and the confusion matrix where there are few classes.
    @Override
    public String toString() {
        List<String> names = classes.stream().map(ClassificationReport::shown).toList();
        int width = Math.max(5, names.stream().mapToInt(String::length).max().orElse(0));
        var text = new StringBuilder();
        line(text, "accuracy %.4f   loss %.4f   macro F1 %.4f   samples %,d", accuracy(), loss, macroF1(), samples());
        line(text, "");
        line(text, "%s  precision  recall      F1   samples", pad("class", width));
        List<ClassScore> scores = perClass();
        for (int c = 0; c < scores.size(); c++) {
            ClassScore s = scores.get(c);
            line(text, "%s     %.4f  %.4f  %.4f  %,8d", pad(names.get(c), width), s.precision(), s.recall(), s.f1(),
                    s.samples());
        }
        if (classes.size() <= WIDEST) {
            matrix(text, names, width);
        }
        return text.toString().stripTrailing();
    }

    private void matrix(StringBuilder text, List<String> names, int width) {
        int cell = Math.max(8, width);
        int left = Math.max("actual".length(), width);
        line(text, "");
        line(text, "%s  predicted", " ".repeat(left));
        var header = new StringBuilder(pad("actual", left));
        names.forEach(name -> header.append("  ").append(" ".repeat(cell - name.length())).append(name));
        line(text, "%s", header);
        for (int i = 0; i < confusion.length; i++) {
            var row = new StringBuilder(pad(names.get(i), left));
            for (int count : confusion[i]) {
                row.append(String.format(Locale.ROOT, "  %," + cell + "d", count));
            }
            line(text, "%s", row);
        }
    }

    private static void line(StringBuilder text, String pattern, Object... values) {
        text.append(String.format(Locale.ROOT, pattern, values).stripTrailing()).append('\n');
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    /// The name short enough for a column, without what could steer a terminal.
    private static String shown(String name) {
        String plain = name.replaceAll("\\p{C}", "?");
        return plain.length() <= LONGEST_NAME ? plain : plain.substring(0, LONGEST_NAME - 3) + "...";
    }
}
