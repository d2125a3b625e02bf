"""The optimal learning rate against the batch size: saturation for SGD, surge for SignSGD."""

import math

import numpy as np


def mean_sign(batch):
    """Return the mean of a sign at a batch size in units of the noise-to-signal ratio."""
    return np.array([math.erf(math.sqrt(value / 2)) for value in batch])


def draw(figure):
    """Draw the rate over its limit for SGD on the left, for SignSGD with several off-diagonal sums on the right."""
    batch = np.geomspace(1e-3, 1e2, 801)
    figure.set_size_inches(8.4, 3.6)
    left, right = figure.subplots(1, 2)

    rate = batch / (1 + batch)
    envelope = np.minimum(1, batch)
    assert (envelope / 2 <= rate).all() and (rate <= envelope).all()
    left.loglog(batch, rate, "k", label=r"$\eta^*/\eta_{\max}$")
    left.fill_between(batch, envelope / 2, envelope, color="C0", alpha=0.15, label="within a factor of 2")
    left.axvline(1, color="0.6", linewidth=0.8)
    left.set_xlabel(r"$B/B_{\mathrm{noise}}$")
    left.set_title("SGD", fontsize=10)
    left.legend(fontsize=8)

    mu = mean_sign(batch)
    for colour, ratio in zip(("C0", "C2", "C1", "C3"), (0, 1, 5, 20), strict=True):
        rate = (1 + ratio) / (1 / mu + ratio * mu)  # D = 1, C = ratio, divided by the limit 1 / (D + C)
        right.loglog(batch, rate, colour, label=rf"$C/D={ratio}$")
        if ratio > 1:
            peak = rate.argmax()
            assert abs(mu[peak] - ratio**-0.5) < 0.01
            assert abs(rate[peak] - (1 + ratio) / (2 * math.sqrt(ratio))) < 0.01
            right.plot(batch[peak], rate[peak], colour, marker="o")
    weak = np.sqrt(2 * batch / math.pi)
    right.loglog(batch, 21 / (1 / weak + 20 * weak), "C3--", linewidth=0.9, label="weak signal")
    right.axhline(1, color="0.6", linewidth=0.8)
    right.set_ylim(0.02, 4)
    right.set_xlabel(r"$B/\tau$")
    right.set_title("SignSGD", fontsize=10)
    right.legend(fontsize=8)
