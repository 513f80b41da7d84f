package dev.rondo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rondo.bench.Part.Kind;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Bounds by hand: a batch of 4 sequences of 3 steps in 2 pieces, so 6 rows in each.
class RooflineTest {
    /// All sums are of small whole numbers times powers of ten.
    private static final double ROUNDING = 1e-9;

    /// 100 operations, 10 numbers of passes, 8 bytes read and 4 changed a second; the kernels reach a quarter of the peak.
    private static final Rates RATES = new Rates() {
        @Override
        public double peak() {
            return 100;
        }

        @Override
        public double product(Part.Product product) {
            return 25;
        }

        @Override
        public double pass(Part.Pass pass) {
            return 10;
        }

        @Override
        public double read(Level level) {
            return 8;
        }

        @Override
        public double change(Level level) {
            return 4;
        }
    };

    @Test
    void countsTheBytesOfAStep() {
        var model = Sequential.of(Signature.sequence(5), Lstm.of(2));
        List<Part> parts = Parts.of(new Step(model, 4, 3, 2, true, 2, false, 0));
        // Input: rows 6, features 5, columns 8, in two pieces.
        assertEquals(2 * 4.0 * (6 * 5 + 5 * 8), sum(parts, Kind.INPUT, true));
        assertEquals(2 * 4.0 * 6 * 8, sum(parts, Kind.INPUT, false));
        // Recurrent: 2 rows, 3 times, forward [2, 2] [2, 8] and back [2, 8] [8, 2].
        assertEquals(2 * 3 * 4.0 * (2 * 2 + 2 * 8 + 2 * 8 + 8 * 2), sum(parts, Kind.RECURRENT, true));
        assertEquals(2 * 3 * 4.0 * (2 * 8 + 2 * 2), sum(parts, Kind.RECURRENT, false));
        // Gates: 6 rows of 8 gates and 3 states of 2 units, forward and back.
        assertEquals(2 * 2 * 4.0 * 6 * (8 + 3 * 2), sum(parts, Kind.GATES, false));
        // Gradients: [7, 6] [6, 8].
        assertEquals(2 * 4.0 * (7 * 6 + 6 * 8), sum(parts, Kind.GRADIENTS, true));
        assertEquals(2 * 4.0 * 7 * 8, sum(parts, Kind.GRADIENTS, false));
        // 56 weights: added up, moved with two moments, packed twice.
        assertEquals(4.0 * 56 * (1 + 1 + 2), sum(parts, Kind.UPDATE, true));
        assertEquals(4.0 * 56 * (1 + 3 + 2), sum(parts, Kind.UPDATE, false));
    }

    @Test
    void countsTheOperationsOfTheArithmetic() {
        for (String name : List.of("S0", "S1", "S3", "S4", "L1", "L2", "L3", "I2")) {
            Step step = Workload.of(name).step().orElseThrow();
            assertEquals(step.flops(), Parts.of(step).stream().mapToDouble(Part::flops).sum(), 1e-9 * step.flops(),
                    name);
        }
    }

    @Test
    void aPredictionLooksUpTheProductBehindAnEmbedding() {
        var model = Sequential.of(Signature.tokens(), Embedding.of(9, 5), Lstm.of(2), Dense.of(1));
        List<Part> parts = Parts.of(Step.prediction(model, 4, 3, 2));
        assertEquals(4.0 * 12 * 8, sum(parts, Kind.INPUT, true));
        assertEquals(0, parts.stream().filter(part -> part.kind() == Kind.INPUT).mapToDouble(Part::flops).sum());
        assertEquals(0, sum(parts, Kind.UPDATE, true));
    }

    @Test
    void theSlowestOfOperationsNumbersAndBytesCounts() {
        var product = new Part.Product(1, 10, 10, 10);
        Part part = new Part(Kind.INPUT, 0, 2, product, null, 80, 8, 100);
        assertEquals(20, part.seconds(RATES, 2, false), ROUNDING);
        assertEquals(80, part.seconds(RATES, 2, true), ROUNDING);
        assertEquals(40, part.seconds(RATES, 4, false), ROUNDING, "two pieces keep half of four threads busy");
        Part bytes = new Part(Kind.INPUT, 0, 2, product, null, 800, 8, 100);
        assertEquals(800 / 8 + 8 / 4, bytes.seconds(RATES, 2, false), ROUNDING);
        Part pass = new Part(Kind.GATES, 0, 1, null, new Part.Pass(Part.Work.GRU, false, 2, 3, 5), 0, 0, 1);
        assertEquals(3, pass.seconds(RATES, 1, false), ROUNDING);
    }

    @Test
    void layersOfOneSequenceRunAtTheSameTime() {
        var model = Sequential.of(Signature.sequence(1), Lstm.of(1).returnSequences(), Lstm.of(1));
        Step step = Step.prediction(model, 1, 1, 1);
        // A layer: input and recurrent product read 5 numbers and change 4 each, gates change 7, at half of the machine's rates.
        double layer = 2 * (2 * (20 / 8.0 + 16 / 4.0) + 28 / 4.0);
        Workload workload = Workload.of("I1");
        assertEquals(layer, Roofline.of(workload, step, RATES, 2, 1).bound(), ROUNDING);
        assertEquals(layer, Roofline.of(workload, step, RATES, 1, 1).bound(), ROUNDING);
        Step two = Step.prediction(model, 2, 1, 2);
        Roofline both = Roofline.of(workload, two, RATES, 2, 1);
        assertEquals(2 * layer, both.bound(), ROUNDING);
        assertEquals(Map.of(Level.L1, 2 * 2 * (2 * 36 + 28.0), Level.L2, 0.0, Level.SHARED, 0.0, Level.MEMORY, 0.0),
                both.bytes());
    }

    @Test
    void aWorkingSetFillsOneLevelAfterTheOther() {
        assertEquals(1, Level.L1.share(48 << 10));
        assertEquals(0.25, Level.L1.share(192 << 10));
        assertEquals(0.75, Level.L2.share(192 << 10));
        assertEquals(0, Level.SHARED.share(2 << 20));
        assertEquals(0.5, Level.MEMORY.share(128 << 20));
    }

    @Test
    void aWholeProgramHasNone() {
        assertThrows(IllegalArgumentException.class, () -> Roofline.measure(Workload.of("S2"), 1, 1));
    }

    private static double sum(List<Part> parts, Kind kind, boolean read) {
        return parts.stream().filter(part -> part.kind() == kind).mapToDouble(read ? Part::read : Part::changed).sum();
    }
}
