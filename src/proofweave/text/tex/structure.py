"""Read the structure of TeX mathematics: rows, tags, labels and environments."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from proofweave.text.tex.tokens import TOKEN

ARGUMENT = re.compile(r"\s*\{")


class Mark(NamedTuple):
    r"""A command with one braced argument, as in `\tag{3}`: the argument, its offset in the TeX and the command."""

    text: str
    offset: int
    command: str


class Environment(NamedTuple):
    r"""A `\begin{name}…\end{name}` from `start` to `end` (-1 where it is never closed), `depth` environments deep."""

    name: str
    start: int
    end: int
    depth: int


def split_rows(tex: str) -> tuple[str, ...]:
    r"""Return the rows between the `\\` (with its `*` and length) outside braces and environments.

    A blank last row, after a trailing `\\`, is no row.
    """
    rows: list[str] = []
    depth = start = 0
    for token in TOKEN.finditer(tex):
        kind = token.lastgroup
        if kind == "row" and depth == 0:
            rows.append(tex[start : token.start()])
            start = token.end()
        elif kind == "brace":
            depth = max(0, depth + (1 if token["brace"] == "{" else -1))
        elif token["edge"]:
            depth = max(0, depth + (1 if token["edge"] == "begin" else -1))
    last = tex[start:]
    return (*rows, last) if last.strip() or not rows else tuple(rows)


def tags_in(tex: str) -> tuple[Mark, ...]:
    r"""Return every `\tag{…}` and `\tag*{…}`, in order."""
    return tuple(_marks(tex, frozenset({"tag", "tag*"})))


def labels_in(tex: str) -> tuple[Mark, ...]:
    r"""Return every `\label{…}`, in order."""
    return tuple(_marks(tex, frozenset({"label"})))


def _marks(tex: str, commands: frozenset[str]) -> Iterator[Mark]:
    found = [token for token in TOKEN.finditer(tex) if token["command"] in commands]
    closing = braces(tex) if found else {}
    for token in found:
        body = argument(tex, token.end(), closing)
        yield Mark(body[0] if body else "", token.start(), token["command"])


def braces(tex: str) -> dict[int, int]:
    """Return the offset of each opening brace's closing one; a brace that is never closed is left out."""
    closing: dict[int, int] = {}
    open_ones: list[int] = []
    for token in TOKEN.finditer(tex):
        if token["brace"] == "{":
            open_ones.append(token.start())
        elif token["brace"] and open_ones:
            closing[open_ones.pop()] = token.start()
    return closing


def argument(tex: str, start: int, closing: Mapping[int, int]) -> tuple[str, int] | None:
    """Return the braced argument at `start`, white space before it allowed, and the offset after it; None without one.

    `closing` is what `braces` says of the same TeX.
    """
    opening = ARGUMENT.match(tex, start)
    if opening is None or opening.end() - 1 not in closing:
        return None
    end = closing[opening.end() - 1]
    return tex[opening.end() : end], end + 1


def environments(tex: str) -> tuple[Environment, ...]:
    r"""Return every environment, in order of its `\begin`."""
    found: list[Environment] = []
    open_ones: list[int] = []
    named: Counter[str] = Counter()
    for token in TOKEN.finditer(tex):
        if token["edge"] == "begin":
            open_ones.append(len(found))
            named[token["name"]] += 1
            found.append(Environment(token["name"], token.start(), -1, len(open_ones) - 1))
        elif token["edge"] == "end" and named[token["name"]]:
            while True:
                index = open_ones.pop()
                named[found[index].name] -= 1
                if found[index].name == token["name"]:
                    found[index] = found[index]._replace(end=token.end())
                    break
    return tuple(found)
