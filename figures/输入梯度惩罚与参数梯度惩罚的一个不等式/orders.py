"""Two measurements: the error of one gradient step against two flows, and both sides of the inequality of gradients."""

import numpy as np


def gradient(t):
    """Return the gradient of (xy - 1/2)^2/2 + (x + y^2 - 1)^2/2."""
    u, v = t[0] * t[1] - 0.5, t[0] + t[1] ** 2 - 1
    return np.array([u * t[1] + v, u * t[0] + 2 * t[1] * v])


def hessian(t):
    """Return the Hessian matrix of the same loss."""
    u, v = t[0] * t[1] - 0.5, t[0] + t[1] ** 2 - 1
    cross = t[0] * t[1] + u + 2 * t[1]
    return np.array([[t[1] ** 2 + 1, cross], [cross, t[0] ** 2 + 2 * v + 4 * t[1] ** 2]])


def flow(field, t, time, steps=60):
    """Integrate t' = field(t) with classical Runge-Kutta steps."""
    h = time / steps
    for _ in range(steps):
        a = field(t)
        b = field(t + h / 2 * a)
        c = field(t + h / 2 * b)
        t = t + h / 6 * (a + 2 * b + 2 * c + field(t + h * c))
    return t


def ratio(rng, alpha, depth=3, width=6):
    """Return C times the squared input gradient over the squared parameter gradient of a random tanh network."""
    weights = [alpha * np.linalg.qr(rng.normal(size=(width, width)))[0] for _ in range(depth)]
    h, jac, hidden, slopes, coefficient = rng.normal(size=width), np.eye(width), [], [], 0.0
    for w in weights:
        coefficient += (1 + h @ h) / (np.linalg.norm(w, 2) * np.linalg.norm(jac, 2)) ** 2
        hidden.append(h)
        h = np.tanh(w @ h)
        slopes.append(1 - h**2)
        jac = slopes[-1][:, None] * (w @ jac)
    delta, squared = rng.normal(size=width), 0.0
    for index in reversed(range(depth)):
        squared += (delta @ delta) * (1 + hidden[index] @ hidden[index])
        grad = weights[index].T @ delta
        delta = slopes[index - 1] * grad
    return coefficient * (grad @ grad) / squared


def draw(figure):
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    start, rates = np.array([1.2, 0.9]), np.geomspace(1e-3, 0.2, 16)
    ends = [start - eta * gradient(start) for eta in rates]
    plain = [np.linalg.norm(e - flow(lambda t: -gradient(t), start, eta)) for e, eta in zip(ends, rates, strict=True)]
    modified = [
        np.linalg.norm(e - flow(lambda t, eta=eta: -gradient(t) - eta / 2 * hessian(t) @ gradient(t), start, eta))
        for e, eta in zip(ends, rates, strict=True)
    ]
    left.loglog(rates, plain, "o-", ms=3, label=r"flow of $\mathcal{L}$")
    left.loglog(rates, modified, "s-", ms=3, label=r"flow of $\tilde{\mathcal{L}}$")
    left.loglog(rates, plain[0] * (rates / rates[0]) ** 2, "k:", lw=0.8, label="slopes 2 and 3")
    left.loglog(rates, modified[0] * (rates / rates[0]) ** 3, "k:", lw=0.8)
    left.set_xlabel(r"learning rate $\eta$")
    left.set_ylabel("distance after one step")
    left.legend()
    rng = np.random.default_rng(0)
    scales = np.repeat(np.geomspace(0.05, 4, 14), 25)
    right.semilogx(scales, [ratio(rng, alpha) for alpha in scales], ".", ms=3, alpha=0.6)
    right.axhline(1, color="k", lw=0.8)
    right.set_xlabel(r"scale $\alpha$ of the orthogonal weights")
    right.set_ylabel(r"$C\,\|\nabla_x f\|^2\,/\,\|\nabla_\theta f\|^2$")
