"""Draw Muon's learning rate and relative progress over the batch size: mean field, Monte Carlo, SGD."""

import numpy as np

ROWS, COLUMNS, SIGMA = 32, 16, 0.25
SPECTRUM = np.geomspace(1, 0.05, COLUMNS)
NU = ROWS * SIGMA**2


def gain(batch):
    """Return P(B), the mean-field value of <G, E msign(G + noise)>, for an array of batch sizes."""
    return (SPECTRUM**2 / np.sqrt(SPECTRUM**2 + NU / np.asarray(batch)[..., None])).sum(axis=-1)


def sampled(batch, draws=60):
    """Return a Monte Carlo estimate of the same with Gaussian noise."""
    rng = np.random.default_rng(round(batch))
    gradient = np.zeros((ROWS, COLUMNS))
    gradient[:COLUMNS] = np.diag(SPECTRUM)
    noisy = gradient + SIGMA / np.sqrt(batch) * rng.standard_normal((draws, ROWS, COLUMNS))
    u, _, v = np.linalg.svd(noisy, full_matrices=False)
    return (gradient * (u @ v).mean(axis=0)).sum()


def draw(figure):
    """Draw the learning rate on the left, the relative progress on the right."""
    figure.set_size_inches(9, 3.5)
    left, right = figure.subplots(1, 2)
    batch = np.geomspace(0.3, 3e4, 300)
    left.loglog(batch, gain(batch), "C0", label="mean field $P(B)$")
    dots = np.geomspace(1, 1e4, 9)
    left.loglog(dots, [sampled(b) for b in dots], "C0o", ms=4, label="Monte Carlo")
    small = batch[batch < 60]
    left.loglog(small, np.sqrt(small / NU) * (SPECTRUM**2).sum(), "k--", lw=0.8, label=r"$\propto\sqrt{B}$")
    left.axhline(SPECTRUM.sum(), color="k", ls=":", lw=0.8, label=r"$\Vert G\Vert_*$")
    left.set(xlabel="batch size $B$", ylabel=r"$\eta^* h n$", ylim=(0.9, 7))
    left.legend(fontsize=8)
    muon = NU * (1 / SPECTRUM).sum() / SPECTRUM.sum()
    sgd = COLUMNS * NU / (SPECTRUM**2).sum()
    right.semilogx(batch, (gain(batch) / SPECTRUM.sum()) ** 2, "C0", label="Muon")
    right.semilogx(batch, 1 / (1 + sgd / batch), "C3", label="SGD")
    for critical, colour in ((muon, "C0"), (sgd, "C3")):
        right.axvline(critical, color=colour, ls=":", lw=1)
    right.set(xlabel="batch size $B$", ylabel="progress relative to $B = \\infty$")
    right.legend(fontsize=8)
