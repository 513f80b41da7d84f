package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rondo.op.Activation;
import java.util.ArrayList;
import java.util.List;

/// Activation functions in ONNX: by name inside the recurrent operators, as nodes elsewhere.
final class OnnxActivations {
    private static final float HALF = 0.5f;
    private static final float SIXTH = 1f / 6f;
    private static final float LEAK = 0.2f;
    private static final float TANH_CUBE = 0.044715f;

    private OnnxActivations() {}

    /// The activations of one recurrent operator.
    ///
    /// @param names ONNX's names
    /// @param alphas the constants of those that have a first one, in order
    /// @param betas the constants of those that have a second one, in order
    record Named(List<String> names, List<Float> alphas, List<Float> betas) {}

    /// Finds ONNX's names.
    ///
    /// @param who the layer, for the error
    /// @throws IllegalArgumentException if ONNX has no such activation inside a cell
    static Named named(String who, List<Activation> activations) {
        List<String> names = new ArrayList<>();
        List<Float> alphas = new ArrayList<>();
        List<Float> betas = new ArrayList<>();
        for (Activation activation : activations) {
            switch (activation) {
                case TANH -> names.add("Tanh");
                case SIGMOID -> names.add("Sigmoid");
                case RELU -> names.add("Relu");
                case SOFTSIGN -> names.add("Softsign");
                case SOFTPLUS -> names.add("Softplus");
                case ELU, CELU -> {
                    names.add("Elu");
                    alphas.add(1f);
                }
                case LEAKY_RELU -> {
                    names.add("LeakyRelu");
                    alphas.add(LEAK);
                }
                case HARD_SIGMOID -> {
                    names.add("HardSigmoid");
                    alphas.add(SIXTH);
                    betas.add(HALF);
                }
                case SPARSE_SIGMOID -> {
                    names.add("HardSigmoid");
                    alphas.add(HALF);
                    betas.add(HALF);
                }
                case LINEAR -> {
                    names.add("Affine");
                    alphas.add(1f);
                    betas.add(0f);
                }
                default -> throw new IllegalArgumentException(who + " has the activation " + activation.id()
                        + ", which ONNX does not know inside a cell; use tanh, sigmoid, relu, hard_sigmoid, softsign, "
                        + "softplus, elu, celu, leaky_relu, sparse_sigmoid or linear");
            }
        }
        return new Named(names, alphas, betas);
    }

    /// Applies an activation to rows and returns the result's name.
    ///
    /// @param who the first part of the nodes' names
    static String apply(OnnxGraph g, String who, Activation activation, String x) {
        return switch (activation) {
            case LINEAR -> x;
            case RELU -> g.add(who, "Relu", List.of(x));
            case SIGMOID -> g.add(who, "Sigmoid", List.of(x));
            case TANH -> g.add(who, "Tanh", List.of(x));
            case SOFTMAX -> g.add(who, "Softmax", List.of(x), attribute("axis", -1));
            case LOG_SOFTMAX -> g.add(who, "LogSoftmax", List.of(x), attribute("axis", -1));
            case HARD_SIGMOID -> hardSigmoid(g, who, x);
            case HARD_TANH -> g.add(who, "Clip", List.of(x, g.number(-1), g.number(1)));
            case RELU6 -> g.add(who, "Clip", List.of(x, g.number(0), g.number(6)));
            case SOFTPLUS -> g.add(who, "Softplus", List.of(x));
            case SOFTSIGN -> g.add(who, "Softsign", List.of(x));
            case ELU -> g.add(who, "Elu", List.of(x));
            case CELU -> g.add(who, "Celu", List.of(x));
            case SELU -> g.add(who, "Selu", List.of(x));
            case EXPONENTIAL -> g.add(who, "Exp", List.of(x));
            case LEAKY_RELU -> g.add(who, "LeakyRelu", List.of(x), attribute("alpha", LEAK));
            case HARD_SHRINK -> g.add(who, "Shrink", List.of(x), attribute("lambd", HALF), attribute("bias", 0f));
            case SOFT_SHRINK -> g.add(who, "Shrink", List.of(x), attribute("lambd", HALF), attribute("bias", HALF));
            case SILU -> product(g, who, x, g.add(who, "Sigmoid", List.of(x)));
            case HARD_SILU -> product(g, who, x, hardSigmoid(g, who, x));
            case MISH -> product(g, who, x,
                    g.add(who, "Tanh", List.of(g.add(who, "Softplus", List.of(x)))));
            case TANH_SHRINK -> g.add(who, "Sub", List.of(x, g.add(who, "Tanh", List.of(x))));
            case LOG_SIGMOID -> g.add(who, "Neg",
                    List.of(g.add(who, "Softplus", List.of(g.add(who, "Neg", List.of(x))))));
            case GELU ->
                gelu(g, who, x, g.add(who, "Erf", List.of(product(g, who, x, g.number((float) Math.sqrt(0.5))))));
            case GELU_TANH -> geluTanh(g, who, x);
            case SPARSE_SIGMOID -> sparseSigmoid(g, who, x);
            case SPARSE_PLUS -> {
                // The square of the sparse sigmoid up to 1, and beyond that one more for each 1 of x.
                String s = sparseSigmoid(g, who, x);
                String beyond = g.add(who, "Relu", List.of(g.add(who, "Sub", List.of(x, g.number(1)))));
                yield sum(g, who, product(g, who, s, s), beyond);
            }
            case SQUAREPLUS -> {
                String root = g.add(who, "Sqrt", List.of(sum(g, who, product(g, who, x, x), g.number(4))));
                yield product(g, who, sum(g, who, x, root), g.number(HALF));
            }
            case GLU -> {
                List<String> halves = g.addAll(who, "Split", List.of(x), 2, attribute("axis", -1));
                yield product(g, who, halves.getFirst(), g.add(who, "Sigmoid", List.of(halves.getLast())));
            }
            case SPARSEMAX -> sparsemax(g, who, x);
        };
    }

