package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.testkit.Golden;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No golden case is forgotten: each is tested by exactly one class here.
class CoverageTest {
    @Test
    void everyCaseIsTested() {
        List<String> tested = Stream
                .of(KerasLayerTest.cases(), TorchLayerTest.cases(), ActivationGoldenTest.cases(),
                        LossGoldenTest.cases(), TrajectoryTest.cases())
                .flatMap(List::stream).map(golden -> golden.text("framework") + "/" + golden.name()).toList();
        List<String> index = Stream.of("keras", "torch")
                .flatMap(framework -> Golden.cases("golden/" + framework).stream().map(name -> framework + "/" + name))
                .toList();
        assertEquals(new TreeSet<>(index), new TreeSet<>(tested));
        assertEquals(tested.size(), new HashSet<>(tested).size(), "a case is tested twice");
        assertEquals(313, index.size());
    }
}
