"""What a reply may not hold beyond what every text may not: links, numbers by hand, talk to the reader, evasions."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from proofweave.core import (
    NUMBERED,
    Block,
    Code,
    Equation,
    Figure,
    Finding,
    Outline,
    Part,
    Reply,
    Section,
    Where,
    beside,
    displays_of,
    finding_of,
    prose_of,
    references_in,
    with_displays,
)
from proofweave.outline import CODE_OR_MATH

LINK, NUMBER, TALK = (re.compile(beside(__name__)[name]) for name in ("link", "number", "talk"))

HIDDEN_KEY = "[key]"
"""What the adapter writes in place of the server's key."""

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn"})
"""Unicode's categories of characters that nobody sees."""


def check_reply(reply: Reply, outline: Outline, refuted: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return what is wrong with a reply's parts; `refuted` are formulas (squeezed) that were refuted before."""
    known = known_ids(outline) | {f"eq:{id}" for parts in reply.slots.values() for id in _own_ids(parts)}
    findings: list[Finding] = []
    for name, parts in reply.slots.items():
        if not parts:
            findings.append(finding_of("generate.slot-empty", Where(reply.path), rule="reply-slot-missing", slot=name))
        for part in parts:
            findings += _hidden(part)
            for text in prose_of(part):
                findings += _prose_findings(text, part.where, known)
    for equation in _equations(reply):
        check = equation.check
        if squeezed(equation.tex) in refuted and (check.skip or check.assume or check.defines is not None):
            findings.append(finding_of("generate.reply-evasion", equation.where))
    return tuple(findings)


def squeezed(tex: str) -> str:
    """Return a formula without spaces and braces, so that two ways to write it compare equal."""
    return re.sub(r"[\s{}]|\\[,;:! ]|\\(?:left|right|big|bigl|bigr|quad)(?![A-Za-z])", "", tex)


def known_ids(outline: Outline) -> frozenset[str]:
    """Return what a reply may refer to, as `eq:id` and its like; also what another slot is asked to define."""
    found = set()
    for top in outline.sections:
        found |= {f"sec:{section.id}" for section in (top, *top.sections)}
    for block in outline.blocks():
        if block.kind in NUMBERED:
            found.add(f"thm:{block.id}")
        found |= {f"eq:{id}" for id in _own_ids(block.parts())}
        found |= {f"fig:{part.id}" for part in block.parts() if isinstance(part, Figure)}
        for slot in block.slots():
            found |= {f"eq:{cross.id}" for cross in references_in(slot.write) if cross.kind == "eq"}
    return frozenset(found | {f"ref:{reference.id}" for reference in outline.references})


def only_for(outline: Outline, block: str) -> Outline:
    """Return the outline up to a block, of the blocks before it only the equations that define a symbol.

    Its equations are all that the checker needs to judge those of the block.
    """
    leaves = outline.leaves()
    last = next(index for index, leaf in enumerate(leaves) if any(other.id == block for other in leaf.blocks))
    reached = {leaf.id for leaf in leaves[: last + 1]}

    def kept(section: Section) -> Section:
        ids = [other.id for other in section.blocks]
        end = ids.index(block) if block in ids else len(ids)
        blocks = (*map(_defining, section.blocks[:end]), *section.blocks[end : end + 1])
        inner = tuple(kept(leaf) for leaf in section.sections if leaf.id in reached)
        return replace(section, blocks=blocks, sections=inner)

    tops = [top for top in outline.sections if any(leaf.id in reached for leaf in (top, *top.sections))]
    return replace(outline, sections=tuple(map(kept, tops)))


def _defining(block: Block) -> Block:
    body = tuple(equation for equation in displays_of(block.parts()) if equation.check.defines is not None)
    return replace(block, statement=(), proof=(), body=body)


def _own_ids(parts: Sequence[Part]) -> Iterator[str]:
    return (equation.id for equation in displays_of(parts) if equation.id)


def _hidden(part: Part) -> Iterator[Finding]:
    """Yield the first character of a part that a reader does not see, such as one that turns the text's direction."""
    texts = [*prose_of(part), part.code if isinstance(part, Code) else ""]
    texts += [equation.tex for equation in displays_of([part])]
    for text in texts:
        hidden = next((c for c in text if c not in "\n\t" and unicodedata.category(c) in UNSEEN), None)
        if hidden is not None:
            yield finding_of("generate.reply-hidden", part.where, code=ord(hidden))
            return


def _prose_findings(text: str, where: Where, known: frozenset[str]) -> Iterator[Finding]:
    bare = CODE_OR_MATH.sub(lambda span: "x" * len(span[0]), text)
    if link := LINK.search(bare):
        shown = bare[link.start() : link.start() + 30].split("\n")[0]
        yield finding_of("generate.reply-link", where, link=shown)
    if number := NUMBER.search(bare):
        yield finding_of("generate.reply-number", where, number=number[0])
    if HIDDEN_KEY in text:
        yield finding_of("generate.reply-key", where)
    if talk := TALK.search(bare):
        yield finding_of("generate.reply-talk", where, said=talk[0].strip()[:40])
    for cross in references_in(text):
        if not cross.post and f"{cross.kind}:{cross.id}" not in known:
            same = sorted(id for id in known if id.startswith(f"{cross.kind}:"))
            near = difflib.get_close_matches(f"{cross.kind}:{cross.id}", same, n=3, cutoff=0.3) or same[:8]
            there = ", ".join("@" + id for id in near)
            yield finding_of("generate.reply-reference", where, id=f"@{cross.kind}:{cross.id}", expected=there)


def refuted_in(reply: Reply, findings: Sequence[Finding]) -> frozenset[str]:
    """Return the formulas (squeezed) of a reply that some findings say are refuted."""
    places = {finding.where for finding in findings if finding.rule == "equation-refuted"}
    return frozenset(squeezed(equation.tex) for equation in _equations(reply) if equation.where in places)


def unchecked(reply: Reply) -> int:
    """Return how many equations of a reply say `skip` or `assume`."""
    return sum(bool(equation.check.skip or equation.check.assume) for equation in _equations(reply))


def with_skipped(reply: Reply) -> Reply:
    """Return a reply whose `skip` is taken off everywhere: what can be checked is checked, whatever the model says."""

    def bare(equation: Equation) -> Equation:
        return replace(equation, check=replace(equation.check, skip=None))

    slots = {name: with_displays(parts, bare) for name, parts in reply.slots.items()}
    return replace(reply, slots=slots)


def skipped(reply: Reply) -> frozenset[str]:
    """Return the ids of the equations of a reply that say `skip`."""
    return frozenset(equation.id for equation in _equations(reply) if equation.check.skip)


def _equations(reply: Reply) -> Iterator[Equation]:
    return (equation for parts in reply.slots.values() for equation in displays_of(parts))
