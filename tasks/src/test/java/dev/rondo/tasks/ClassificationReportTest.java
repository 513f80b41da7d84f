package dev.rondo.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tasks.ClassificationReport.ClassScore;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ClassificationReportTest {
    private static final ClassificationReport REPORT = new ClassificationReport(List.of("neg", "pos"),
            new int[][] {{1300, 200}, {100, 400}}, 0.25);

    @Test
    void scoresFollowFromTheMatrix() {
        assertEquals(2000, REPORT.samples());
        assertEquals(0.85, REPORT.accuracy());
        ClassScore neg = REPORT.perClass().getFirst();
        assertEquals(new ClassScore("neg", 1300 / 1400.0, 1300 / 1500.0, 2600 / 2900.0, 1500), neg);
        ClassScore pos = REPORT.perClass().getLast();
        assertEquals(new ClassScore("pos", 400 / 600.0, 400 / 500.0, 800 / 1100.0, 500), pos);
        assertEquals((neg.f1() + pos.f1()) / 2, REPORT.macroF1());
    }

    @Test
    void aClassThatNeverOccursScoresZero() {
        var report = new ClassificationReport(List.of("a", "b"), new int[][] {{3, 0}, {0, 0}}, 0);
        assertEquals(new ClassScore("b", 0, 0, 0, 0), report.perClass().getLast());
        assertEquals(0.5, report.macroF1());
    }

    @Test
    void theTableShowsAll() {
        assertEquals("""
                accuracy 0.8500   loss 0.2500   macro F1 0.8119   samples 2,000

                class  precision  recall      F1   samples
                neg       0.9286  0.8667  0.8966     1,500
                pos       0.6667  0.8000  0.7273       500

                        predicted
                actual       neg       pos
                neg        1,300       200
                pos          100       400""", REPORT.toString());
    }

    @Test
    void longAndHostileNamesFitIn() {
        var report = new ClassificationReport(List.of("a class with a name that never ends", "red\u001b[31m\n"),
                new int[][] {{1, 0}, {0, 1}}, 0);
        String table = report.toString();
        assertTrue(table.contains("a class with a name t..."), table);
        assertTrue(table.contains("red?[31m?"), table);
    }

    @Test
    void matricesOfManyClassesAreLeftOut() {
        List<String> classes = IntStream.range(0, 13).mapToObj(i -> "c" + i).toList();
        String table = new ClassificationReport(classes, new int[13][13], 0).toString();
        assertFalse(table.contains("predicted"), table);
        assertTrue(table.contains("\nc12 "), table);
    }

    @Test
    void reportsAreValues() {
        int[][] counts = {{1, 2}, {3, 4}};
        var report = new ClassificationReport(List.of("a", "b"), counts, 1);
        counts[0][0] = 9;
        report.confusion()[1][1] = 9;
        var same = new ClassificationReport(List.of("a", "b"), new int[][] {{1, 2}, {3, 4}}, 1);
        assertEquals(same, report);
        assertEquals(same.hashCode(), report.hashCode());
    }

    @Test
    void theMatrixMustFitTheClasses() {
        List<String> classes = Collections.nCopies(2, "a");
        assertThrows(IllegalArgumentException.class, () -> new ClassificationReport(classes, new int[2][3], 0));
        assertThrows(IllegalArgumentException.class, () -> new ClassificationReport(classes, new int[3][2], 0));
    }
}
