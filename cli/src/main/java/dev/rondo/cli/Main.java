package dev.rondo.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `rondo` command: recurrent neural networks from the command line.
@Command(name = "rondo", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, description = "Recurrent neural networks for the JVM.")
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// Runs the command and exits with its status: 0 done, 1 failed, 2 wrong usage.
    ///
    /// @param args the command line
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "rondo: a command is missing");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"rondo " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
