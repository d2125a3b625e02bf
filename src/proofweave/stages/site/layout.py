"""Lay out a graph in layers, what is used above what uses it, for a page to draw."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proofweave.stages.site.dependencies import Result

WIDTH, HEIGHT, GAP, DROP, EDGE = 132, 46, 18, 46, 16
"""A box's size, the room between boxes beside and below each other, and around the picture, in pixels."""

SWEEPS = 6
FORMULA = re.compile(r"\$[^$]*\$")
NAME = 10
"""Chinese characters of a name that fit into a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A result with its place: the upper left corner of its box."""

    result: Result
    x: int
    y: int

    @property
    def middle(self) -> int:
        """Return the middle of its width."""
        return self.x + WIDTH // 2

    @property
    def name(self) -> str:
        """Return its name, formulas left out, as much as fits."""
        return _short(FORMULA.sub("…", self.result.name))

    @property
    def says(self) -> str:
        """Return its label and its whole name."""
        return f"{self.result.label} {FORMULA.sub('…', self.result.name)}".strip()


def placed(results: Sequence[Result], widest: int = 6) -> tuple[Box, ...]:
    """Return each result's place; results that nothing connects stand in rows of their own below the others."""
    linked = {result.id for result in results if result.uses} | {id for result in results for id in result.uses}
    layers = _layers([result for result in results if result.id in linked])
    layers = _untangled(layers)
    alone = [result for result in results if result.id not in linked]
    layers += [alone[start : start + widest] for start in range(0, len(alone), widest)]
    most = max((len(layer) for layer in layers), default=0)
    boxes = []
    for row, layer in enumerate(layers):
        left = EDGE + (most - len(layer)) * (WIDTH + GAP) // 2
        boxes += [
            Box(result, left + column * (WIDTH + GAP), EDGE + row * (HEIGHT + DROP))
            for column, result in enumerate(layer)
        ]
    return tuple(boxes)


def _layers(results: Sequence[Result]) -> list[list[Result]]:
    """Return results in layers: each one below all that it uses. A circle of references is cut where it closes."""
    by_id = {result.id: result for result in results}
    depth: dict[str, int] = {}

    def visit(id: str, path: frozenset[str]) -> int:
        if id not in depth:
            below = [visit(used, path | {id}) for used in by_id[id].uses if used in by_id and used not in path | {id}]
            depth[id] = 1 + max(below, default=-1)
        return depth[id]

    for result in results:
        visit(result.id, frozenset())
    layers: list[list[Result]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for result in results:
        layers[depth[result.id]].append(result)
    return layers


def _untangled(layers: list[list[Result]]) -> list[list[Result]]:
    """Return the layers with neighbours near each other: each box goes to the mean place of those it is joined to."""
    joined: dict[str, set[str]] = {result.id: set(result.uses) for layer in layers for result in layer}
    for layer in layers:
        for result in layer:
            for used in result.uses:
                joined.setdefault(used, set()).add(result.id)
    for sweep in range(SWEEPS):
        place = {result.id: (index + 0.5) / len(layer) for layer in layers for index, result in enumerate(layer)}
        order = layers if sweep % 2 == 0 else layers[::-1]
        for layer in order:
            means = {
                result.id: _mean([place[other] for other in joined[result.id] if other in place], place[result.id])
                for result in layer
            }
            layer.sort(key=lambda result: (means[result.id], place[result.id]))
            place |= {result.id: (index + 0.5) / len(layer) for index, result in enumerate(layer)}
    return layers


def _mean(values: Sequence[float], default: float) -> float:
    return round(sum(values) / len(values), 9) if values else default


def lines(boxes: Sequence[Box]) -> list[tuple[str, str, str]]:
    """Return from where to where each line leads, from what is used to what uses it, and on which path."""
    by_id = {box.result.id: box for box in boxes}
    pairs = ((by_id[used], box) for box in boxes for used in box.result.uses if used in by_id)
    return [(used.result.id, user.result.id, _path(used, user)) for used, user in pairs]


def _path(used: Box, user: Box) -> str:
    x1, y1 = used.middle, used.y + HEIGHT
    x2, y2 = user.middle, user.y
    bend = max(DROP // 2, (y2 - y1) // 2)
    return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"


def _short(name: str) -> str:
    """Return a name cut to what fits into a box; Latin letters take half the room of Chinese ones."""
    room = 2 * NAME
    for index, character in enumerate(name):
        room -= 1 if character.isascii() else 2
        if room < 0:
            return name[: max(1, index - 1)] + "…"
    return name
