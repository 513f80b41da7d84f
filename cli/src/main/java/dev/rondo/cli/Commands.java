package dev.rondo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// All commands by name. Only the one that is asked for is made, since making all takes a while; help needs them all.
final class Commands {
    private static final Map<String, Function<Console, CommandLine>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("demo", console -> new CommandLine(new DemoCommand(console)));
        BY_NAME.put("train", console -> new CommandLine(new TrainCommand())
                .addSubcommand("classify", new ClassifyCommand(console)));
        BY_NAME.put("evaluate", console -> new CommandLine(new EvaluateCommand(console)));
        BY_NAME.put("predict", console -> new CommandLine(new PredictCommand(console)));
        BY_NAME.put("inspect", console -> new CommandLine(new InspectCommand(console)));
        BY_NAME.put("run", console -> new CommandLine(new RunCommand(console)));
        BY_NAME.put("import", console -> new CommandLine(new ImportCommand(console)));
        BY_NAME.put("export", console -> new CommandLine(new ExportCommand(console)));
        BY_NAME.put("bench", console -> new CommandLine(new BenchCommand(console)));
    }

    private Commands() {}

    /// The command line that can run `args`.
    static CommandLine of(String[] args, Console console) {
        var root = new CommandLine(new Root());
        String first = args.length == 0 ? "" : args[0];
        if (BY_NAME.containsKey(first)) {
            root.addSubcommand(first, Objects.requireNonNull(BY_NAME.get(first)).apply(console));
        } else {
            BY_NAME.forEach((name, make) -> root.addSubcommand(name, make.apply(console)));
        }
        layOut(root);
        return root.setOut(console.writer()).setUsageHelpLongOptionsMaxWidth(28);
    }

    /// The same headings and empty lines in the help of each command.
    private static void layOut(CommandLine commands) {
        UsageMessageSpec help = commands.getCommandSpec().versionProvider(new Version()).usageMessage();
        help.synopsisHeading("%nUsage: ").parameterListHeading("%nArguments:%n").optionListHeading("%nOptions:%n");
        if (help.description().length > 0) {
            help.descriptionHeading("%n");
        }
        commands.getSubcommands().values().forEach(Commands::layOut);
    }

    @Command(name = "rondo", mixinStandardHelpOptions = true, sortOptions = false, synopsisSubcommandLabel = "COMMAND", header = "Recurrent neural networks on the JVM.", commandListHeading = "%nCommands:%n", footer = {
            "",
            "Start here:",
            "  ${sys:rondo.command:-rondo} demo",
            "  ${sys:rondo.command:-rondo} train classify --data reviews.csv --out m.rondo",
            "  ${sys:rondo.command:-rondo} evaluate m.rondo --data test.csv",
            "  ${sys:rondo.command:-rondo} predict m.rondo --text \"What a lovely film\"",
            "",
            "Each command explains itself with --help. Exit status: 0 done, 1 failed,",
            "2 wrong usage, 130 stopped by Ctrl-C.",
            "More memory than 2 GB: RONDO_OPTS=-Xmx8g. Where an error is from: RONDO_DEBUG=1."})
    static final class Root implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing, such as demo");
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"rondo " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
