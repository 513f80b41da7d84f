package dev.rondo.tape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    @Test
    void theClassOfASizeIsTheSmallestThatHoldsIt() {
        IntStream sizes = IntStream.concat(IntStream.rangeClosed(1, 5000),
                IntStream.range(13, 31).flatMap(o -> IntStream.of((1 << o) - 1, 1 << o, (1 << o) + 1)));
        sizes.forEach(size -> {
            int c = Workspace.sizeClass(size);
            assertTrue(Workspace.capacity(c) >= size, () -> size + " does not fit");
            assertTrue(c == 0 || Workspace.capacity(c - 1) < size, () -> size + " gets more than it needs");
            assertEquals(c, Workspace.sizeClass(Workspace.capacity(c)));
        });
    }

    @Test
    void arraysServeAgainDownToHalfTheirLength() {
        var workspace = new Workspace();
        float[] large = workspace.take(4096);
        workspace.takeBack();

        assertNotSame(large, workspace.take(1000));
        assertSame(large, workspace.take(2048));
        assertTrue(workspace.take(4096).length >= 4096);
    }
}
