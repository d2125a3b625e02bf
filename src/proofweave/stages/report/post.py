"""What the report says of one post, read from the document validate wrote about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proofweave.core import Finding, Layer, Severity, findings_in, verdict_of

COMPLETE, PENDING, REFUSED = "complete", "pending", "refused"

VERDICTS = ("verified", "special", "weak", "skipped", "assumed", "defined", "refuted", "error", "unchecked")
"""What became of an equation; `verified` is in full, `special` for less than it claims; `assumed` is a skip whose
reason is an assumption, `unchecked` has no full verdict."""

STATES = ("full", "special", "weak", "assumed", "unbacked", "refuted")
"""What became of a result: the worst of what backs it; `unbacked` where something it claims is not checked at all."""


MEASURED = ("equations", "proofs", "words")
"""What a post's level of detail is told by."""

COUNTED = (
    *("added_lines", "proofs", "cited", "steps", "steps_with_reason", "steps_with_intuition"),
    *("unfilled", "numbered", "words"),
)
"""The counts of a post that are 0 where nothing was woven."""


@dataclass(frozen=True, slots=True)
class EquationReport:
    """An equation that has no number of its own is shown by its id.

    What of a verdict may differ between machines, as the number of instances, is left out; `scope` says whether all
    that is claimed was checked, and `narrowings` in what it was less.
    """

    id: str
    tags: tuple[int, ...]
    section: str
    verdict: str
    reason: str
    conclusion: bool
    counterexample: str = ""
    scope: str = ""
    narrowings: "tuple[Values, ...]" = ()


@dataclass(frozen=True, slots=True)
class ResultReport:
    """A theorem, lemma, proposition or corollary: its state, and the claims in its text that nothing backs, as TeX."""

    id: str
    label: str
    section: str
    state: str
    unbacked: tuple[str, ...] = ()


Values = Mapping[str, Any]
"""What is told of a section, of a layer, or of a post's level of detail, by name."""


@dataclass(frozen=True, slots=True)
class PostReport:
    """One post; lines and counts are None or empty where nothing was woven."""

    post: str
    file: str
    source: str
    title: str
    path: str
    status: str
    order: int | None
    batch: int | None
    priority: str
    source_lines: int | None
    least: int | None
    most: int | None
    lines: int | None
    added_lines: int
    percent: int
    kinds: Mapping[str, int]
    proofs: int
    cited: int
    steps: int
    steps_with_reason: int
    steps_with_intuition: int
    unfilled: int
    numbered: int
    words: int
    verdicts: Mapping[str, int]
    conclusions: int
    conclusions_verified: int
    sections: tuple[Values, ...] = ()
    layers: tuple[Values, ...] = ()
    equations: tuple[EquationReport, ...] = ()
    results: tuple[ResultReport, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    detail: Values | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether the post is grown and merged."""
        return self.status == COMPLETE

    def told(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what stops the merge."""
        return self.told(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what is worth a look."""
        return self.told(Severity.WARNING)

    @property
    def notices(self) -> tuple[Finding, ...]:
        """Return what is merely said, such as what a pending post waits for."""
        return self.told(Severity.INFO)


def post_report(document: Mapping[str, Any]) -> PostReport:
    """Return the report of a post; a document of another shape raises LookupError, TypeError, ValueError."""
    counts: Mapping[str, Any] = document["counts"] or {}
    target = document["lines"] or {}
    equations = tuple(_equation(value) for value in document["equations"])
    results = tuple(_result(value) for value in document["results"])
    conclusions = [equation for equation in equations if equation.conclusion]
    status = str(document["status"])
    sections = [_section(value, equations) for value in counts.get("sections", ())]
    return PostReport(
        post=str(document["post"]),
        file=f"{document['post']}.md",  # the post that is built; two outlines may grow one source
        source=str(document["source"]),
        title=str(document["title"]),
        path=str(document["path"]),
        status=status,
        order=document.get("order"),
        batch=document["batch"],
        priority=str(document["priority"]),
        source_lines=document.get("source_lines"),
        least=target.get("least"),
        most=target.get("most"),
        lines=counts.get("lines"),
        percent=_percent(status, counts, sections),
        kinds=counts.get("kinds", {}),
        **{name: counts.get(name, 0) for name in COUNTED},
        verdicts=by_verdict(equations),
        conclusions=len(conclusions),
        conclusions_verified=sum(equation.verdict == "verified" for equation in conclusions),
        sections=tuple(sections),
        layers=tuple(_layers(counts.get("layers", {}), document["budget"])),
        equations=equations,
        results=results,
        states=by_state(results),
        detail=_detail(sections),
        findings=findings_in(document["findings"]),
    )


def by_verdict(equations: Iterable[EquationReport]) -> dict[str, int]:
    """Return how many equations each verdict has, all verdicts named."""
    found = Counter(equation.verdict for equation in equations)
    return {verdict: found[verdict] for verdict in VERDICTS}


def by_state(results: Iterable[ResultReport]) -> dict[str, int]:
    """Return how many results have each state, all states named."""
    found = Counter(result.state for result in results)
    return {state: found[state] for state in STATES}


def _result(value: Mapping[str, Any]) -> ResultReport:
    texts = {name: str(value[name]) for name in ("id", "label", "section", "state")}
    return ResultReport(**texts, unbacked=tuple(map(str, value["unbacked"])))


def _equation(value: Mapping[str, Any]) -> EquationReport:
    verdict, reason = verdict_of(value)
    return EquationReport(
        id=str(value["id"]),
        tags=tuple(value["tags"]),
        section=str(value["section"]),
        verdict=verdict if verdict in VERDICTS else "unchecked",
        reason="" if verdict == "verified" else reason,
        conclusion=bool(value["conclusion"]),
        counterexample=str(value["counterexample"]),
        scope=str(value.get("scope", "")),
        narrowings=tuple(value.get("narrowings", ())),
    )


def _section(value: Values, equations: Sequence[EquationReport]) -> Values:
    """Return a section's numbers; `verdicts` counts its equations by verdict."""
    names = ("id", "number", "title", "tags", "equations", "numbered", "proofs", "words")
    verdicts = by_verdict(equation for equation in equations if equation.section == value["id"])
    return {**{name: value[name] for name in names}, "verdicts": verdicts}


def _percent(status: str, counts: Mapping[str, Any], sections: Sequence[Values]) -> int:
    """Return how much of a post is there: the share of its numbers that are taken; 100 only when it is merged."""
    if status == COMPLETE:
        return 100
    owned = sum(_length(section["tags"]) for section in sections)
    if status == PENDING or not counts or not owned:
        return 0
    return min(99, 100 * int(counts["numbered"]) // owned)


def _length(tags: str) -> int:
    first, _, last = tags.partition("-")
    return max(0, int(last or first) - int(first) + 1) if first else 0


def _layers(characters: Mapping[str, int], budget: Mapping[str, Sequence[int]]) -> Iterable[Values]:
    """Yield each layer's characters and their share in percent, beside the least and most of its budget."""
    total = sum(characters.values())
    for layer in Layer if total else ():
        least, most = budget[layer.value]
        own = characters.get(layer.value, 0)
        share = round(100 * own / total, 1)
        place = "below" if share < least else "above" if share > most else "within"
        yield {"layer": layer.value, "characters": own, "share": share, "least": least, "most": most, "place": place}


def _detail(sections: Sequence[Values]) -> Values | None:
    """Return how detailed a post is: means over its sections."""
    count = len(sections)
    means = {name: round(sum(section[name] for section in sections) / max(count, 1), 1) for name in MEASURED}
    return {"sections": count, **means} if sections else None
