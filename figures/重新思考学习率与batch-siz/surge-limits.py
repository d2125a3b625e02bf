"""Where the surge theorem holds and where it breaks: unequal signal-to-noise ratios, and Adam with momentum."""

import math

import numpy as np


def signs(rng, gradient, sigma, batch, hessian, times=20000):
    """Return the measured best rate and best gain of one step of noisy signs."""
    noise = rng.standard_normal((times, len(gradient))) * sigma / math.sqrt(batch)
    update = np.sign(gradient + noise)
    p, q = (update @ gradient).mean(), np.einsum("ni,ij,nj->n", update, hessian, update).mean()
    return p / q, p * p / (2 * q)


def exact(gradient, sigma, batch, hessian):
    """Return the best rate and best gain by the error function."""
    mu = np.array([math.erf(g / s * math.sqrt(batch / 2)) for g, s in zip(gradient, sigma, strict=True)])
    p, q = gradient @ mu, mu @ hessian @ mu + np.diag(hessian) @ (1 - mu**2)
    return p / q, p * p / (2 * q)


def adam(rng, beta, batch, width=1500, steps=3000, decay=0.999):
    """Return the measured best rate of m / sqrt(v) for g = 1 and sigma = 1 in every coordinate, H = I."""
    noise = 1 / math.sqrt(batch)
    m, v = np.zeros(width), np.full(width, 1 + noise**2)
    p = q = 0.0
    for step in range(steps):
        g = 1 + noise * rng.standard_normal(width)
        m, v = beta * m + (1 - beta) * g, decay * v + (1 - decay) * g**2
        if step >= steps - 200:
            update = m / np.sqrt(v)
            p, q = p + update.mean(), q + (update**2).mean()
    return p / q


def draw(figure):
    """Draw formulas as lines and measurements as marks."""
    rng = np.random.default_rng(0)
    figure.set_size_inches(8.4, 3.6)
    left, right = figure.subplots(1, 2)

    grid, marks = np.geomspace(0.1, 1e6, 200), np.geomspace(0.3, 3e5, 9)
    equal = (np.ones(20), np.full(20, 20.0), 0.75 * np.eye(20) + 0.25)
    unequal = (np.array([1.0, 0.05]), np.array([0.5, 5.0]), np.array([[1, 0.99], [0.99, 1]]))
    for style, mark, (g, sigma, hessian) in (("-", "o", equal), ("--", "x", unequal)):
        limit = np.array(exact(g, sigma, 1e12, hessian))
        lines = np.array([exact(g, sigma, b, hessian) for b in grid]) / limit
        points = np.array([signs(rng, g, sigma, b, hessian) for b in marks]) / limit
        assert np.allclose(points, np.array([exact(g, sigma, b, hessian) for b in marks]) / limit, rtol=0.2, atol=0.03)
        for column, colour in ((0, "C0"), (1, "C3")):
            left.semilogx(grid, lines[:, column], colour + style)
            left.semilogx(marks, points[:, column], colour + mark, ms=4)
        gains = lines[:, 1]
        assert (np.diff(gains) >= 0).all() if style == "-" else gains.max() > 1.7
    left.axhline(1, color="0.6", linewidth=0.8)
    left.set_xlabel(r"$B$")
    left.set_title("SignSGD", fontsize=10)
    left.plot([], [], "C0", label=r"$\eta^*$")
    left.plot([], [], "C3", label=r"$\Delta^*$")
    left.plot([], [], "k-", label="equal ratios")
    left.plot([], [], "k--", label="unequal ratios")
    left.legend(fontsize=8)

    grid, marks = np.geomspace(2e-3, 1e2, 200), np.geomspace(4e-3, 50, 9)
    for beta, colour in ((0.0, "C2"), (0.5, "C1"), (0.9, "C3")):
        c = (1 - beta) / (1 + beta)
        formula = lambda b, c=c: np.sqrt(1 + 1 / b) / (1 + c / b)  # noqa: E731
        right.semilogx(grid, formula(grid), colour, label=rf"$\beta={beta}$")
        points = np.array([adam(rng, beta, b) for b in marks])
        assert np.allclose(points, formula(marks), rtol=0.06), points / formula(marks)
        right.semilogx(marks, points, colour + "o", ms=4)
    assert abs(formula(1 / 17) - 19 / (2 * math.sqrt(18))) < 1e-9
    right.axhline(1, color="0.6", linewidth=0.8)
    right.set_xlabel(r"$B/\tau$")
    right.set_title(r"Adam, $H=I$", fontsize=10)
    right.legend(fontsize=8)
