"""The objective gap of Frank–Wolfe against the bound 2C/(k+2), for orthonormal, generic and face optima."""

import numpy as np

STEPS = 1000


def gaps(gradients, line_search):
    """Return half the squared norm of u_k for k = 0 … STEPS, starting at the first gradient."""
    u = gradients[0].copy()
    found = [0.5 * u @ u]
    for k in range(STEPS):
        g = gradients[int(np.argmin(gradients @ u))]
        edge = u - g
        step = 2 / (k + 2)
        if line_search:
            step = min(1.0, max(0.0, u @ edge) / max(edge @ edge, 1e-300))
        u = u - step * edge
        found.append(0.5 * u @ u)
    return np.array(found)


def instances():
    """Yield (title, gradients, optimal value): hulls whose least value is known exactly."""
    n = 100
    yield "orthonormal, $n=100$", np.eye(n), 0.5 / n
    yield "optimum inside an edge", np.array([[2.0, 0.3], [1.0, 1.0], [1.0, -1.0]]), 0.5
    star = np.array([[np.cos(a), np.sin(a)] for a in 0.3 + 2 * np.pi * np.arange(5) / 5])
    yield "origin inside the hull", star * np.array([[1.0], [2.0], [1.5], [1.0], [2.5]]), 0.0


def draw(figure):
    """Draw the gaps of both step rules and the bound, on logarithmic axes."""
    k = np.arange(1, STEPS + 1)
    for axes, (title, gradients, least) in zip(figure.subplots(1, 3, sharey=True), instances(), strict=True):
        squares = (gradients**2).sum(axis=1)
        diameter = (squares[:, None] + squares - 2 * gradients @ gradients.T).max()
        for line_search, label in ((False, "$2/(k+2)$"), (True, "line search")):
            axes.loglog(k, np.maximum(gaps(gradients, line_search)[1:] - least, 1e-16), label=label)
        axes.loglog(k, 2 * diameter / (k + 2), "k--", lw=1, label="$2C/(k+2)$")
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("$k$")
        axes.set_ylim(1e-9, 20)
        axes.legend(fontsize=7, loc="lower left")
