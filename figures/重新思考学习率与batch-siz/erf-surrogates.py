"""The mean of a noisy sign by its signal-to-noise ratio: exact, mean field, and mean field with corrected noise."""

import math

import numpy as np


def draw(figure):
    """Draw the three curves on the left and the errors of the two approximations on the right."""
    nu = np.linspace(0, 5, 501)
    exact = np.array([math.erf(value / math.sqrt(2)) for value in nu])
    plain = nu / np.sqrt(1 + nu**2)
    corrected = nu / np.sqrt(math.pi / 2 + nu**2)

    assert np.abs(plain - exact).max() < 0.065
    assert -0.108 < (corrected - exact).min() < -0.107
    assert (corrected <= exact).all()

    figure.set_size_inches(8.4, 3.4)
    left, right = figure.subplots(1, 2)
    left.plot(nu, exact, "k", label=r"$\mathrm{erf}(\nu/\sqrt{2})$")
    left.plot(nu, plain, "C0--", label=r"$\nu/\sqrt{1+\nu^2}$")
    left.plot(nu, corrected, "C3-.", label=r"$\nu/\sqrt{\pi/2+\nu^2}$")
    left.plot(nu[:126], math.sqrt(2 / math.pi) * nu[:126], color="0.6", linewidth=0.8, label=r"slope $\sqrt{2/\pi}$")
    left.set_xlabel(r"signal-to-noise ratio $\nu$")
    left.set_ylabel(r"mean of the sign $\mu$")
    left.legend(fontsize=8)

    right.axhline(0, color="0.6", linewidth=0.8)
    right.plot(nu, plain - exact, "C0--", label="mean field")
    right.plot(nu, corrected - exact, "C3-.", label="corrected noise")
    right.set_xlabel(r"signal-to-noise ratio $\nu$")
    right.set_ylabel("approximation minus exact")
    right.legend(fontsize=8)
