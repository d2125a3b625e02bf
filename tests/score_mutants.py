"""Prints how many planted errors of each kind are caught: `python tests/score_mutants.py [outline…]`, the table of
docs/checks.md. Without arguments the textbook equations and every outline are judged."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from proofweave.check.judge.answer import Options
from proofweave.check.judge.verdict import Verdict
from proofweave.check.sheet.document import check_equations, read_outlined
from proofweave.check.sheet.files import read_equations
from proofweave.outline.reading import read_outline

HERE = Path(__file__).parent


def textbook() -> Iterator[Verdict]:
    """Yield the verdicts on the textbook equations."""
    for path in sorted((HERE / "cases" / "check" / "textbook").glob("*.yaml")):
        sheet = read_equations(path.read_text(encoding="utf-8"), path.name)
        yield from check_equations(sheet.symbols, sheet.equations, Options())


def outlined(path: Path) -> Iterator[Verdict]:
    """Yield the verdicts on an outline's own equations."""
    outline, _ = read_outline(path.read_text(encoding="utf-8"), str(path))
    for asked in read_outlined(outline).questions():
        yield asked.judge(Options())


def table(found: Iterator[Verdict]) -> Counter[tuple[str, bool]]:
    """Count the errors of each kind: those caught and those judged."""
    counts: Counter[tuple[str, bool]] = Counter()
    for verdict in found:
        for kind, killed, total in verdict.mutants.kinds if verdict.mutants is not None else ():
            counts[kind, True] += killed
            counts[kind, False] += total
    return counts


def printed(counts: Counter[tuple[str, bool]]) -> None:
    """Print a table of Markdown."""
    for kind in sorted({kind for kind, _ in counts}, key=lambda kind: -counts[kind, False]):
        caught, planted = counts[kind, True], counts[kind, False]
        print(f"| {kind} | {caught} of {planted} | {100 * caught / planted:.0f}% |")
    killed, total = (sum(count for (_, which), count in counts.items() if which is one) for one in (True, False))
    print(f"| together | {killed} of {total} | {100 * killed / max(total, 1):.1f}% |")


def main() -> None:
    """Print the table of each source."""
    paths = [Path(name) for name in sys.argv[1:]]
    if not paths:
        print("textbook")
        printed(table(textbook()))
        paths = sorted((HERE.parent / "outlines").glob("*.yaml"))
    both: Counter[tuple[str, bool]] = Counter()
    for path in paths:
        both += table(outlined(path))
        print(path.stem, flush=True)
    printed(both)


if __name__ == "__main__":
    main()
