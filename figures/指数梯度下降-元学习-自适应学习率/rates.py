"""The sign rule on a quadratic: the rates without noise, and the final loss with noise against the meta step."""

import numpy as np

CURVATURE = 2.0


def run(rate, alpha, steps, noise, rng, copies=1):
    """Return the rates and the losses of the rule on a t^2/2, a row a step, a column a copy."""
    t, eta, previous = np.ones(copies), np.full(copies, rate), np.zeros(copies)
    rates, losses = [eta], []
    for _ in range(steps):
        g = CURVATURE * t + noise * rng.normal(size=copies)
        eta = np.clip(eta * np.exp(alpha * np.sign(g) * np.sign(previous)), 1e-6, 1e2)
        t, previous = np.clip(t - eta * g, -1e3, 1e3), g
        rates.append(eta)
        losses.append(CURVATURE * t**2 / 2)
    return np.array(rates), np.array(losses)


def draw(figure):
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    rng, alpha = np.random.default_rng(0), 0.25
    for rate in (1e-3, 5e-2, 20.0):
        rates, _ = run(rate, alpha, 45, 0.0, rng)
        left.semilogy(CURVATURE * rates, ".-", lw=0.8, ms=4, label=rf"$a\eta_0={CURVATURE * rate:g}$")
    for edge in (-alpha, alpha):
        left.axhline(np.exp(edge), color="k", ls="--", lw=0.7)
    left.set_xlabel("step $t$")
    left.set_ylabel(r"$a\,\eta_t$")
    left.legend()
    scales = np.geomspace(1e-3, 1, 16)
    for rate in (1e-4, 1e-3, 1e-2):
        ends = [np.mean(run(rate, s, 2000, 1.0, rng, copies=200)[1][-200:]) for s in scales]
        (line,) = right.loglog(scales, ends, "o-", ms=3, lw=0.8, label=rf"$\eta_0=10^{{{round(np.log10(rate))}}}$")
        fixed = np.mean(run(rate, 0.0, 2000, 1.0, rng, copies=200)[1][-200:])
        right.axhline(fixed, color=line.get_color(), ls="--", lw=0.7)
    right.set_xlabel(r"meta step $\alpha$")
    right.set_ylabel("mean loss of the last 200 steps")
    right.legend()
