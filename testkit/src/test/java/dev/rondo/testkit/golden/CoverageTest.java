package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.loss.Loss;
import dev.rondo.testkit.Golden;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No golden case is forgotten: each is tested by exactly one class here, or listed in [Cases#OUTSIDE] with a reason that still holds.
class CoverageTest {
    @Test
    void everyCaseIsTestedOrListedAsOutside() {
        List<String> tested = Stream
                .of(KerasLayerTest.cases(), TorchLayerTest.cases(), ActivationGoldenTest.cases(),
                        LossGoldenTest.cases(),
                        TrajectoryTest.cases())
                .flatMap(List::stream).map(golden -> golden.text("framework") + "/" + golden.name()).toList();
        List<String> accounted = new ArrayList<>(tested);
        accounted.addAll(Cases.OUTSIDE.keySet());
        List<String> index = Stream.of("keras", "torch")
                .flatMap(framework -> Golden.cases("golden/" + framework).stream().map(name -> framework + "/" + name))
                .toList();
        assertEquals(new TreeSet<>(index), new TreeSet<>(accounted));
        assertEquals(accounted.size(), new HashSet<>(accounted).size(), "a case is accounted for twice");
        assertEquals(313, index.size());
        assertEquals(13, Cases.OUTSIDE.size());
    }

    @Test
    void theReasonsForLeavingCasesOutHold() {
        Set<String> reasons = Set.of(Cases.HUBER, Cases.SMOOTHING, Cases.WEIGHTS);
        assertEquals(reasons, new HashSet<>(Cases.OUTSIDE.values()));
        Cases.OUTSIDE.forEach((path, reason) -> {
            int slash = path.indexOf('/');
            Golden golden = Golden.open("golden/" + path.substring(0, slash), path.substring(slash + 1));
            switch (reason) {
                case Cases.HUBER -> {
                    assertTrue(Node.of(golden.text("loss")).className().startsWith("Huber"), path);
                    assertThrows(IllegalArgumentException.class, () -> Loss.of("huber"));
                }
                case Cases.SMOOTHING -> assertTrue(Node.of(golden.text("loss")).has("label_smoothing"), path);
                default -> assertTrue(golden.has("sample_weight"), path);
            }
        });
    }
}
