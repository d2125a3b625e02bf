"""Make a finding in the words of the table."""

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words import say, table


def finding_of(
    key: str,
    where: Where,
    severity: Severity = Severity.ERROR,
    /,
    *,
    rule: str = "",
    expected: str = "",
    fix: str = "",
    **values: object,
) -> Finding:
    """Return a finding whose texts stand in the table: `key` says what, and `key-expected` and `key-fix`, where there
    are such, the rest.

    `expected` and `fix` are given where they stand elsewhere. The rule is the key without its room, unless another is
    named.
    """
    room, _, name = key.partition(".")

    def text(part: str) -> str:
        return say(f"{key}-{part}", **values) if f"{name}-{part}" in table(room) else ""

    return Finding(rule or name, severity, where, say(key, **values), expected or text("expected"), fix or text("fix"))
