"""Draw displayed formulas that claim something from real posts: `python tests/draw_claims.py FOLDER [--each N]`.

How much of what posts claim can be written in the checked language is measured on such a draw, not on equations chosen
by whoever wrote the language. SEED and the formulas fix the order. A post `x.md` beside an `x.original.md` gives only
what the original does not have.

Left out by rule: what has no sign of relation, what says `:=` or its kin, and what has more than MOST_ROWS rows.
Whether a formula with `=` claims something or gives a thing its name only a reader can tell: of each post, in the order
printed, he takes the first two that claim, and third ones where posts have none to give. What is printed is text of
the posts and is not to be committed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from proofweave.core import SpanKind
from proofweave.text.markdown import read_post

SEED = "claims, 2026"
MOST_ROWS = 8
SIGNS = "leq?|geq?|leqslant|geqslant|neq?|approx|sim|propto|preceq|succeq|in|ll|gg|perp|equiv|lt|gt"
NAMING = re.compile(
    r":=|\\(?:triangleq|coloneqq?|def|newcommand)(?![a-zA-Z])|\\(?:stackrel|overset)\{\\(?:text|mathrm)\{def"
)
RELATION = re.compile(rf"[=<>≤≥≈]|\\(?:{SIGNS})(?![a-zA-Z])")


def claims(path: Path) -> dict[str, tuple[int, str]]:
    """Return the formulas of a post that may claim something, by their text without spaces: line and TeX."""
    found: dict[str, tuple[int, str]] = {}
    for span in read_post(path.read_text(encoding="utf-8"), path.name).spans:
        if span.kind is not SpanKind.DISPLAY_MATH or not RELATION.search(span.tex) or NAMING.search(span.tex):
            continue
        if span.tex.count(r"\\") < MOST_ROWS:
            found.setdefault(re.sub(r"\s|\\tag\{.*?\}|\\label\{.*?\}", "", span.tex), (span.line, span.tex.strip()))
    return found


def drawn(folder: Path, each: int) -> Iterator[tuple[str, int, str]]:
    """Yield the first formulas of each post in the order of the draw: the post, the line, the TeX."""
    for path in sorted(folder.rglob("*.md")):
        found = claims(path)
        original = path.with_suffix(".original.md")
        for known in claims(original) if original.exists() else ():
            found.pop(known, None)
        order = sorted(found, key=lambda bare: hashlib.sha256(f"{SEED}\n{path.name}\n{bare}".encode()).digest())
        for bare in order[:each]:
            yield path.name, *found[bare]


def main() -> None:
    """Print the draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=6, help="how many formulas of each post are printed")
    arguments = parser.parse_args()
    for post, line, tex in drawn(arguments.folder, arguments.each):
        print(f"{post}:{line}\n{tex}\n")


if __name__ == "__main__":
    main()
