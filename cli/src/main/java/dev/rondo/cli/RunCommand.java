package dev.rondo.cli;

import dev.rondo.infer.TensorRun;
import dev.rondo.io.Archive;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SavedModel;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tensor.Tensor;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rondo run`: raw tensors in and out.
@Command(name = "run", mixinStandardHelpOptions = true, sortOptions = false, header = "Runs a model on raw tensors, from and to safetensors files.", description = {
        "The input holds a tensor named input: token ids [B, T] (I32, I64 or whole F32 numbers) or features "
                + "[B, T, F] or [B, F] (F32), as the model takes them; of a model with several inputs input_0, input_1 and "
                + "so on, in the model's order. For a stack of layers it may hold lengths [B] (I32) too, how many steps of "
                + "each sequence are real. The output holds a tensor named output, or output_0, output_1 and so on (F32): "
                + "[B, C], or [B, T, C] of a model that gives sequences, with zeros behind the end of each."})
final class RunCommand implements Callable<Integer> {
    private static final String OUTPUT = "output";
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model file, such as m.rondo.")
    private String model = "";

    @Option(names = "--input", paramLabel = "FILE", required = true, description = "The safetensors file to read.")
    private String input = "";

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "The safetensors file to write.")
    private String output = "";

    @Mixin
    private Threads threads = new Threads();

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Path target = TargetFile.check("--output", output, "safetensors", "a safetensors file",
                List.of(model, input));
        Model loaded = SavedModel.load(TargetFile.path(model)).model();
        Archive archive = Safetensors.read(TargetFile.path(input));
        SequencedMap<String, Tensor> tensors = archive.ints().containsKey(TensorInput.LENGTHS)
                && loaded instanceof Sequential stack ? lengths(stack, archive) : whole(loaded, archive);
        console.beginSaving("after " + output + " was written");
        try {
            Safetensors.write(target, Archive.of(tensors));
        } finally {
            console.endSaving();
        }
        tensors.forEach((name, tensor) -> console.print("%s: tensor %s %s".formatted(output, name,
                Arrays.toString(tensor.shape()))));
        return Main.DONE;
    }

    private SequencedMap<String, Tensor> lengths(Sequential stack, Archive archive) {
        TensorInput read = TensorInput.of(archive, stack, input);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(OUTPUT, result(stack, read, Trainer.of(stack).threads(threads.count()).predict(read.sequences())));
        return tensors;
    }

    private SequencedMap<String, Tensor> whole(Model loaded, Archive archive) {
        if (loaded instanceof Sequential stack && stack.input().kind() != Signature.Kind.VECTOR) {
            TensorInput.of(archive, stack, input); // says what is wrong with them
        }
        List<Signature> inputs = ModelView.of(loaded).inputs();
        List<Tensor> outputs;
        try {
            outputs = TensorRun.of(loaded, inputs).run(TensorInput.all(archive, inputs, input), threads.count());
        } catch (IllegalArgumentException e) {
            throw new Failure(input + ": " + e.getMessage());
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int o = 0; o < outputs.size(); o++) {
            tensors.put(outputs.size() == 1 ? OUTPUT : OUTPUT + "_" + o, outputs.get(o));
        }
        return tensors;
    }

    /// All predictions in one tensor.
    private static Tensor result(Sequential model, TensorInput read, float[][] predictions) {
        int sequences = read.sequences().size();
        int columns = model.output().features();
        boolean perStep = model.output().kind() != Signature.Kind.VECTOR;
        int[] shape = perStep ? new int[] {sequences, read.steps(), columns} : new int[] {sequences, columns};
        int stride = perStep ? Math.multiplyExact(read.steps(), columns) : columns;
        float[] data = new float[Math.multiplyExact(sequences, stride)];
        for (int b = 0; b < sequences; b++) {
            System.arraycopy(predictions[b], 0, data, b * stride, predictions[b].length);
        }
        return Tensor.of(data, shape);
    }
}
