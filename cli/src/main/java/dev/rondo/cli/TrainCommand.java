package dev.rondo.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `rondo train`: the tasks that can be trained.
@Command(name = "train", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "TASK", header = "Trains a model on your data.", commandListHeading = "%nTasks:%n")
final class TrainCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a task is missing; there is classify");
    }
}
