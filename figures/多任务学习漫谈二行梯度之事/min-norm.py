"""Three gradients in the plane: their hull, its min-norm point, and the least gain along every unit direction."""

import numpy as np

GRADIENTS = np.array([[3.0, 1.0], [-1.2, 1.8], [1.0, 4.0]])


def min_norm(gradients, steps=20000):
    """Return the weights of the hull's point nearest to the origin, by Frank–Wolfe with line search."""
    weights = np.eye(len(gradients))[0]
    for _ in range(steps):
        u = weights @ gradients
        worst = int(np.argmin(gradients @ u))
        gap = u @ (u - gradients[worst])
        if gap < 1e-14:
            break
        step = min(1.0, gap / np.sum((u - gradients[worst]) ** 2))
        weights = (1 - step) * weights
        weights[worst] += step
    return weights


def draw(figure):
    """Draw the hull with its supporting line on the left, the least inner product by angle on the right."""
    left, right = figure.subplots(1, 2)
    u = min_norm(GRADIENTS) @ GRADIENTS
    across = np.array([-u[1], u[0]]) / np.linalg.norm(u)
    left.fill(*GRADIENTS.T, alpha=0.2, color="tab:blue")
    left.plot(*np.vstack([u - 3.2 * across, u + 3.2 * across]).T, "--", color="gray", lw=1)
    for number, g in enumerate(GRADIENTS, start=1):
        left.annotate("", g, (0, 0), arrowprops={"arrowstyle": "->", "color": "tab:blue"})
        left.text(*(g + 0.12), f"$g_{number}$")
    left.annotate("", u, (0, 0), arrowprops={"arrowstyle": "->", "color": "tab:red", "lw": 2})
    left.text(u[0] + 0.15, u[1] - 0.45, "$u^*$", color="tab:red")
    left.plot(0, 0, "ko", ms=4)
    left.set_aspect("equal")
    left.set_xlim(-3, 4)
    left.set_ylim(-1, 5)
    angle = np.linspace(0, np.pi, 721)
    gains = np.stack([np.cos(angle), np.sin(angle)], axis=1) @ GRADIENTS.T
    right.plot(np.degrees(angle), gains, lw=0.8, alpha=0.6, label=["$g_1$", "$g_2$", "$g_3$"])
    right.plot(np.degrees(angle), gains.min(axis=1), "k", lw=2, label="minimum")
    right.axhline(np.linalg.norm(u), color="tab:red", ls="--", lw=1, label=r"$\|u^*\|$")
    right.axvline(np.degrees(np.arctan2(u[1], u[0])), color="tab:red", ls=":", lw=1)
    right.set_xlabel("direction (degrees)")
    right.set_ylabel("inner product")
    right.legend(fontsize=8)
