"""Lay out an outline for a post: after its own headings and displays, or after a reference outline."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from proofweave.core import (
    NUMBERED,
    THEOREM_LIKE,
    Block,
    BlockKind,
    Layer,
    Outline,
    Post,
    Section,
    Slot,
    SpanKind,
    TagRange,
    Where,
    labels,
)
from proofweave.core import OUTLINE as FORMAT
from proofweave.outline.checks import count_numbered, numbered_in
from proofweave.outline.config import Config
from proofweave.text.markdown import headings, language_of
from proofweave.text.press import environment_of, print_template

UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
REFERENCE = re.compile(r"@(?=(?:eq|thm|sec|ref|fig):)")
SYMBOL = re.compile(r"\\boldsymbol\{\\?[A-Za-z]+\}|\\(?:alpha|beta|gamma|eta|epsilon|lambda|mu|sigma|tau)(?![A-Za-z])")
TEMPLATE = "new.j2"
NOWHERE = Where("")

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
    sections = [_section_like(section, words) for section in like.sections] if like else _after_source(passages, words)
    environment = environment_of({TEMPLATE: files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")}, words)
    values = {
        "post": post,
        "name": name,
        "format": FORMAT,
        "title": title,
        "source": UNPRINTABLE.sub(" ", post.path),
        "language": language,
        "like": like,
        "length": post.text.count("\n"),
        "symbols": _symbols(post),
        "anchored": any(section.anchor for top in sections for section in (top, *top.sections)),
        "sections": tuple(_tagged(sections, 1)),
        "plain": plain,
        "quoted": quoted,
        "scalar": scalar,
    }
    return print_template(environment, __package__, TEMPLATE, values)


def _tagged(sections: Sequence[Section], first: int) -> Iterator[Section]:
    """Yield sections with their ranges, which run on from a number; one with sections has none of its own."""
    for section in sections:
        count = sum(map(count_numbered, section.sections or (section,)))
        inner = tuple(_tagged(section.sections, first))
        tags = TagRange(first, first + count - 1, NOWHERE) if count and not inner else None
        yield replace(section, tags=tags, sections=inner)
        first += count


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


def _after_source(passages: Sequence[Passage], words: Mapping[str, str]) -> Sequence[Section]:
    """Group the passages by their shallowest level; what is deeper goes into sections of the section above it."""
    top = min((passage.level for passage in passages if passage.level), default=0)
    groups: list[list[Passage]] = []
    for passage in passages:
        if passage.level <= top or not groups or groups[-1][0].level == 0:
            groups.append([passage])
        else:
            groups[-1].append(passage)
    titles = Counter(passage.title for passage in passages)
    return [_group(group, f"s{number}", number, titles, words) for number, group in enumerate(groups, 1)]


def _group(group: Sequence[Passage], id: str, number: int, titles: Counter[str], words: Mapping[str, str]) -> Section:
    first = group[0]
    layer = Layer.FOUNDATIONS if number == 1 else Layer.DERIVATION
    if len(group) == 1:
        return _leaf(id, first, layer, titles, words)
    title = first.title or words["untitled"]
    children = [replace(first, title=words["opening"].format(title=title))] if first.displays else []
    children += group[1:]
    leaves = (_leaf(f"{id}-{index}", child, None, titles, words) for index, child in enumerate(children, 1))
    return Section(id, title, NOWHERE, layer, sections=tuple(leaves))


def _leaf(id: str, passage: Passage, layer: Layer | None, titles: Counter[str], words: Mapping[str, str]) -> Section:
    title = passage.title or words["untitled"]
    write = words["derivation"].format(title=title) + words["counted"].format(count=passage.displays)
    slot = Slot("body", write, min(passage.displays, MOST), NOWHERE)
    block = Block(BlockKind.DERIVATION, f"{id}-derivation", NOWHERE, body=(slot,))
    anchor = passage.title if titles[passage.title] == 1 else ""
    return Section(id, title, NOWHERE, layer, blocks=(block,), anchor=anchor)


def _section_like(section: Section, words: Mapping[str, str]) -> Section:
    blocks = tuple(_block_like(block, section, words) for block in section.blocks)
    sections = tuple(_section_like(child, words) for child in section.sections)
    return Section(section.id, plain(section.title), NOWHERE, section.layer, blocks=blocks, sections=sections)


def _block_like(block: Block, section: Section, words: Mapping[str, str]) -> Block:
    title = plain(block.name) or plain(section.title)

    def slots(name: str, key: str, count: int) -> tuple[Slot]:
        return (Slot(name, words[key].format(title=title), count, NOWHERE),)

    stated, proved, told = (numbered_in(parts) for parts in (block.statement, block.proof, block.body))
    like = Block(block.kind, block.id, NOWHERE, plain(block.name), block.layer)
    if block.kind in THEOREM_LIKE:
        statement = slots("statement", "statement", stated + told)
        return replace(like, statement=statement, proof=slots("proof", "proof", proved))
    if block.kind in NUMBERED:
        return replace(like, statement=slots("statement", "statement", stated + proved + told))
    return replace(like, body=slots("body", block.kind.value, stated + proved + told))


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


def plain(text: str) -> str:
    """Return a text as one line that YAML can hold and that refers to nothing."""
    return REFERENCE.sub("@ ", " ".join(UNPRINTABLE.sub(" ", text).split()))


def quoted(text: str) -> str:
    """Return a line in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def scalar(text: str, pad: str) -> str:
    """Return a line as a YAML scalar; one with a single quote stands in a block, where a double prime survives.

    `pad` is the white space before its key.
    """
    return f"|-\n{pad}  {text}" if "'" in text else quoted(text)
