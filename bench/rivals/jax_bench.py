"""L1, L1V and L3 in plain JAX: lax.scan over the recurrence, the input product of all steps before it, one compiled step of training."""
from common import RANDOM, normal, rate, wanted, zipf

import functools

import jax
import jax.numpy as jnp
from jax import lax

RIVAL = "jax"


def uniform(*shape, limit=0.05):
    return jnp.asarray(RANDOM.uniform(-limit, limit, shape).astype("float32"))


def lstm(weights, x, state):
    """x [T, B, F], state (h, c), gates in the order i f c o."""
    kernel, recurrent, bias = weights
    inputs = x @ kernel + bias

    def step(state, z):
        h, c = state
        i, f, g, o = jnp.split(z + h @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    return lax.scan(step, state, inputs)


def gru(weights, x, reverse):
    """The variant of Keras with the reset gate after the product; returns the last state and those of all steps."""
    kernel, recurrent, bias, recurrent_bias = weights
    inputs = x @ kernel + bias
    units = recurrent.shape[0]

    def step(h, z):
        rz, rr, rh = jnp.split(h @ recurrent + recurrent_bias, 3, axis=-1)
        iz, ir, ih = jnp.split(z, 3, axis=-1)
        update = jax.nn.sigmoid(iz + rz)
        candidate = jnp.tanh(ih + jax.nn.sigmoid(ir + rr) * rh)
        h = update * h + (1 - update) * candidate
        return h, h

    return lax.scan(step, jnp.zeros((x.shape[1], units)), inputs, reverse=reverse)


def language(workload, vocabulary):
    weights = {
        "embedding": uniform(vocabulary, 200),
        "layers": [(uniform(200, 800), uniform(200, 800), jnp.zeros(800)) for _ in range(2)],
        "output": (uniform(200, vocabulary), jnp.zeros(vocabulary)),
    }

    def loss(weights, window, states):
        x = weights["embedding"][window[:, :-1].T]
        after = []
        for layer, state in zip(weights["layers"], states):
            state, x = lstm(layer, x, state)
            after.append(state)
        kernel, bias = weights["output"]
        logits = x @ kernel + bias
        picked = jnp.take_along_axis(logits, window[:, 1:].T[..., None], axis=-1)[..., 0]
        return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - picked), after

    @functools.partial(jax.jit, donate_argnums=(0,))
    def step(weights, window, states):
        (value, states), gradients = jax.value_and_grad(loss, has_aux=True)(weights, window, states)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(gradients)))
        rate = jnp.minimum(1.0, 5.0 / norm)  # learning rate 1, gradients clipped to a norm of 5
        return jax.tree.map(lambda w, g: w - rate * g, weights, gradients), value, states

    windows = jnp.asarray(zipf(64 * 20, 21, vocabulary).reshape(64, 20, 21))
    held = [weights]

    def epoch():
        states = [(jnp.zeros((20, 200)), jnp.zeros((20, 200)))] * 2
        for window in windows:
            held[0], value, states = step(held[0], window, states)
        value.block_until_ready()

    rate(RIVAL, workload, 64 * 400, epoch, "tokens_per_s")


def both_ways():
    def weights_of(features):
        return (uniform(features, 768), uniform(256, 768), jnp.zeros(768), jnp.zeros(768))

    weights = {"layers": [(weights_of(128), weights_of(128)), (weights_of(512), weights_of(512))],
               "output": (uniform(512, 5), jnp.zeros(5))}
    moments = tuple(jax.tree.map(jnp.zeros_like, weights) for _ in range(2))

    def loss(weights, x, y):
        (there, back), (there_last, back_last) = weights["layers"]
        x = jnp.swapaxes(x, 0, 1)
        x = jnp.concatenate((gru(there, x, False)[1], gru(back, x, True)[1]), axis=-1)
        x = jnp.concatenate((gru(there_last, x, False)[0], gru(back_last, x, True)[0]), axis=-1)
        logits = x @ weights["output"][0] + weights["output"][1]
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1))

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def step(weights, moments, number, x, y):
        gradients = jax.grad(loss)(weights, x, y)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
        alpha = 1e-3 * jnp.sqrt(1 - 0.999 ** number) / (1 - 0.9 ** number)
        return jax.tree.map(lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + 1e-7), weights, m, v), (m, v)

    x = normal(512, 100, 128)
    y = RANDOM.integers(0, 5, 512).astype("int32")
    held = [weights, moments, 0]

    def epoch():
        order = RANDOM.permutation(512)
        for i in range(0, 512, 64):
            chosen = order[i:i + 64]
            held[2] += 1
            held[0], held[1] = step(held[0], held[1], jnp.float32(held[2]), x[chosen], y[chosen])
        jax.block_until_ready(held[0])

    rate(RIVAL, "L3", 512, epoch)


for _ in wanted("L1"):
    language("L1", 10000)
for _ in wanted("L1V"):
    language("L1V", 33000)
for _ in wanted("L3"):
    both_ways()
