"""Compare the values of a run with the quoted ones: equal as rounded, and not by the luck of one machine's rounding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from proofweave.core import Code, Finding, Where, finding_of

MOST_DIGITS = 3
EDGE = Fraction(1, 20)
"""How near to where rounding turns a value may stand, as a share of the last digit."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run gave: its numbers by name as Python prints them, or what went wrong at a line (1-based; 0 unknown)."""

    values: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    line: int = 0


def compare(code: Code, ran: Ran) -> Iterator[Finding]:
    """Yield what is wrong with a listing and its quoted values."""
    if ran.error:
        at = replace(code.where, line=code.where.line + ran.line - 1, column=1) if ran.line else code.where
        yield finding_of("run.run-failed", at, said=ran.error)
        return
    for name, quoted in code.values.items():
        yield from _value(code.where, name, quoted, ran.values.get(name, ""))


def _value(where: Where, name: str, quoted: str, found: str) -> Iterator[Finding]:
    said = Decimal(quoted)
    whole = found.lstrip("-").isdigit() and said == said.to_integral_value() and "e" not in quoted
    if not whole and len(said.as_tuple().digits) > MOST_DIGITS:
        yield finding_of("run.run-digits", where, name=name, quoted=quoted)
    try:
        value = Fraction(found)
    except ValueError:
        yield finding_of("run.run-absent", where, name=name)
        return
    exponent = said.as_tuple().exponent
    unit = Fraction(10) ** (exponent if isinstance(exponent, int) else 0)
    off = abs(value - Fraction(said)) / unit
    if off > Fraction(1, 2) or (whole and off):
        yield finding_of("run.run-differs", where, name=name, quoted=quoted, found=found)
    elif not whole and off > Fraction(1, 2) - EDGE:
        yield finding_of("run.run-edge", where, name=name, quoted=quoted, found=found)
