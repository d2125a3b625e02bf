"""What a reply may not hold beyond what every text may not: links, numbers by hand, talk to the reader, evasions."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from proofweave.core import (
    NUMBERED,
    REFERENCE,
    Block,
    Code,
    Equation,
    Figure,
    Finding,
    Outline,
    Part,
    Reply,
    Section,
    Step,
    Text,
    Where,
    displays_of,
    finding_of,
    references_in,
    with_displays,
)
from proofweave.outline import CODE_OR_MATH

LINK = re.compile(
    r"!\[|\]\s*\(|^ {0,3}\[[^\]\n]+\]:|<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*>"
    r"|(?<![A-Za-z])(?:https?|ftp|file|data|javascript|vbscript|mailto)\s*:(?=[^\s，。；])",
    re.MULTILINE | re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?:(?<![形模方正样范格型公等达])式|公式|方程|(?<![A-Za-z])(?:[Ee]q(?:uation|s|n)?\.?))[\s~]*[（(]\s*\d{1,4}\s*[)）]"
    r"|(?:定理|引理|命题|推论|定义|算法)\s*\d+(?:\.\d+)*|(?:Theorem|Lemma|Proposition|Corollary|Definition|Algorithm)\s+\d"
)
TALK = re.compile(
    r"作为(?:一个|一名)?\s*(?:AI|人工智能|大?语言模型|聊天机器人)"
    r"|(?:忽略|无视)(?:之前|以上|前面|上述)[^。\n]{0,8}(?:指令|要求|提示)"
    r"|as an? (?:AI|artificial intelligence|(?:large )?language model)"
    r"|ignore (?:all |any )?(?:the )?(?:previous|prior|above) instructions"
    r"|\A\s*(?:sure|certainly|of course)[,!] |i (?:cannot|can't|am unable to) (?:help|assist|comply|fulfil)",
    re.IGNORECASE,
)

HIDDEN_KEY = "[key]"
"""What the adapter writes in place of the server's key."""

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
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
            for text in _prose(part):
                findings += _prose_findings(text, part.where, known)
    for equation in _equations(reply):
        findings += _evasions(equation, refuted)
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
            found |= {f"eq:{match[2]}" for match in REFERENCE.finditer(slot.write) if match[1] == "eq"}
    return frozenset(found | {f"ref:{reference.id}" for reference in outline.references})


def only_for(outline: Outline, block: str) -> Outline:
    """Return the outline up to a block, of the blocks before it only the equations that define a symbol.

    Its equations are all that the checker needs to judge those of the block.
    """
    sections: list[Section] = []
    reached = False

    def kept(leaf: Section) -> Section:
        nonlocal reached
        blocks = []
        for other in leaf.blocks:
            if reached:
                break
            reached = other.id == block
            blocks.append(other if reached else _defining(other))
        return replace(leaf, blocks=tuple(blocks))

    for section in outline.sections:
        if reached:
            break
        children = tuple(kept(child) for child in section.sections if not reached)
        sections.append(
            replace(kept(section), sections=children) if not section.sections else replace(section, sections=children)
        )
    return replace(outline, sections=tuple(sections))


def _defining(block: Block) -> Block:
    body = tuple(equation for equation in displays_of(block.parts()) if equation.check.defines is not None)
    return replace(block, statement=(), proof=(), body=body)


def _own_ids(parts: Sequence[Part]) -> Iterator[str]:
    return (equation.id for equation in displays_of(parts) if equation.id)


def _prose(part: Part) -> tuple[str, ...]:
    if isinstance(part, Text):
        return (part.text,)
    return (part.because, part.intuition) if isinstance(part, Step) else ()


def _hidden(part: Part) -> Iterator[Finding]:
    """Yield the first character of a part that a reader does not see, such as one that turns the text's direction."""
    texts = [*_prose(part), part.code if isinstance(part, Code) else ""]
    texts += [equation.tex for equation in displays_of([part])]
    for text in texts:
        hidden = next(
            (c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn")), None
        )
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
        if f"{cross.kind}:{cross.id}" not in known:
            same = sorted(id for id in known if id.startswith(f"{cross.kind}:"))
            near = difflib.get_close_matches(f"{cross.kind}:{cross.id}", same, n=3, cutoff=0.3) or same[:8]
            there = ", ".join("@" + id for id in near)
            yield finding_of("generate.reply-reference", where, id=f"@{cross.kind}:{cross.id}", expected=there)


def _evasions(equation: Equation, refuted: frozenset[str]) -> Iterator[Finding]:
    """Yield an equation that was refuted and now asks not to be checked."""
    check = equation.check
    if squeezed(equation.tex) in refuted and (check.skip or check.assume or check.defines is not None):
        yield finding_of("generate.reply-evasion", equation.where)


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

    return replace(reply, slots={name: with_displays(parts, bare) for name, parts in reply.slots.items()})


def skipped(reply: Reply) -> frozenset[str]:
    """Return the ids of the equations of a reply that say `skip`."""
    return frozenset(equation.id for equation in _equations(reply) if equation.check.skip)


def _equations(reply: Reply) -> Iterator[Equation]:
    return (equation for parts in reply.slots.values() for equation in displays_of(parts))
