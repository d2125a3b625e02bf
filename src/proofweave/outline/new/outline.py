"""Lay out an outline for a post: after its own headings and displays, or after a reference outline."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from proofweave.core import OUTLINE as FORMAT
from proofweave.core import THEOREM_LIKE, Block, BlockKind, Layer, Outline, Post, Section, SpanKind, labels
from proofweave.outline.checks import numbered_in
from proofweave.outline.config import Config
from proofweave.outline.new.drafts import (
    UNPRINTABLE,
    Draft,
    DraftBlock,
    DraftSection,
    plain,
    scalar,
    section_lines,
    total,
)
from proofweave.text.markdown import headings, language_of

SCHEMA = "# yaml-language-server: $schema=../schema/outline.schema.json"
SYMBOL = re.compile(r"\\boldsymbol\{\\?[A-Za-z]+\}|\\(?:alpha|beta|gamma|eta|epsilon|lambda|mu|sigma|tau)(?![A-Za-z])")
GUESSES = 8
"""How many symbols are suggested."""
MOST = 8
"""The most equations one slot is left with: a reply of more is seldom right."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading of the source and the number of displays before the next one; `level` 0 stands before any heading."""

    level: int
    title: str
    displays: int


def new_outline(post: Post, name: str, like: Outline | None = None, config: Config | None = None) -> str:
    """Return the text of `outlines/<name>.yaml` for a post, every slot left to a model.

    Without `like`, each heading of the post becomes a section with one derivation, except that under which the grown
    part will stand; with it, the sections, layers, blocks and numbers of equations are those of that outline.
    """
    language = language_of(post)
    words = labels("new", language)
    passages = _passages(post, (config or Config()).heading_in(language))
    title = plain(post.front.get("title", "")) or _title_heading(post) or plain(name) or words["untitled"]
    sections = _like_reference(like, words) if like else _after_source(passages, words)
    return "".join(f"{line}\n" for line in _outline_lines(post, name, title, language, like, sections))


def _passages(post: Post, heading: str) -> list[Passage]:
    found = headings(post)
    only_title = found[:1] if found and found[0].level == 1 and sum(h.level == 1 for h in found) == 1 else ()
    passages = [Passage(0, "", 0)]
    index = 0
    for span in post.spans:
        if span.kind is SpanKind.HEADING:
            level, title = found[index].level, plain(found[index].title)
            passages.append(Passage(0 if found[index] in only_title else level, title, 0))
            index += 1
        elif span.kind is SpanKind.DISPLAY_MATH:
            passages[-1] = replace(passages[-1], displays=passages[-1].displays + 1)
    opening = sum(passage.displays for passage in passages if passage.level == 0)
    kept = [p for p in passages if p.level and p.title and p.title != plain(heading)]
    return [Passage(0, "", opening), *kept] if opening or not kept else kept


def _title_heading(post: Post) -> str:
    return next((plain(heading.title) for heading in headings(post) if heading.level == 1), "")


def _after_source(passages: Sequence[Passage], words: Mapping[str, str]) -> tuple[DraftSection, ...]:
    """Group the passages by their shallowest level; what is deeper goes into sections of the section above it."""
    top = min((passage.level for passage in passages if passage.level), default=0)
    groups: list[list[Passage]] = []
    for passage in passages:
        if passage.level <= top or not groups or groups[-1][0].level == 0:
            groups.append([passage])
        else:
            groups[-1].append(passage)
    titles = Counter(passage.title for passage in passages)
    return tuple(_group(group, f"s{number}", number, titles, words) for number, group in enumerate(groups, 1))


def _group(
    group: Sequence[Passage], id: str, number: int, titles: Counter[str], words: Mapping[str, str]
) -> DraftSection:
    first = group[0]
    title = first.title or words["untitled"]
    layer = Layer.FOUNDATIONS if number == 1 else Layer.DERIVATION
    anchor = first.title if titles[first.title] == 1 else ""
    if len(group) == 1:
        return DraftSection(id, title, layer, (_derivation(id, title, first.displays, words),), anchor=anchor)
    children = [replace(first, title=words["opening"].format(title=title))] if first.displays else []
    children += group[1:]
    leaves = tuple(
        DraftSection(
            f"{id}-{index}",
            child.title,
            None,
            (_derivation(f"{id}-{index}", child.title, child.displays, words),),
            anchor=child.title if titles[child.title] == 1 else "",
        )
        for index, child in enumerate(children, 1)
    )
    return DraftSection(id, title, layer, sections=leaves)


