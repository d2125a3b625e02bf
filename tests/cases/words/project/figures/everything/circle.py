import numpy as np


def draw(figure):
    axes = figure.subplots()
    angle = np.linspace(0, np.pi, 50)
    axes.plot(angle, np.cos(angle))
