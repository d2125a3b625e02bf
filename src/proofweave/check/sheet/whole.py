"""The equation checker: TeX to verdicts, from its own text; numpy and scipy are loaded on first use."""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from proofweave.check.judge import Counterexample, Kind, Mutants, Verdict, failed
from proofweave.core import together

if TYPE_CHECKING:
    from proofweave.core import Outline


def check_file(
    text: str,
    path: str,
    *,
    instances: int = 400,
    seed: int | None = None,
    mutants: bool = True,
    memory: MutableMapping[str, Any] | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on a file of `symbols:` and `equations:`, or on the checks in a Markdown file.

    `memory` holds verdicts by content, as JSON values; what it holds is not checked again, what is checked is added.
    """
    from proofweave.check.judge import Options

    options = Options(instances, seed, mutants)
    if path.endswith((".md", ".markdown")):
        from proofweave.check.sheet.doctest import check_markdown

        return check_markdown(text, path, options, memory)
    from proofweave.check.sheet.document import check_equations
    from proofweave.check.sheet.files import read_equations

    sheet = read_equations(text, path)
    warned = (
        Verdict(f.rule, Kind.NOTE, f.where, together([text for text in (f.what, f.fix) if text], "judge.semicolon"))
        for f in sheet.warnings
    )
    return (*warned, *check_equations(sheet.symbols, sheet.equations, options, sheet.places, memory))


def check_outline(
    outline: "Outline",
    *,
    instances: int = 400,
    seed: int | None = None,
    mutants: bool = True,
    memory: MutableMapping[str, Any] | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on every equation of an outline whose slots are filled, in document order.

    `memory` holds verdicts by content, as JSON values; what it holds is not checked again, what is checked is added.
    """
    from proofweave.check.judge import Options
    from proofweave.check.sheet import document

    return document.check_outline(outline, Options(instances, seed, mutants), memory)


__all__ = ["Counterexample", "Kind", "Mutants", "Verdict", "check_file", "check_outline", "failed"]
