"""Draw the gradient flow and three Euler schemes in a narrow quadratic valley, and the objective over time."""

import numpy as np

CURVATURE = np.array([1.0, 12.0])
START = np.array([2.0, 0.9])
END = 3.0


def objective(x):
    """Return f(x) = (x_1² + 12 x_2²) / 2 at points of shape (…, 2)."""
    return 0.5 * (CURVATURE * x**2).sum(axis=-1)


def scheme(eta, implicit):
    """Return the times and iterates of an Euler scheme until END."""
    times = eta * np.arange(int(END / eta) + 1)
    factor = 1 / (1 + eta * CURVATURE) if implicit else 1 - eta * CURVATURE
    return times, START * factor ** np.arange(len(times))[:, None]


def draw(figure):
    """Draw the paths on the left and the values on the right."""
    figure.set_size_inches(9, 3.6)
    left, right = figure.subplots(1, 2)
    x, y = np.meshgrid(np.linspace(-0.4, 2.3, 200), np.linspace(-1.6, 1.6, 200))
    left.contour(x, y, objective(np.stack([x, y], axis=-1)), levels=np.geomspace(0.05, 14, 9), colors="0.8")
    time = np.linspace(0, END, 400)
    path = START * np.exp(-np.outer(time, CURVATURE))
    left.plot(*path.T, "k", lw=2)
    right.semilogy(time, objective(path), "k", lw=2, label="gradient flow")
    limit = 2 / CURVATURE.max()
    for eta, implicit, style, name in (
        (0.14, False, "C0o-", r"explicit, $\eta=0.14<2/L$"),
        (1.03 * limit, False, "C3s-", r"explicit, $\eta=1.03\cdot 2/L$"),
        (0.3, True, "C2^-", r"implicit, $\eta=0.30$"),
    ):
        times, iterates = scheme(eta, implicit)
        left.plot(*iterates.T, style, ms=3, lw=0.8)
        right.semilogy(times, objective(iterates), style, ms=3, lw=0.8, label=name)
    left.set(xlim=(-0.4, 2.3), ylim=(-1.6, 1.6), xlabel="$x_1$", ylabel="$x_2$")
    right.legend(fontsize=7, loc="lower left")
    right.set(xlabel=r"time $t = k\eta$", ylabel=r"$f(x) - f(x^*)$")