def _derivation(id: str, title: str, displays: int, words: Mapping[str, str]) -> DraftBlock:
    write = words["derivation"].format(title=title) + words["counted"].format(count=displays)
    return DraftBlock(BlockKind.DERIVATION, f"{id}-derivation", (Draft("", write, min(displays, MOST)),))


def _like_reference(like: Outline, words: Mapping[str, str]) -> tuple[DraftSection, ...]:
    def laid_out(section: Section) -> DraftSection:
        return DraftSection(
            section.id,
            plain(section.title),
            section.layer,
            tuple(_block_like(block, section, words) for block in section.blocks),
            tuple(laid_out(child) for child in section.sections),
        )

    return tuple(laid_out(section) for section in like.sections)


def _block_like(block: Block, section: Section, words: Mapping[str, str]) -> DraftBlock:
    title = plain(block.name) or plain(section.title)
    stated, proved, told = (numbered_in(parts) for parts in (block.statement, block.proof, block.body))
    if block.kind in THEOREM_LIKE:
        state = Draft("statement", words["statement"].format(title=title), stated + told)
        drafts: tuple[Draft, ...] = (state, Draft("proof", words["proof"].format(title=title), proved))
    elif block.kind in {BlockKind.DEFINITION, BlockKind.ALGORITHM}:
        drafts = (Draft("statement", words["statement"].format(title=title), stated + proved + told),)
    else:
        drafts = (Draft("", words[block.kind.value].format(title=title), stated + proved + told),)
    return DraftBlock(block.kind, block.id, drafts, plain(block.name), block.layer)


def _outline_lines(
    post: Post, name: str, title: str, language: str, like: Outline | None, sections: Sequence[DraftSection]
) -> Iterator[str]:
    words = labels("new", language)
    yield SCHEMA
    for line in words["header"].splitlines():
        yield f"# {plain(line.format(source=post.path, name=name))}"
    yield f"format: {FORMAT}"
    yield f"title: {scalar(title, 2)}"
    yield f"source: {scalar(UNPRINTABLE.sub(' ', post.path), 2)}"
    yield f"language: {language}"
    if like and like.lines:
        yield f"lines: {like.lines.least}" + (f"..{like.lines.most}" if like.lines.most else "")
    else:
        length = post.text.count("\n")
        yield f"# lines: {length + 200}..{length + 500}  # {words['lines']}"
    yield "# order: 1"
    yield "# batch: 1"
    yield "# priority: medium  # high | medium | supplement"
    if like and like.counters:
        yield f"counters: {like.counters}"
    if like and like.budget:
        yield "budget:"
        yield from (f"  {layer}: {least}..{most}" for layer, (least, most) in like.budget.items())
    guesses = _symbols(post)
    if guesses:
        yield f"# {words['symbols']}"
        yield "# symbols:"
        yield from (f"#   {symbol}" for symbol in guesses)
    if any(section.anchor for top in sections for section in (top, *top.sections)):
        yield f"# {words['anchor']}"
    yield "sections:"
    tag = 1
    for number, section in enumerate(sections):
        for line in section_lines(section, 2, tag, words, examples=number == 0):
            yield line
        tag += total(section)


def _symbols(post: Post) -> list[str]:
    """Return the most used symbols of the post's formulas with a guess of their types."""
    found: Counter[str] = Counter()
    for span in post.spans:
        found.update(SYMBOL.findall(span.tex))
    return [f"{symbol}: {_guess(symbol)}" for symbol, _ in found.most_common(GUESSES)]


def _guess(symbol: str) -> str:
    if not symbol.startswith(r"\boldsymbol"):
        return "scalar"
    return "matrix(m, n)" if symbol[len(r"\boldsymbol{") :].lstrip("\\")[0].isupper() else "vector(d)"
