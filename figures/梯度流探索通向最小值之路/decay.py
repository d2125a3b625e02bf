"""Draw the decay of the KL divergence of an Ornstein-Uhlenbeck process, and the bias of the Langevin algorithm."""

import numpy as np

KAPPA, LAMBDA, TAU = 1.0, 1.0, 0.5


def divergence(time, mean, variance):
    """Return KL(N(m(t), S(t)) ‖ N(0, τ/κ)) for the process started at N(mean, variance)."""
    m = np.exp(-KAPPA * time) * mean
    ratio = KAPPA / TAU * (np.exp(-2 * KAPPA * time) * variance + TAU / KAPPA * (1 - np.exp(-2 * KAPPA * time)))
    return 0.5 * (ratio - 1 - np.log(ratio)) + KAPPA * m**2 / (2 * TAU)


def stationary_variance(eta):
    """Return the variance the recursion S ← (1 − ηλ)² S + 2τη settles at, by running it."""
    variance = 0.0
    for _ in range(4000):
        variance = (1 - eta * LAMBDA) ** 2 * variance + 2 * TAU * eta
    return variance


def draw(figure):
    """Draw the divergence with its bound on the left, the bias on the right."""
    figure.set_size_inches(9, 3.4)
    left, right = figure.subplots(1, 2)
    time = np.linspace(0, 3, 300)
    starts = ((0, TAU / KAPPA * 0.05, "narrow start"), (0, 4.0, "wide start"), (2, TAU / KAPPA, "shifted start"))
    for number, (mean, variance, name) in enumerate(starts):
        values = divergence(time, mean, variance)
        left.semilogy(time, values, f"C{number}", label=name)
        left.semilogy(time, np.exp(-2 * KAPPA * time) * values[0], f"C{number}--", lw=0.8)
    left.set(xlabel="$t$", ylabel="$D(t)$", ylim=(1e-5, 10))
    left.legend(fontsize=8, title="dashed: the bound", title_fontsize=7)
    steps = np.geomspace(0.01, 1.5, 40)
    right.loglog(steps, [stationary_variance(eta) - TAU / LAMBDA for eta in steps], "C0", label="recursion")
    right.loglog(steps, TAU * steps / 2, "k--", lw=0.8, label=r"$\tau\eta/2$")
    right.set(xlabel=r"step $\eta$", ylabel=r"$S_\infty - \tau/\lambda$")
    right.legend(fontsize=8)
