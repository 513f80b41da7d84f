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
    private static final String DONE = "done";

    private FreshProcess() {}

    /// Starts a JVM and times it until it has run the workload once.
    ///
    /// @param threads worker threads
    /// @throws IllegalStateException if the process fails; the message has its last words
    static Speed run(Workload workload, int threads) {
        var command = new ProcessBuilder(command(workload, threads)).redirectErrorStream(true);
        long start = System.nanoTime();
        try {
            Process process = command.start();
            String last = "";
            try (BufferedReader output = process.inputReader()) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.startsWith(DONE)) {
                        double seconds = (System.nanoTime() - start) * 1e-9;
                        return speed(line.split(" "), seconds);
                    }
                    last = line;
                }
            } finally {
                process.waitFor();
            }
            throw new IllegalStateException(
                    workload.name() + ": the fresh process ended with status " + process.exitValue() + ": " + last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process ran", e);
        }
    }

    private static Speed speed(String[] words, double seconds) {
        var work = new Work(Unit.valueOf(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
        return Speed.run(work, seconds, Double.NaN);
    }

    private static List<String> command(Workload workload, int threads) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FreshProcess.class.getName(),
                workload.name(), Integer.toString(threads)));
        return command;
    }

    /// The fresh process.
    ///
    /// @param args name of a workload, number of threads
    public static void main(String[] args) {
        Work work = Workload.of(args[0]).once(Integer.parseInt(args[1]));
        System.out.println(String.join(" ", DONE, work.unit().name(), Double.toString(work.units()),
                Double.toString(work.flops())));
    }
}
