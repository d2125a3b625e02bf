"""A broken set-up is an exception: it carries data, and the CLI prints it once with the next step."""

from collections.abc import Sequence

from proofweave.core.types import Finding


class ProofweaveError(Exception):
    """Something outside the texts is broken: what happened, and what the user does next."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}; {self.fix}" if self.fix else self.what


class UsageError(ProofweaveError):
    """The command line or config.yaml asks for something that does not exist."""


class ToolError(ProofweaveError):
    """A tool that proofweave calls is missing or broke."""


class FileError(ProofweaveError):
    """A file cannot be read or written."""


class FindingsError(ProofweaveError):
    """A text cannot be read at all; `findings` say where and why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)
