package dev.rondo.tasks.text;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.CharArrayMap;

/// Counts tokens and remembers the order in which they first appeared.
///
/// Counts of consecutive parts of a corpus, added up in order, equal the counts of the whole: this is how several threads
/// count with one result. Not safe for use by several threads at once.
public final class TokenCounts {

    private final CharArrayMap<Entry> index = new CharArrayMap<>(1024, false);
    private final List<Entry> inOrder = new ArrayList<>();
    private long total;

    private static final class Entry {
        private final char[] token;
        private long count;

        Entry(char[] token) {
            this.token = token;
        }
    }

    /// A token and the number of times it was seen.
    ///
    /// @param token the token
    /// @param count how often it was seen, at least 1
    public record Count(String token, long count) {}

    /// Counts one more occurrence of a token.
    ///
    /// @param chars  holds the token; copied where needed
    /// @param offset first character
    /// @param length number of characters
    public void add(char[] chars, int offset, int length) {
        Entry entry = index.get(chars, offset, length);
        if (entry == null) {
            char[] token = new char[length];
            System.arraycopy(chars, offset, token, 0, length);
            entry = enter(token);
        }
        entry.count++;
        total++;
    }

    /// Adds the counts of the part of the corpus that follows.
    ///
    /// @param later the counts of that part; not changed
    public void addAll(TokenCounts later) {
        for (Entry other : List.copyOf(later.inOrder)) {
            Entry entry = index.get(other.token, 0, other.token.length);
            if (entry == null) {
                entry = enter(other.token);
            }
            entry.count += other.count;
        }
        total += later.total;
    }

    /// The number of tokens seen, repetitions included.
    ///
    /// @return the sum of all counts
    public long total() {
        return total;
    }

    /// The number of different tokens.
    ///
    /// @return how many tokens have a count
    public int distinct() {
        return inOrder.size();
    }

    /// All counts, in the order in which the tokens first appeared.
    ///
    /// @return one count for each token
    public List<Count> counts() {
        return inOrder.stream().map(e -> new Count(new String(e.token), e.count)).toList();
    }

    private Entry enter(char[] token) {
        var entry = new Entry(token);
        index.put(token, entry);
        inOrder.add(entry);
        return entry;
    }
}
