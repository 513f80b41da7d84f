import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** S0T, S1, S3 and L2 in DL4J, on fewer batches than the others since it takes long; a line of JSON for each. */
public final class Dl4jBench {
    private Dl4jBench() {}

    public static void main(String[] args) {
        boolean cold = Arrays.asList(args).contains("--cold");
        for (String name : args) {
            switch (name) {
                case "S0T" -> train(name, network(last(lstm(10, 50)), yes(50)), features(32, 32, 10, 100), cold);
                case "S1" -> train(name,
                        network(new EmbeddingSequenceLayer.Builder().nIn(10000).nOut(100).inputLength(50).build(),
                                lstm(100, 100), last(lstm(100, 50)), yes(50)),
                        tokens(16, 32, 50, 10000), cold);
                case "S3" -> train(name, network(rnn(1, 32), last(rnn(32, 32)),
                        new OutputLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).nIn(32).nOut(1)
                                .build()),
                        features(64, 32, 1, 10), cold);
                case "L2" -> train(name, network(last(lstm(512, 512)), yes(512)), features(2, 64, 512, 100), cold);
                default -> {}
            }
        }
    }

    private static void train(String name, MultiLayerConfiguration model, List<DataSet> batches, boolean cold) {
        var network = new MultiLayerNetwork(model);
        network.init();
        double best = Double.POSITIVE_INFINITY;
        for (int epoch = 0; epoch < (cold ? 1 : 4); epoch++) {
            long start = System.nanoTime();
            for (DataSet batch : batches) {
                network.fit(batch);
            }
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        long samples = batches.stream().mapToLong(DataSet::numExamples).sum();
        System.out.printf(cold ? "{\"rival\":\"dl4j\",\"workload\":\"%s\",\"cold\":true}%n"
                : "{\"rival\":\"dl4j\",\"workload\":\"%s\",\"samples_per_s\":%.1f}%n", name, samples / best);
        System.out.flush();
    }

    private static MultiLayerConfiguration network(Layer... layers) {
        return new NeuralNetConfiguration.Builder().updater(new Adam(1e-3)).list(layers).build();
    }

    private static LSTM lstm(int features, int units) {
        return new LSTM.Builder().nIn(features).nOut(units).activation(Activation.TANH).build();
    }

    private static SimpleRnn rnn(int features, int units) {
        return new SimpleRnn.Builder().nIn(features).nOut(units).activation(Activation.TANH).build();
    }

    private static Layer last(Layer layer) {
        return new LastTimeStep(layer);
    }

    private static OutputLayer yes(int features) {
        return new OutputLayer.Builder(LossFunction.XENT).activation(Activation.SIGMOID).nIn(features).nOut(1).build();
    }

    private static INDArray coins(int samples) {
        return Nd4j.rand(samples, 1).gt(0.5).castTo(DataType.FLOAT);
    }

    /** DL4J's order of axes is batch, feature, step. */
    private static List<DataSet> features(int batches, int size, int features, int steps) {
        List<DataSet> data = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            data.add(new DataSet(Nd4j.randn(size, features, steps), coins(size)));
        }
        return data;
    }

    private static List<DataSet> tokens(int batches, int size, int steps, int vocabulary) {
        var random = new Random(1);
        List<DataSet> data = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            INDArray ids = Nd4j.create(size, 1, steps);
            for (int s = 0; s < size; s++) {
                for (int t = 0; t < steps; t++) {
                    ids.putScalar(new int[] {s, 0, t}, random.nextInt(vocabulary));
                }
            }
            data.add(new DataSet(ids, coins(size)));
        }
        return data;
    }
}
