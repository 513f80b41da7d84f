package dev.rondo.bench;

import dev.rondo.bench.Workload.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A workload run once in a JVM of its own, with the options of this one: how long a user waits who starts a program.
public final class FreshProcess {
    private static final String DONE = "done ";

    private FreshProcess() {}

    /// What a process said when it was done, and when.
    ///
    /// @param words what follows the word done
    /// @param seconds from the start of the process
    record Answer(List<String> words, double seconds) {}

    /// Starts a JVM and times it until it has run the workload once.
    ///
    /// @param threads worker threads
    /// @throws IllegalStateException if the process fails; the message has its last words
    static Speed run(Workload workload, int threads) {
        Answer answer = ask(FreshProcess.class, workload.name(), Integer.toString(threads));
        List<String> words = answer.words();
        var work = new Work(Unit.valueOf(words.get(0)), Double.parseDouble(words.get(1)),
                Double.parseDouble(words.get(2)));
        return Speed.run(work, answer.seconds(), Double.NaN);
    }

    /// Starts a JVM with the options of this one and waits for its answer, see [#answer].
    ///
    /// @param main class to run
    /// @param workload name of a workload, the first argument
    /// @param more further arguments
    /// @throws IllegalStateException if the process fails; the message has its last words
    static Answer ask(Class<?> main, String workload, String... more) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), workload));
        command.addAll(List.of(more));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        long start = System.nanoTime();
        try {
            Process process = builder.start();
            String last = "";
            try (BufferedReader output = process.inputReader()) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.startsWith(DONE)) {
                        double seconds = (System.nanoTime() - start) * 1e-9;
                        return new Answer(List.of(line.substring(DONE.length()).split(" ")), seconds);
                    }
                    last = line;
                }
            } finally {
                process.waitFor();
            }
            throw new IllegalStateException(
                    workload + ": the fresh process ended with status " + process.exitValue() + ": " + last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process ran", e);
        }
    }

    /// Says in a fresh process that it is done.
    ///
    /// @param words without blanks
    static void answer(String... words) {
        System.out.println(DONE + String.join(" ", words));
    }

    /// The fresh process.
    ///
    /// @param args name of a workload, number of threads
    public static void main(String[] args) {
        Work work = Workload.of(args[0]).once(Integer.parseInt(args[1]));
        answer(work.unit().name(), Double.toString(work.units()), Double.toString(work.flops()));
    }
}
