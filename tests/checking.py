"""What the tests of the equation checker share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proofweave.check.judge.answer import Options
from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet.document import check_equations
from proofweave.core.types import Check, Equation, SymbolSpec, Where

CASES = Path(__file__).parent / "cases" / "check"
HERE = Where("test.yaml")


def specs(symbols: Mapping[str, Any]) -> tuple[SymbolSpec, ...]:
    """Return symbol specifications of a plain mapping."""
    return tuple(SymbolSpec(name, value, HERE) for name, value in symbols.items())


def verdicts(symbols: Mapping[str, Any], equations: Sequence[str | Equation], **options: Any) -> tuple[Verdict, ...]:
    """Check equations written as TeX or as equations."""
    made = [e if isinstance(e, Equation) else Equation(f"e{k}", e, HERE) for k, e in enumerate(equations)]
    return tuple(v for v in check_equations(specs(symbols), made, Options(**options)) if v.kind is not Kind.NOTE)


def verdict(symbols: Mapping[str, Any], tex: str, check: Check | None = None, **options: Any) -> Verdict:
    """Check one equation."""
    return verdicts(symbols, [Equation("e", tex, HERE, check or Check())], **options)[0]


def kind(symbols: Mapping[str, Any], tex: str, check: Check | None = None, **options: Any) -> Kind:
    """Return the kind of verdict on one equation."""
    return verdict(symbols, tex, check, **options).kind
