"""Measures the equation checker: `python tests/bench_check.py [seeds]` prints the figures of docs/checks.md."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from proofweave.check.judge.answer import Options
from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet.document import check_equations
from proofweave.check.sheet.files import Sheet, read_equations
from proofweave.core.types import Equation, SymbolSpec

CASES = Path(__file__).parent / "cases" / "check"


def sheets() -> dict[str, Sheet]:
    """Return the textbook equations by topic."""
    paths = sorted((CASES / "textbook").glob("*.yaml"))
    return {path.stem: read_equations(path.read_text(encoding="utf-8"), path.name) for path in paths}


def verdicts(symbols: Sequence[SymbolSpec], equations: Sequence[Equation], **options: Any) -> list[Verdict]:
    """Return the verdicts on equations, without notes on symbols."""
    return [v for v in check_equations(symbols, equations, Options(**options)) if v.kind is not Kind.NOTE]


def times(found: dict[str, Sheet], mutants: bool) -> list[float]:
    """Return the milliseconds each equation takes, and print the verdicts."""
    seconds: list[float] = []
    counts: Counter[str] = Counter()
    killed = total = 0
    for sheet in found.values():
        for verdict in verdicts(sheet.symbols, sheet.equations, mutants=mutants):
            seconds.append(1000 * verdict.seconds)
            counts[verdict.kind.value] += 1
            if verdict.mutants:
                killed, total = killed + verdict.mutants.killed, total + verdict.mutants.total
    rank = sorted(seconds)
    label = "with planted errors" if mutants else "instances and search only"
    print(f"{label}: {dict(counts)}")
    print(
        f"  median {statistics.median(rank):.1f} ms, p95 {rank[int(0.95 * len(rank))]:.0f} ms,"
        f" all {sum(rank) / 1000:.1f} s"
    )
    if total:
        print(f"  mutants: {killed} of {total} caught ({100 * killed / total:.1f}%)")
    return seconds


def other_seeds(found: dict[str, Sheet], seeds: int) -> None:
    """Print the true equations that some seed refutes."""
    wrong: list[tuple[int, str, str]] = []
    for seed in range(seeds):
        for sheet in found.values():
            for verdict in verdicts(sheet.symbols, sheet.equations, mutants=False, seed=seed):
                if verdict.kind is not Kind.HOLDS:
                    wrong.append((seed, verdict.id, verdict.reason))
    print(f"{seeds} seeds: {len(wrong)} falsely refuted")
    for line in wrong:
        print("  ", *line)


def planted(found: dict[str, Sheet]) -> None:
    """Print how many planted errors are refuted, and the misses."""
    listed = yaml.load((CASES / "planted.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    total, missed = 0, []
    for topic, edits in listed.items():
        known = {equation.id: equation for equation in found[topic].equations}
        for name, changes in edits.items():
            for old, new in changes:
                wrong = replace(known[name], tex=known[name].tex.replace(old, new, 1))
                (verdict,) = verdicts(found[topic].symbols, [wrong], mutants=False)
                total += 1
                if verdict.kind is not Kind.REFUTED:
                    missed.append((topic, name, wrong.tex, verdict.kind.value))
    print(f"planted errors: {total - len(missed)} of {total} refuted")
    for line in missed:
        print("  ", *line)


def main() -> None:
    """Print all figures."""
    found = sheets()
    started = time.perf_counter()
    times(found, mutants=False)
    times(found, mutants=True)
    planted(found)
    other_seeds(found, int(sys.argv[1]) if len(sys.argv) > 1 else 50)
    print(f"measured in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
