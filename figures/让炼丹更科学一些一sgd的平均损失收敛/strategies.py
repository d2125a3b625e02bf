"""Average loss of projected stochastic subgradient descent on |x - goal| under several step sizes, and by exponent."""

import numpy as np

STEPS = 2000
RUNS = 10
GOAL = np.array([1.0, -1.0, 0.5])
RADIUS = 2.0
SLOPE = 1.5  # a unit subgradient and noise of length 1/2
FAR = np.linalg.norm(GOAL)


def average_loss(step):
    """Return the running average of the loss, mean of RUNS runs; step(t, sum of squares) is the rate."""
    rng = np.random.default_rng(0)
    x = np.zeros((RUNS, 3))
    squares = np.zeros((RUNS, 1))
    losses = np.empty(STEPS)
    for t in range(1, STEPS + 1):
        gap = x - GOAL
        distance = np.linalg.norm(gap, axis=1, keepdims=True)
        losses[t - 1] = distance.mean()
        noise = rng.normal(size=gap.shape)
        slope = gap / np.maximum(distance, 1e-300) + 0.5 * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        squares += (slope**2).sum(axis=1, keepdims=True)
        x = x - step(t, squares) * slope
        x *= np.minimum(1.0, RADIUS / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-300))
    return np.cumsum(losses) / np.arange(1, STEPS + 1)


def draw(figure):
    """Draw running averages against T with the bound, and the last average against the exponent of a power law."""
    left, right = figure.subplots(1, 2)
    t = np.arange(1, STEPS + 1)
    best = FAR / (SLOPE * np.sqrt(STEPS))
    plans = {
        "constant, tuned to $T$": lambda t, s: best,
        "constant, 10 times larger": lambda t, s: 10 * best,
        r"$D/(G\sqrt{2t})$": lambda t, s: 2 * RADIUS / (SLOPE * np.sqrt(2 * t)),
        "AdaGrad-Norm": lambda t, s: 2 * RADIUS / np.sqrt(2 * s),
        "exponential, $q=0.95$": lambda t, s: 0.04 * 0.95 ** (t - 1),
    }
    for name, step in plans.items():
        left.loglog(t, average_loss(step), label=name, lw=1.2)
    left.loglog(t, FAR * SLOPE / np.sqrt(t), "k--", lw=1, label=r"$DG/\sqrt{T}$")
    left.set_xlabel("$T$")
    left.set_ylabel("average loss")
    left.legend(fontsize=6)
    exponents = np.linspace(0.1, 0.9, 9)
    scale = 2 * RADIUS / (np.sqrt(2) * SLOPE)
    reached = [average_loss(lambda t, s, a=a: scale * t**-a)[-1] for a in exponents]
    width = 2 * RADIUS
    bound = width**2 / (2 * scale) * STEPS ** (exponents - 1)
    bound += scale * SLOPE**2 / (2 * (1 - exponents)) * STEPS**-exponents
    right.semilogy(exponents, reached, "o-", ms=3, label="reached, $T=2000$")
    right.semilogy(exponents, bound, "k--", lw=1, label="bound")
    right.set_xlabel(r"exponent $\alpha$ of $c\,t^{-\alpha}$")
    right.legend(fontsize=7)
