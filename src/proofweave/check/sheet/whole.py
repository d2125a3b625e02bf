"""The equation checker: TeX to verdicts, from its own text; numpy and scipy are loaded on first use."""

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from proofweave.check.judge import Counterexample, Kind, Mutants, Verdict, failed
from proofweave.core import together

if TYPE_CHECKING:
    from proofweave.check.sheet.paper import Paper
    from proofweave.core import Outline


def check_file(
    text: str,
    path: str,
    *,
    instances: int = 400,
    seed: int | None = None,
    mutants: bool = True,
    megabytes: float = 512,
    resident: Callable[[], float] | None = None,
    memory: MutableMapping[str, Any] | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on a file of `symbols:` and `equations:`, or on the checks in a Markdown file.

    `resident` tells how many megabytes this process holds; an equation that would need more than `megabytes` is
    stopped. `memory` holds verdicts by content, as JSON values; what it holds is not checked again, what is checked
    is added.
    """
    from proofweave.check.judge import Options

    return read_file(text, path).verdicts(Options(instances, seed, mutants, megabytes, resident), memory)


def check_outline(
    outline: "Outline",
    *,
    instances: int = 400,
    seed: int | None = None,
    mutants: bool = True,
    megabytes: float = 512,
    resident: Callable[[], float] | None = None,
    memory: MutableMapping[str, Any] | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on every equation of an outline whose slots are filled, in document order.

    The settings are those of `check_file`.
    """
    from proofweave.check.judge import Options

    return read_filled(outline).verdicts(Options(instances, seed, mutants, megabytes, resident), memory)


def read_file(text: str, path: str) -> "Paper":
    """Return the equations of a file as they were read; a file that cannot be read raises FindingsError."""
    if path.endswith((".md", ".markdown")):
        from proofweave.check.sheet.doctest import read_markdown

        return read_markdown(text, path)
    from proofweave.check.sheet.document import read_listed
    from proofweave.check.sheet.files import read_equations

    sheet = read_equations(text, path)
    paper = read_listed(sheet.symbols, sheet.equations, sheet.places, sheet.instances)
    paper.items[:0] = [
        Verdict(f.rule, Kind.NOTE, f.where, together([text for text in (f.what, f.fix) if text], "judge.semicolon"))
        for f in sheet.warnings
    ]
    return paper


def read_filled(outline: "Outline") -> "Paper":
    """Return the equations of an outline whose slots are filled, as they were read."""
    from proofweave.check.sheet.document import read_outlined

    return read_outlined(outline)


__all__ = ["Counterexample", "Kind", "Mutants", "Verdict", "check_file", "check_outline", "failed"]
