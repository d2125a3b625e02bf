"""What the checker says about one equation; passing is evidence on sampled instances, never a proof."""

from collections.abc import Callable, Mapping, Sequence
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

    def place(self) -> str:
        """Return the values of the symbols."""
        values = [say("judge.equals", name=name, value=plain(value)) for name, value in self.values.items()]
        return together(values, "judge.comma")

    def __str__(self) -> str:
        left = right = ""
        for digits in DIGITS:
            left, right = plain(self.left_value, digits), plain(self.right_value, digits)
            if left != right:
                break
        sides = say("judge.false", left=left, relation=self.relation, right=right)
        return say("judge.at-values", values=self.place(), what=sides) if self.values else sides


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


FULL, SPECIAL = "full", "special"
"""The scope of a verdict: it is about the claim as written, or about the special cases that its narrowings name."""

PASSED = frozenset({Kind.VERIFIED, Kind.HOLDS, Kind.WEAK})
SCOPED = PASSED | {Kind.REFUTED}
"""The verdicts on claims that were judged; those that passed may have done so in special cases only."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A symbol of which less was checked than is claimed: what stood for it, its author's reason or none, in words."""

    symbol: str
    checked: str
    what: str
    because: str = ""

    def told(self) -> str:
        """Return in words what was checked and why no more."""
        return say("scope.because", what=self.what, why=self.because) if self.because else self.what


@dataclass(frozen=True, slots=True)
class Condition:
    """Something a verdict leans on: a premise, a symbol that is redeclared or defined, an order, an excuse.

    `text` is what its author wrote, `name` the symbol or part it is about.
    """

    kind: str
    text: str
    name: str = ""

    def told(self) -> str:
        """Return the condition in words."""
        return say(f"scope.{self.kind}", name=self.name, text=" ".join(self.text.split()))


@dataclass(frozen=True, slots=True)
class Planned:
    """What was to be drawn, whatever the machine: sizes in every combination, sizes far out, and what else is drawn.

    All are by name: `near` ranges of integers, `far` the large value of each that is taken alone, as far as the work
    allows, `kinds` types and classes.
    """

    instances: int = 0
    near: Mapping[str, str] = field(default_factory=dict)
    far: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


NOTHING = Planned()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one equation; `at` is a 0-based offset in its TeX where an error lies, else None.

    `seconds` are of processor time. `narrowings` say where less was checked than is claimed, `conditions` what else
    the verdict leans on, and `planned` what was to be drawn; of a large value that cost too much, `reached` says how
    far the work went.
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
    narrowings: tuple[Narrowing, ...] = ()
    conditions: tuple[Condition, ...] = ()
    planned: Planned = NOTHING
    reached: Mapping[str, int] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """Return whether the claim was judged in full or in special cases; nothing where it was not judged."""
        return SPECIAL if self.special else FULL if self.kind in SCOPED else ""

    def __str__(self) -> str:
        line = say("sheet.line", where=str(self.where), kind=say(f"sheet.{self.kind}"), id=self.id)
        return say("sheet.line-why", line=line, why=self.told()) if self.reason else line

    def told(self) -> str:
        """Return the reason, and what alone was checked where that is less than is claimed."""
        if not self.special:
            return self.reason
        whats = together([narrowing.told() for narrowing in self.narrowings], "judge.semicolon")
        return say("scope.special", reason=self.reason, what=whats)

    def drawn(self) -> list[str]:
        """Return what was to be drawn in words, and how far large values went where they cost too much."""
        planned = self.planned
        near = [say("scope.near", name=name, range=span) for name, span in planned.near.items()]
        far = [
            say("scope.short", name=name, value=value, reached=self.reached[name])
            if name in self.reached
            else say("scope.far", name=name, value=value)
            for name, value in planned.far.items()
        ]
        return [*near, *far, *(say("scope.kind", name=name, kind=kind) for name, kind in planned.kinds.items())]

    @property
    def special(self) -> bool:
        """Tell whether a claim passed in special cases only."""
        return bool(self.narrowings) and self.kind in PASSED

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
            "reached": dict(self.reached),
            **self.scope_as_json(),
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

    def scope_as_json(self, told: Callable[[str], object] = str) -> dict[str, object]:
        """Return what the verdict covers: declarations, what was planned and why no more; no counts of a run.

        `told` writes words; by itself they are English.
        """
        planned = self.planned
        return {
            "scope": self.scope,
            "narrowings": [
                {"symbol": one.symbol, "checked": one.checked, "what": told(one.what), "because": one.because}
                for one in self.narrowings
            ],
            "conditions": [{"kind": one.kind, "name": one.name, "text": one.text} for one in self.conditions],
            "planned": {
                "instances": planned.instances,
                "near": dict(planned.near),
                "far": dict(planned.far),
                "kinds": dict(planned.kinds),
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
