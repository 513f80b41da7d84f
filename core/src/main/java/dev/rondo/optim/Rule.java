package dev.rondo.optim;

import java.util.List;

/// The arithmetic of an optimizer. Slots are arrays kept beside a parameter, of its size and laid out like it.
sealed interface Rule permits SgdRule, MomentumRule, RmsPropRule, AdamRule {
    /// The names of the slots, in the order in which methods get them.
    List<String> slots();

    /// The arithmetic of one step.
    ///
    /// @param step number of the step, from one
    Update update(double learningRate, long step);

    /// What rows of one table go through in steps that do not touch them.
    Rest rest();

    /// One step for a range of elements that have a gradient. Safe for use by several threads on ranges that do not overlap.
    interface Update {
        /// @param at offset of the range in `w` and in each slot
        /// @param go offset in `g`
        void apply(int n, float[] w, int at, float[] g, int go, float[][] slots);
    }

    /// Updates with a zero gradient, several steps at once.
    interface Rest {
        /// The most steps that [#apply] makes up for.
        int horizon();

        /// Whether weights move, not only slots.
        boolean movesWeights();

        /// Whether rows move whose slots are all zero.
        boolean movesUntouchedRows();

        /// Remembers a step of the table.
        ///
        /// @param index number of the step among those of the table, from one, one more than the last
        /// @param step number of the step among all
        void add(int index, double learningRate, long step);

        /// Brings a range of elements from the end of the table's step `last` to the end of its step `now`.
        void apply(int last, int now, int n, float[] w, int at, float[][] slots);
    }
}
