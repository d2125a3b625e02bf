"""What the checker says about one equation; passing is evidence on sampled instances, never a proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from proofweave.core import Where, say, together


class Kind(StrEnum):
    """The seven verdicts, and notes on symbols or the file; `refuted` and `error` make the exit code 1."""

    VERIFIED = "verified"
    HOLDS = "holds"
    WEAK = "weak"
    REFUTED = "refuted"
    SKIPPED = "skipped"
    DEFINED = "defined"
    ERROR = "error"
    NOTE = "note"


DIGITS = (6, 15, 17)  # that are shown of a number, the first of them that tell two sides apart
LONGEST = 12  # items of a list shown; JSON holds all
BLOCKING = frozenset({Kind.REFUTED, Kind.ERROR})


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One instance where a relation fails: values by TeX name, and both sides with their values."""

    values: Mapping[str, object]
    left: str
    right: str
    left_value: object
    right_value: object
    relation: str

    def __str__(self) -> str:
        values = [say("judge.equals", name=name, value=plain(value)) for name, value in self.values.items()]
        left = right = ""
        for digits in DIGITS:
            left, right = plain(self.left_value, digits), plain(self.right_value, digits)
            if left != right:
                break
        sides = say("judge.false", left=left, relation=self.relation, right=right)
        return say("judge.at-values", values=together(values, "judge.comma"), what=sides) if values else sides


@dataclass(frozen=True, slots=True)
class Mutants:
    """How many planted errors were refuted; `survivors` describe the rest, `unexposed` the parts none exposed.

    `kinds` are what was caught of each kind of error, of how many; `idle` says which premises can be dropped unnoticed.
    """

    killed: int = 0
    total: int = 0
    survivors: tuple[str, ...] = ()
    unexposed: tuple[str, ...] = ()
    kinds: tuple[tuple[str, int, int], ...] = ()
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one equation; `at` is a 0-based offset in its TeX where an error lies, else None.

    `seconds` are of processor time.
    """

    id: str
    kind: Kind
    where: Where
    reason: str = ""
    instances: int = 0
    counterexample: Counterexample | None = None
    mutants: Mutants | None = None
    at: int | None = None
    seconds: float = field(default=0.0, compare=False)

    def __str__(self) -> str:
        line = say("sheet.line", where=str(self.where), kind=say(f"sheet.{self.kind}"), id=self.id)
        return say("sheet.line-why", line=line, why=self.reason) if self.reason else line

    def as_json(self) -> dict[str, object]:
        """Return the verdict in the form of `proofweave check --json`."""
        example, mutants = self.counterexample, self.mutants
        return {
            "file": self.where.file,
            "line": self.where.line,
            "column": self.where.column,
            "id": self.id,
            "verdict": self.kind.value,
            "reason": self.reason,
            "instances": self.instances,
            "counterexample": None
            if example is None
            else {
                "values": dict(example.values),
                "relation": example.relation,
                "left": {"tex": example.left, "value": example.left_value},
                "right": {"tex": example.right, "value": example.right_value},
            },
            "mutants": None
            if mutants is None
            else {
                "killed": mutants.killed,
                "total": mutants.total,
                "survivors": list(mutants.survivors),
                "kinds": {kind: {"killed": killed, "total": total} for kind, killed, total in mutants.kinds},
            },
        }


def failed(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether any verdict is refuted or an error."""
    return any(verdict.kind in BLOCKING for verdict in verdicts)


def plain(value: object, digits: int = 6) -> str:
    """Return a value as a reader writes it: 2, 0.5, (1, -1), ((1, 0), (0, 1)); long lists are cut."""
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        items = [plain(item, digits) for item in value]
        if len(items) > LONGEST:
            items = [*items[: LONGEST - 2], "…", items[-1]]
        return "(" + ", ".join(items) + ")"
    return value if isinstance(value, str) else str(value)
