"""What a moving average is worth as it warms up, and the best rate of sign updates by batch size."""

from math import erf

import numpy as np

COORDINATES = 20000
STEPS = 100
CROSS = 5.0  # the off-diagonal sum over the diagonal sum
NOISE = 2048.0  # the batch size B_c of the noise


def worth(beta, t):
    """Return how many independent gradients a bias-corrected average of t steps is worth."""
    return (1 + beta) * (1 - beta**t) / ((1 - beta) * (1 + beta**t))


def measured(beta):
    """Return one over the variance of the corrected average of standard normal noise, after each step."""
    rng = np.random.default_rng(0)
    m = np.zeros(COORDINATES)
    found = []
    for t in range(1, STEPS + 1):
        m = beta * m + (1 - beta) * rng.normal(size=COORDINATES)
        found.append(1 / np.var(m / (1 - beta**t)))
    return np.array(found)


def rate(agreement):
    """Return the best learning rate in units of the gradient's 1-norm over the diagonal sum."""
    return agreement / (1 + CROSS * agreement**2)


def draw(figure):
    """Draw formula and simulation of the worth, then the best rate against the batch size with both mean signs."""
    left, right = figure.subplots(1, 2)
    t = np.arange(1, STEPS + 1)
    shown = np.unique(np.round(np.geomspace(1, STEPS, 12)).astype(int))
    for beta, colour in ((0.8, "C0"), (0.9, "C1"), (0.95, "C2")):
        left.loglog(t, worth(beta, t), colour, label=rf"$\beta={beta}$")
        left.loglog(shown, measured(beta)[shown - 1], colour + "o", ms=3)
    left.loglog(t, t, "k:", lw=1, label="$t$")
    left.set_ylim(0.9, 60)
    left.set_xlabel("step $t$")
    left.set_ylabel("$n_t$")
    left.legend(fontsize=7)
    batches = np.geomspace(1, 1e5, 300)
    for beta, colour in ((0.0, "C3"), (0.9, "C1"), (0.95, "C2")):
        grown = (1 + beta) / (1 - beta) * batches
        exact = np.array([erf(np.sqrt(np.pi * b / (4 * NOISE))) for b in grown])
        right.semilogx(batches, rate(exact), colour, label=rf"$\beta={beta}$")
        right.semilogx(batches, rate(np.sqrt(grown / (grown + NOISE))), colour + "--", lw=1)
    right.set_xlabel("batch size $B$")
    right.set_ylabel(r"$\eta^* T_1/S$")
    right.legend(fontsize=7)
