"""Two experiments: the gradients of a small network while it is trained, and the inequality with shared weights."""

import numpy as np


def train(steps=6000, eta=0.05):
    """Return steps, and the means over the samples of the four squared gradients that the left panel draws."""
    rng = np.random.default_rng(0)
    first, offset = rng.normal(size=(32, 4)) / 2, np.zeros(32)
    second, shift = rng.normal(size=32) / np.sqrt(32), 0.0
    x = rng.normal(size=(8, 4))
    y = np.sin(2 * x[:, 0])
    kept, values, scales = [], [], []
    for step in range(steps + 1):
        h = np.tanh(x @ first.T + offset)
        residual, delta = h @ second + shift - y, (1 - h**2) * second
        if step % 20 == 0:
            inner = ((delta @ first) ** 2).sum(1)
            outer = (h**2).sum(1) + 1 + (delta**2).sum(1) * (1 + (x**2).sum(1))
            jacobian = np.array([np.linalg.norm((1 - row**2)[:, None] * first, 2) for row in h])
            rate = (1 + (x**2).sum(1)) / np.linalg.norm(first, 2) ** 2
            rate = rate + (1 + (h**2).sum(1)) / ((second @ second) * jacobian**2)
            assert (9 * rate * inner <= outer).all()
            kept.append(step)
            scales.append([rate.mean(), np.linalg.norm(first, 2), np.linalg.norm(second)])
            values.append([outer.mean(), (rate * inner).mean(), inner.mean(), (residual**2 * outer).mean()])
        second, shift = second - eta * (residual @ h) / 8, shift - eta * residual.mean()
        slope = residual[:, None] * delta
        first, offset = first - eta * slope.T @ x / 8, offset - eta * slope.mean(0)
    growth = np.array(scales[-1]) / scales[0]
    assert np.allclose(growth, (0.3, 1.1, 2.1), rtol=0.05)  # of C and of the norms of the two layers
    return np.array(kept), np.array(values)


def shared(rng, places):
    """Return C_1 times the squared input gradient over the squared parameter gradient of a circular convolution."""
    taps, x, readout = rng.normal(size=3), rng.normal(size=places), rng.normal(size=places)
    weight = sum(tap * np.roll(np.eye(places), k - 1, axis=1) for k, tap in enumerate(taps))
    delta = readout * (1 - np.tanh(weight @ x + 0.3 * rng.normal()) ** 2)
    grad = np.array([delta @ (np.roll(np.eye(places), k - 1, axis=1) @ x) for k in range(3)])
    coefficient = (1 + x @ x) / np.linalg.norm(weight, 2) ** 2
    inner = weight.T @ delta
    return coefficient * (inner @ inner) / (grad @ grad + delta.sum() ** 2)


def draw(figure):
    """Draw both panels."""
    figure.set_size_inches(8.4, 3.6)
    left, right = figure.subplots(1, 2)
    steps, values = train()
    assert values[0, 3] / values[-1, 3] > 1e12 and values[-1, 2] > 4 * values[0, 2]
    labels = (
        r"$\|\nabla_\theta f\|^2$",
        r"$C\,\|\nabla_x f\|^2$",
        r"$\|\nabla_x f\|^2$",
        r"$\|\nabla_\theta\ell\|^2$",
    )
    for column, (label, style) in enumerate(zip(labels, ("C0", "C0--", "C3", "C2"), strict=True)):
        left.semilogy(steps, values[:, column], style, label=label)
    left.set_xlabel("step")
    left.legend(fontsize=8)

    rng = np.random.default_rng(0)
    sizes = (3, 4, 6, 8, 12, 16, 24, 32)
    ratios = np.array([[shared(rng, places) for _ in range(300)] for places in sizes])
    medians = np.median(ratios, axis=1)
    assert medians[0] < 1 < medians[-1]
    right.semilogy(sizes, medians, "C0o-", ms=3, label="median")
    right.semilogy(sizes, ratios.max(axis=1), "C3o-", ms=3, label="largest")
    right.axhline(1, color="k", linewidth=0.8)
    right.set_xlabel("places that share a kernel")
    right.set_ylabel(r"$C_1\,\|\nabla_x f\|^2\,/\,\|\nabla_\theta f\|^2$")
    right.legend(fontsize=8)
