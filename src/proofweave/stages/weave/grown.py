"""Weave an outline and the replies that fill it into the grown part of a post, through templates."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from proofweave.core import (
    REFERENCE,
    THEOREM_LIKE,
    VALUE,
    Block,
    BlockKind,
    Code,
    Elsewhere,
    Equation,
    Figure,
    Numbering,
    Origin,
    Outline,
    Part,
    Reply,
    Section,
    Slot,
    Step,
    Text,
    Woven,
    labels,
    number,
    numeral,
    prose_of,
    references_in,
)
from proofweave.core import CrossReference as Cross
from proofweave.text.press import environment_of, print_template
from proofweave.text.tex import split_rows

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

FOLDER = "templates/post"

BRACKET = re.compile(r"[\[\]\\]")

BOX = THEOREM_LIKE | {BlockKind.DEFINITION, BlockKind.EXERCISE}
"""Kinds printed by `statement.md.j2`; algorithms and prose have templates of their own."""


def fill(outline: Outline, replies: Mapping[str, Reply]) -> Outline:
    """Return the outline with each slot replaced by its reply's parts; slots without a reply stay."""
    return replace(outline, sections=tuple(_fill_section(section, replies) for section in outline.sections))


def _fill_section(section: Section, replies: Mapping[str, Reply]) -> Section:
    return replace(
        section,
        blocks=tuple(
            _fill_block(block, replies[block.id]) if block.id in replies else block for block in section.blocks
        ),
        sections=tuple(_fill_section(child, replies) for child in section.sections),
    )


