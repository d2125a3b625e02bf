"""What became of each result: its statement's equations, the claims in its text, and what backs them.

A result is a theorem, lemma, proposition or corollary. Everything its statement says counts: its equations, the
relations between its words, and what `claims:` puts into formulas. A proof's equations decide nothing here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from proofweave.core import (
    THEOREM_LIKE,
    Block,
    Finding,
    Outline,
    Severity,
    Text,
    displays_of,
    finding_of,
    prose_of,
)
from proofweave.stages.validate.inline import FORMULA, bare, claimed

WORST = ("refuted", "unbacked", "assumed", "weak", "special", "full")
"""The states of a result, the first of them that fits."""

STATES = {"refuted": "refuted", "error": "refuted", "skipped": "assumed", "weak": "weak", "verified": "full"}
"""What a verdict makes of a result; whoever has none leaves it unbacked, and a definition claims nothing."""

Verdicts = Callable[[str], Mapping[str, Any]]
"""From an equation's id to its row: `verdict` and, where it was verified, `scope`."""


def judge_results(outline: Outline, rows: Verdicts, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield each result with its state, the checks that decide it, and the claims in its text that nothing backs."""
    for _, leaf, block in outline.placed():
        if block.kind not in THEOREM_LIKE:
            continue
        checks = [equation.id for equation in (*displays_of(block.statement), *block.checks())]
        unbacked = list(_unbacked(block))
        found = [_state(rows(id)) for id in checks]
        states = {state for state in found if state} or {"unbacked"}
        states |= {"unbacked"} if unbacked else set()
        yield {
            "id": block.id,
            "kind": block.kind.value,
            "label": labels.get(block.id, ""),
            "section": leaf.id,
            "state": next(state for state in WORST if state in states),
            "checks": checks,
            "unbacked": unbacked,
        }


def _state(row: Mapping[str, Any]) -> str:
    """Return what an equation makes of its result; an empty text where it claims nothing."""
    verdict = row.get("verdict", "")
    if verdict == "defined":
        return ""
    state = STATES.get(verdict, "unbacked")
    return "special" if state == "full" and row.get("scope") == "special" else state


def _unbacked(block: Block) -> Iterator[str]:
    """Yield the inline relations of a statement that neither a claim nor an equation of the block backs."""
    backed = {bare(row) for equation in displays_of(block.parts()) for row in _sides(equation.tex)}
    backed |= {bare(equation.tex) for equation in block.checks()}
    backed |= {bare(formula["tex"]) for claim in block.claims for formula in FORMULA.finditer(claim.says)}
    seen: set[str] = set()
    for part in block.statement:
        for tex in claimed(part.text) if isinstance(part, Text) else ():
            if bare(tex) not in backed | seen:
                seen.add(bare(tex))
                yield tex


def _sides(tex: str) -> Iterable[str]:
    return (tex, *tex.replace("&", "").split(r"\\"))


def check_claims(outline: Outline) -> Iterator[Finding]:
    """Yield the claims whose words stand nowhere in their block, and those that back a formula that is not there."""
    for block in outline.blocks():
        if block.slots():
            continue  # what is not written yet may say it
        texts = [text for part in block.parts() for text in prose_of(part)]
        texts += [block.inputs, block.outputs, block.complexity]
        plain = bare("".join(texts))
        for claim in block.claims:
            words = claim.says or (f"${claim.equation.tex}$" if claim.equation else "")
            if bare(words.strip("$")) not in plain:
                key = "validate.claim-unsaid" if claim.says else "validate.claim-nowhere"
                yield finding_of(key, claim.where, Severity.ERROR, block=block.id, says=words)


def check_premises(outline: Outline) -> Iterator[Finding]:
    """Yield a notice for each premise of a result that no formula of the text says up to the result's end."""
    said = ""
    for block in outline.blocks():
        texts = [text for part in block.parts() for text in prose_of(part)]
        said += "".join(f" {bare(formula['tex'])}" for text in texts for formula in FORMULA.finditer(text))
        said += "".join(f" {bare(equation.tex)}" for equation in displays_of(block.parts()))
        stated = displays_of(block.statement) if block.kind in THEOREM_LIKE and not block.slots() else ()
        for equation in (*stated, *block.checks()):
            for premise in equation.check.given:
                if bare(premise) not in said:
                    yield finding_of(
                        "validate.premise-unsaid", equation.where, Severity.INFO, id=equation.id, tex=premise
                    )


def told_unbacked(outline: Outline, found: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield a notice for each result that a claim in its text, or all of it, has nothing to back it."""
    places = {block.id: block.where for block in outline.blocks()}
    for result in found:
        if result["state"] != "unbacked":
            continue
        key = "validate.result-inline" if result["unbacked"] else "validate.result-unbacked"
        texts = "; ".join(f"${tex}$" for tex in result["unbacked"])
        yield finding_of(key, places[result["id"]], Severity.INFO, id=result["id"], texts=texts)