    static String product(OnnxGraph g, String who, String a, String b) {
        return g.add(who, "Mul", List.of(a, b));
    }

    static String sum(OnnxGraph g, String who, String a, String b) {
        return g.add(who, "Add", List.of(a, b));
    }

    private static String hardSigmoid(OnnxGraph g, String who, String x) {
        return g.add(who, "HardSigmoid", List.of(x), attribute("alpha", SIXTH), attribute("beta", HALF));
    }

    private static String sparseSigmoid(OnnxGraph g, String who, String x) {
        return g.add(who, "HardSigmoid", List.of(x), attribute("alpha", HALF), attribute("beta", HALF));
    }

    /// `max(x - tau, 0)`, where tau comes from sums over the largest elements, as many as lie above the threshold that they give.
    private static String sparsemax(OnnxGraph g, String who, String x) {
        String columns = g.add(who, "Shape", List.of(x), attribute("start", -1));
        String sorted = g.addAll(who, "TopK", List.of(x, columns), 2, attribute("axis", -1)).getFirst();
        String sums = g.add(who, "CumSum", List.of(sorted, g.whole(-1)));
        String ones = g.add(who, "Expand", List.of(g.number(1), columns));
        String ranks = g.add(who, "CumSum", List.of(ones, g.whole(0)));
        String above = sum(g, who, product(g, who, ranks, sorted), g.number(1));
        String support = g.add(who, "Cast", List.of(g.add(who, "Greater", List.of(above, sums))),
                attribute("to", TensorProto.DataType.FLOAT.getNumber()));
        String total = g.add(who, "ReduceSum", List.of(product(g, who, sums, support), g.vector(-1)));
        String count = g.add(who, "ReduceSum", List.of(support, g.vector(-1)));
        String tau = g.add(who, "Div", List.of(g.add(who, "Sub", List.of(total, g.number(1))), count));
        return g.add(who, "Relu", List.of(g.add(who, "Sub", List.of(x, tau))));
    }

    private static String gelu(OnnxGraph g, String who, String x, String inner) {
        return product(g, who, product(g, who, x, g.number(HALF)), sum(g, who, inner, g.number(1)));
    }

    private static String geluTanh(OnnxGraph g, String who, String x) {
        String cube = product(g, who, product(g, who, product(g, who, x, x), x), g.number(TANH_CUBE));
        String scaled = product(g, who, sum(g, who, x, cube), g.number((float) Math.sqrt(2 / Math.PI)));
        return gelu(g, who, x, g.add(who, "Tanh", List.of(scaled)));
    }
}