def _fill_block(block: Block, reply: Reply) -> Block:
    def filled(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(
            new
            for part in parts
            for new in (reply.slots.get(part.name, (part,)) if isinstance(part, Slot) else (part,))
        )

    return replace(block, statement=filled(block.statement), proof=filled(block.proof), body=filled(block.body))


def weave(outline: Outline, templates: Mapping[str, str], others: Mapping[str, Elsewhere] | None = None) -> Woven:
    """Return the grown part of a post and where each of its lines comes from.

    `templates` maps a file name below `templates/post/` to its text, `others` the posts referred to, by name. A broken
    template raises FindingsError.
    """
    numbering = number(outline, tuple(_cited(outline)))
    words = labels("post", outline.language)
    values = {f"{code.run}.{name}": text for code in outline.runs() for name, text in code.values.items()}
    printer = _Printer(outline, numbering, words, environment_of(templates, words), values, others or {})
    texts: dict[str, list[str]] = defaultdict(list)
    origins: dict[str, list[Origin]] = defaultdict(list)
    lines: dict[str, int] = defaultdict(int)

    printed = [piece for section in outline.sections for piece in printer.section(section)]
    if outline.references and outline.sections:
        printed.append(("", printer.bibliography(), []))
    for anchor, text, found in printed:
        start = lines[anchor]
        origins[anchor] += [replace(o, first=o.first + start, last=o.last + start) for o in found]
        texts[anchor].append(text)
        lines[anchor] += text.count("\n")
    return Woven(
        pieces={anchor: "".join(parts).rstrip("\n") + "\n" for anchor, parts in texts.items()},
        origins={anchor: tuple(found) for anchor, found in origins.items()},
        numbering=numbering,
    )


def _cited(outline: Outline) -> Iterator[str]:
    for block in outline.blocks():
        yield from block.cite
        for part in block.parts():
            for text in prose_of(part):
                yield from (cross.id for cross in references_in(text) if cross.kind == "ref" and not cross.post)


@dataclass(frozen=True, slots=True)
class _Printer:
    """Prints sections, blocks and parts of one outline."""

    outline: Outline
    numbering: Numbering
    words: Mapping[str, str]
    environment: "SandboxedEnvironment"
    values: Mapping[str, str]
    others: Mapping[str, Elsewhere]

    def template(self, name: str, /, **values: object) -> str:
        return print_template(self.environment, FOLDER, f"{name}.md.j2", values).strip("\n")

    def section(self, section: Section) -> Iterator[tuple[str, str, list[Origin]]]:
        """Yield (anchor, text, origins) of a section's heading and of each leaf below it."""
        yield section.anchor, *self.heading(section, 1)
        for leaf in section.sections or (section,):
            anchor = leaf.anchor or section.anchor
            if leaf is not section:
                yield anchor, *self.heading(leaf, 2)
            for block in leaf.blocks:
                yield anchor, *self.block(block, leaf)

    def heading(self, section: Section, depth: int) -> tuple[str, list[Origin]]:
        digits = self.numbering.sections[section.id]
        label = numeral(int(digits), self.outline.language) if depth == 1 else digits
        text = self.template("heading", depth=depth, number=label, title=section.title)
        return text + "\n\n", [Origin(1, text.count("\n") + 2, section.where, section=section)]

    def block(self, block: Block, leaf: Section) -> tuple[str, list[Origin]]:
        """Return a block's text and the origin of each of its lines, parts first found in printing order."""
        statement, proof, body = (self.parts(parts) for parts in (block.statement, block.proof, block.body))
        name = "statement" if block.kind in BOX else "algorithm" if block.kind is BlockKind.ALGORITHM else "prose"
        text = self.template(
            name,
            kind=block.kind.value,
            label=self.numbering.labels.get(block.id, ""),
            name=self.resolve(block.name),
            statement=statement,
            proof=proof,
            body=body,
            citations=[self.numbering.citations[cited] for cited in block.cite if cited in self.numbering.citations],
            inputs=self.resolve(block.inputs),
            outputs=self.resolve(block.outputs),
            complexity=self.resolve(block.complexity),
        )
        printed = [*statement, *proof, *body]
        owners = [part for part in block.parts() if not isinstance(part, Slot)]
        origins = [Origin(1, text.count("\n") + 2, block.where, block=block, section=leaf)]
        start = 0
        for part, piece in zip(owners, printed, strict=True):
            found = text.find(piece, start)
            if found >= 0:
                first = text.count("\n", 0, found) + 1
                origins.append(Origin(first, first + piece.count("\n"), part.where, part, block, leaf))
                start = found + len(piece)
        return text + "\n\n", origins

    def parts(self, parts: Sequence[Part]) -> list[str]:
        """Return the printed parts; the steps of a list with several steps are numbered. Slots print nothing."""
        steps = sum(isinstance(part, Step) for part in parts)
        printed: list[str] = []
        step = 0
        for part in parts:
            step += isinstance(part, Step)
            if not isinstance(part, Slot):
                printed.append(self.part(part, step if steps > 1 else 0))
        return printed

    def part(self, part: Text | Equation | Code | Step | Figure, step: int) -> str:
        if isinstance(part, Text):
            return self.resolve(part.text).strip("\n")
        if isinstance(part, Code):
            values = {"language": part.language, "fence": _fence(part.code), "run": part.run, "values": part.values}
            return self.template("code", code=part.code.rstrip("\n"), **values)
        if isinstance(part, Equation):
            return self.equation(part)
        if isinstance(part, Figure):
            path = f"../figures/{self.outline.post}/{part.id}.svg"
            number = self.numbering.figures[part.id]
            return self.template("figure", number=number, path=path, caption=self.resolve(part.caption).strip())
        equation = self.equation(part.equation) if part.equation is not None else ""
        because, intuition = self.resolve(part.because).strip(), self.resolve(part.intuition).strip()
        return self.template("step", number=step, because=because, equation=equation, intuition=intuition)

    def equation(self, equation: Equation) -> str:
        rows = [row.strip() for row in split_rows(equation.tex)] if equation.rows > 1 else [equation.tex.strip()]
        tags = self.numbering.tags.get(equation.id, ())
        several = equation.rows == 1 and len(split_rows(equation.tex)) > 1
        return self.template("equation", rows=rows, tags=list(tags), aligned=several)

    def bibliography(self) -> str:
        order = sorted(self.outline.references, key=lambda reference: self.numbering.citations[reference.id])
        return self.template("bibliography", references=order, numbers=self.numbering.citations) + "\n"

    def resolve(self, text: str) -> str:
        """Return the text with `@eq:id` and its like replaced by what the reader sees; unknown ids stay."""
        text = VALUE.sub(lambda match: self.values.get(match[1], match[0]), text)
        return REFERENCE.sub(lambda match: self.shown(match) or match.group(0), text)

    def shown(self, match: re.Match[str]) -> str:
        cross = Cross.of(match)
        if not cross.post:
            return label_of(cross, self.numbering, self.words)
        other = self.others.get(cross.post)
        label = label_of(cross, other.numbering, labels("post", other.language)) if other else ""
        if not other or not label:
            return ""
        title = BRACKET.sub(r"\\\g<0>", other.title)
        shown = self.words["elsewhere"].format(title=title, label=label)
        return f"[{shown}](<{file_name(cross.post)}.md#{anchor_of(cross, other.numbering)}>)"


def label_of(cross: Cross, numbering: Numbering, words: Mapping[str, str]) -> str:
    """Return what a reader sees of a reference, "" where a post's numbers know no such thing."""
    if cross.kind == "eq":
        tags = tags_of(cross, numbering)
        first = words["equation"].format(number=tags[0]) if tags else ""
        return first if len(tags) < 2 else f"{first}–({tags[-1]})"
    if cross.kind == "thm":
        return numbering.labels.get(cross.id, "")
    if cross.kind == "sec" and cross.id in numbering.sections:
        return words["section"].format(number=numbering.sections[cross.id])
    if cross.kind == "fig" and cross.id in numbering.figures:
        return words["figure"].format(number=numbering.figures[cross.id])
    if cross.kind == "ref" and cross.id in numbering.citations:
        return f"[{numbering.citations[cross.id]}]"
    return ""


def tags_of(cross: Cross, numbering: Numbering) -> tuple[int, ...]:
    """Return the numbers of the equation that is referred to, or that of one of its rows."""
    tags = numbering.tags.get(cross.id, ())
    return tags if cross.row is None else tags[cross.row - 1 : cross.row]


def anchor_of(cross: Cross, numbering: Numbering) -> str:
    """Return the anchor on a post's page of what is referred to there."""
    if cross.kind == "eq":
        return f"eq-{tags_of(cross, numbering)[0]}"
    return f"ref-{numbering.citations[cross.id]}" if cross.kind == "ref" else f"{cross.kind}-{cross.id}"


def file_name(post: str) -> str:
    """Return a post's name as an address has it: letters of all scripts stay, signs are written in hexadecimal."""
    return "".join(letter if letter.isalnum() else quote(letter, safe="") for letter in post)


def _fence(code: str) -> str:
    """Return a fence longer than any run of backticks in the code."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    return "`" * max(3, longest + 1)
