"""What verbs share: the project they work in, and how they speak."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofweave.core import Finding
    from proofweave.pipeline import Project


def project_here() -> "Project":
    """Return the project around the working directory."""
    from proofweave.pipeline import Project

    return Project.find()


def language_here() -> str:
    """Return the language findings are printed in: the project's around the working directory, else English."""
    from proofweave.core import ProofweaveError

    try:
        return project_here().language()
    except ProofweaveError:
        return "en"


def print_findings(findings: "Sequence[Finding]", language: str = "") -> int:
    """Print findings to standard error, one line each, in the project's language when none is named.

    Return 1 when one is an error, else 0.
    """
    from proofweave.core import errors_in, in_order, line_of

    for finding in in_order(findings):
        tell(line_of(finding, language or language_here()))
    return 1 if errors_in(findings) else 0


def print_lines(lines: Iterable[str]) -> None:
    """Print what was asked for to standard output."""
    from proofweave.adapters import say

    say(lines)


def tell(line: str) -> None:
    """Print a line about the work to standard error."""
    from proofweave.adapters import say

    say([line], errors=True)
