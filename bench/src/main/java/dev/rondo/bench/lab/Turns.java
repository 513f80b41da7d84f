package dev.rondo.bench.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The times that several builds took in turn. A machine that is shared moves by a third within minutes, but little from one turn to the next:
/// what counts is the median of the ratios of turns that followed each other.
final class Turns {
    private static final int MOST = 100_000;

    private final List<Build> builds;
    private final List<List<Double>> seconds = new ArrayList<>();

    Turns(List<Build> builds) {
        this.builds = builds;
        builds.forEach(build -> seconds.add(new ArrayList<>()));
    }

    /// Makes a failure on any thread end the program with one line, and with status 2 where an argument is wrong: others would wait for their
    /// turn for ever.
    static void endOnFailure() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            boolean wrongArgument = failure instanceof IllegalArgumentException;
            System.err.println("bench/turns: " + (wrongArgument ? failure.getMessage() : failure));
            System.exit(wrongArgument ? 2 : 1);
        });
    }

    /// A number of the command line, which the user knows as `name`.
    ///
    /// @throws IllegalArgumentException if it is no number of at least `least`
    static double number(String name, String text, int least) {
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!(number >= least && number <= MOST)) {
            throw new IllegalArgumentException(
                    name + " is '" + text + "'; it must be a number from " + least + " to " + MOST);
        }
        return number;
    }

    /// A whole number of the command line, at least 1.
    ///
    /// @throws IllegalArgumentException if it is none
    static int whole(String name, String text) {
        double number = number(name, text, 1);
        if (number != Math.rint(number)) {
            throw new IllegalArgumentException(name + " is '" + text + "'; it must be a whole number");
        }
        return (int) number;
    }

    synchronized void add(int build, double time) {
        seconds.get(build).add(time);
    }

    /// A line for each build: the median time of a step, and how many times as fast it is as the first.
    ///
    /// @param steps in a turn
    synchronized void print(String what, int steps) {
        int turns = seconds.stream().mapToInt(List::size).min().orElse(0);
        if (turns == 0) {
            System.out.println(what + ": no turn ended in time; give it more seconds");
            return;
        }
        for (int b = 0; b < builds.size(); b++) {
            double[] times = new double[turns];
            double[] ratios = new double[turns];
            for (int i = 0; i < turns; i++) {
                times[i] = seconds.get(b).get(i);
                ratios[i] = seconds.getFirst().get(i) / times[i];
            }
            Arrays.sort(times);
            Arrays.sort(ratios);
            System.out.printf(Locale.ROOT,
                    "%-18s %-28s %d turns, median %.1f µs, %.3f times as fast (%.3f to %.3f in half of the turns)%n",
                    what, builds.get(b).name(), turns, times[turns / 2] * 1e6 / steps, ratios[turns / 2],
                    ratios[turns / 4], ratios[turns * 3 / 4]);
        }
    }
}
