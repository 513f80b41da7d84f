package dev.rondo.testkit.golden;

import dev.rondo.testkit.Golden;
import java.util.List;

/// The golden cases of one kind.
final class Cases {
    private Cases() {}

    /// The cases of one kind.
    ///
    /// @param framework `keras` or `torch`
    static List<Golden> tested(String framework, String kind) {
        return Golden.cases("golden/" + framework).stream().map(name -> Golden.open("golden/" + framework, name))
                .filter(golden -> golden.text("kind").equals(kind)).toList();
    }
}
