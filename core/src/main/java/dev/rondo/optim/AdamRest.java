package dev.rondo.optim;

import dev.rondo.internal.kernel.Kernels;

/// What Adam does to a row in k steps that do not touch it, in one go.
///
/// With m, v and w of step a, the moments after step a + j are b1^j m and b2^j v, so that the weight of step a + k is
///
/// ```text
/// w' = D_0 w - m * sum_{j=1..k} c_j / (sqrt v + epsilon x_j)
///
/// c_j = alpha_{a+j} (b1 / sqrt b2)^j D_j    x_j = b2^{-j/2}    D_j = product over i = j+1..k of (1 - lr_{a+i} * weightDecay)
/// ```
///
/// Nothing in c_j, x_j and D_j depends on the element. The sum becomes one term, with the weighted mean of x in place of each x_j:
///
/// ```text
/// S_0 = sum c_j    S_1 = sum c_j x_j    w' = D_0 w - m * S_0 / (sqrt v + epsilon S_1 / S_0)
/// ```
///
/// This is exact for k = 1 and to first order in the spread of x. By Taylor's theorem about the mean its error relative to the
/// movement is at most `V r^2`, where `V = Var(x) * mean(x)` under the weights c_j and `r = epsilon / (sqrt v + epsilon) <= 1`:
/// nothing at all unless the gradients are as small as epsilon. For b1 = 0.9, b2 = 0.999 and a constant learning rate V is
/// 2.3e-5 however large k; where V would exceed [#LIMIT] rows are not left behind that long ([#horizon]). Where the learning rate
/// varies by a factor R within the k steps, V is at most R times as large.
///
/// Seen from the present step n the sums for rows of every age follow from each other, `S_0(a) = q (alpha_{a+1} D + S_0(a+1))`,
/// and are made when a row of that age first comes. Not safe for use by several threads: [Table] holds its lock.
final class AdamRest implements Rule.Rest {
    /// Largest relative error of a movement, reached only where all gradients are far below epsilon.
    static final double LIMIT = 3e-5;

    private final AdamRule rule;
    private final int horizon;
    /// alpha and `lr * weightDecay` of the last steps; a step's place is its index modulo the length.
    private final double[] alphas;
    private final double[] shrinks;
    /// By age, the number of steps that a row is behind: the sums and D_0, valid up to `known` for rows seen from step `seenFrom`.
    private final double[] s0;
    private final double[] s1;
    private final double[] left;
    private int seenFrom;
    private int known;

    AdamRest(AdamRule rule) {
        this.rule = rule;
        horizon = rule.horizon();
        alphas = new double[horizon];
        shrinks = new double[horizon];
        s0 = new double[horizon + 1];
        s1 = new double[horizon + 1];
        left = new double[horizon + 1];
        left[0] = 1;
    }

    /// The largest number of steps for which V, with a constant learning rate, stays within [#LIMIT]: at least 1.
    static int horizon(double beta1, double beta2) {
        double q = beta1 / Math.sqrt(beta2);
        double c = 1;
        double x = 1;
        double sum = 0;
        double mean = 0;
        double squares = 0;
        for (int k = 1; k <= Powers.HORIZON; k++) {
            c *= q;
            x /= Math.sqrt(beta2);
            if (c == 0) {
                break;
            }
            // West's running mean and sum of squared deviations, which do not cancel.
            sum += c;
            double off = x - mean;
            mean += off * c / sum;
            squares += c * off * (x - mean);
            if (!(squares / sum * mean <= LIMIT)) {
                return Math.max(1, k - 1);
            }
        }
        return Powers.HORIZON;
    }

    @Override
    public int horizon() {
        return horizon;
    }

    @Override
    public boolean movesWeights() {
        return true;
    }

    @Override
    public boolean movesUntouchedRows() {
        return rule.weightDecay() > 0;
    }

    @Override
    public void add(int index, double learningRate, long step) {
        alphas[index % horizon] = rule.alpha(learningRate, step);
        shrinks[index % horizon] = learningRate * rule.weightDecay();
    }

    @Override
    public void apply(int last, int now, int n, float[] w, int at, float[][] slots) {
        int age = now - last;
        lookBack(now, age);
        double epsilon = s0[age] > 0 ? rule.epsilon() * (s1[age] / s0[age]) : rule.epsilon();
        Kernels.best().adamAtRest(n, w, at, slots[0], slots[1], at, (float) s0[age], (float) epsilon,
                (float) (1 - left[age]), rule.left1(age), rule.left2(age));
    }

    /// Makes the sums for rows up to this age.
    private void lookBack(int now, int age) {
        if (seenFrom != now) {
            seenFrom = now;
            known = 0;
        }
        double x = 1 / Math.sqrt(rule.beta2());
        double q = rule.beta1() * x;
        for (; known < age; known++) {
            int place = (now - known) % horizon;
            double first = alphas[place] * left[known];
            s0[known + 1] = q * (first + s0[known]);
            s1[known + 1] = q * x * (first + s1[known]);
            left[known + 1] = left[known] * (1 - shrinks[place]);
        }
    }
}
