package dev.rondo.examples;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.infer.Session;
import dev.rondo.io.SavedModel;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.train.Evaluation;
import dev.rondo.train.Fit;
import dev.rondo.train.Objective;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// A graph of two inputs and two outputs, as `docs/guide/java.md` explains it: trained with a weighted loss for each output, saved,
/// loaded, and fed step by step.
///
/// A machine reports temperature and vibration every minute, and two numbers say what kind of machine it is. Wanted are whether it is
/// about to fail, and how much its last readings sum up to. The data is made up here.
public final class SeveralInputs {
    private SeveralInputs() {}

    public static void main(String[] arguments) {
        Options.run(arguments, SeveralInputs::run);
    }

    private static void run(Options options) throws IOException {
        Dataset train = machines(options.quick() ? 400 : 2000, 1);
        Dataset test = machines(500, 2);
        int epochs = options.quick() ? 8 : 20;

        // guide: graph
        GraphBuilder b = Graph.builder();
        Node readings = b.input("readings", Signature.sequence(2));
        Node machine = b.input("machine", Signature.vector(2));
        Node read = b.add(Lstm.of(16), readings);
        Node both = b.add(Concatenate.of(), read, machine);
        Node fails = b.layer("fails", Dense.of(1).activation(Activation.SIGMOID)).on(both);
        Node wear = b.layer("wear", Dense.of(1)).on(both);
        Graph model = b.build(fails, wear);
        // guide: graph
        System.out.println(model.summary());

        // guide: fit
        Trainer trainer = Trainer.of(model).optimizer(Adam.of(5e-3)).objectives(
                Objective.of(Loss.BINARY_CROSSENTROPY).metrics(Metric.ACCURACY),
                Objective.of(Loss.MEAN_SQUARED_ERROR).weight(0.2));
        trainer.fit(train, Fit.epochs(epochs).batchSize(32));
        Evaluation measured = trainer.evaluate(test);
        double accuracy = measured.outputs().get(0).get(Metric.ACCURACY);
        double error = measured.outputs().get(1).loss();
        // guide: fit
        System.out.printf("%nfails: accuracy %.3f; wear: mean squared error %.3f%n", accuracy, error);

        Path file = Files.createTempFile("machines", ".rondo");
        try {
            // guide: save
            SavedModel.of("Wear of machines", model).save(file);
            Graph loaded = (Graph) SavedModel.load(file).model();
            // guide: save
            System.out.println("saved and loaded, " + Files.size(file) + " bytes");
            stream(loaded, test);
        } finally {
            Files.delete(file);
        }
    }

    /// Feeds the first machine's readings one by one, and holds the last answer against that for the whole sequence.
    private static void stream(Graph model, Dataset test) {
        List<Inputs> parts = test.slice(0, 1).inputs().parts();
        float[] values = ((Inputs.Features) parts.get(0)).values()[0];
        float[] kind = ((Inputs.Vectors) parts.get(1)).values()[0];

        // guide: stream
        Session session = Session.open(model).input("machine", kind);       // once, before the first step
        List<float[]> now = List.of();
        for (int t = 0; t < values.length; t += 2) {
            now = session.input("readings", new float[] {values[t], values[t + 1]}).stepAll();
            System.out.printf("minute %2d: fails %.3f, wear %6.3f%n", t / 2 + 1, now.get(0)[0], now.get(1)[0]);
        }
        List<float[]> whole = Session.open(model).predictAll(test.slice(0, 1).inputs());
        // guide: stream
        System.out.printf("all at once: fails %.3f, wear %6.3f%n", whole.get(0)[0], whole.get(1)[0]);
        for (int output = 0; output < 2; output++) {
            if (now.get(output)[0] != whole.get(output)[0]) {
                throw new IllegalStateException(
                        "output " + output + " of the stream is not that of the whole sequence");
            }
        }
    }

    /// Machines whose readings drift; one fails when its heat and vibration together are more than its kind stands.
    private static Dataset machines(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][][] readings = new float[count][][];
        float[][] kinds = new float[count][];
        int[] fails = new int[count];
        float[] wear = new float[count];
        for (int i = 0; i < count; i++) {
            int minutes = random.nextInt(5, 13);
            readings[i] = new float[minutes][];
            double sum = 0;
            for (int t = 0; t < minutes; t++) {
                double heat = random.nextGaussian(0, 1);
                double vibration = random.nextGaussian(0, 1);
                readings[i][t] = new float[] {(float) heat, (float) vibration};
                sum = 0.7 * sum + 0.5 * heat + 0.3 * vibration;
            }
            double stands = random.nextGaussian(0, 0.5);
            kinds[i] = new float[] {(float) stands, random.nextInt(2)};
            fails[i] = sum > stands ? 1 : 0;
            wear[i] = (float) sum;
        }
        // guide: data
        Inputs inputs = Inputs.several(Inputs.features(readings), Inputs.vectors(kinds));
        Dataset data = new Dataset(inputs, Targets.several(Targets.binary(fails), Targets.values(wear)));
        // guide: data
        return data;
    }
}
