package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("Embedding", "LSTM", "GRU", "units", "use_bias", "rate");

    @ParameterizedTest
    @CsvSource({"LTSM, LSTM", "lstm, LSTM", "LSTMCell, ", "unit, units", "useBias, use_bias", "rat, rate",
            "embeding, Embedding", "Transformer, ", "x, ", "'', "})
    void aSlipIsSeenAndNothingElse(String name, String meant) {
        assertEquals(Optional.ofNullable(meant), Nearest.to(name, KNOWN));
    }
}
