"""Turn a post into Markdown that any reader takes: tokens in place of formulas, references and region edges."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofweave.core import Post, Span, SpanKind, Woven, beside
from proofweave.stages.export.marked.numbers import Display, number_displays
from proofweave.stages.export.marked.regions import Mark as Edge
from proofweave.stages.export.marked.regions import Passage, Region, passages
from proofweave.text.markdown import Inline, plain_tex, read_post
from proofweave.text.tex import TOP_ENVIRONMENTS, definitions, without_definitions

LINK = re.compile(r"\\{1,2}(?:eq|auto)?ref\s*\{([^{}\n]*)\}")
ONLY_LINK = re.compile(r"\s*\\(?:eq|auto)?ref\s*\{([^{}\n]*)\}\s*\Z")
DISPLAY = re.compile(rf"\s*\\begin\{{(?:{'|'.join(sorted(TOP_ENVIRONMENTS))})\*?\}}")
BREAK = re.compile(r"<br\s*/?>\s*", re.IGNORECASE)
CODE = re.compile(r"<code>(.*)</code>\Z", re.DOTALL | re.IGNORECASE)
LAYOUT = re.compile(beside(__name__)["layout"])
ELEMENT = re.compile(r"<(script|style|textarea|pre)[\s>].*\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in running text, or the display with this index."""

    tex: str
    display: int = -1


@dataclass(frozen=True, slots=True)
class Marked:
    r"""A post with tokens: `m3` stands for formula 3, `r2` for a `\ref`, `b1` and `e1` for the edges of region 1.

    A token is the prefix, a letter, the number and `Z`; `g` and `h` are the edges of a grown part.
    """

    markdown: str
    prefix: str
    formulas: tuple[Formula, ...]
    displays: tuple[Display, ...]
    links: tuple[str, ...]
    regions: tuple[Region, ...]
    macros: dict[str, str]

    @property
    def token(self) -> re.Pattern[str]:
        """Return what matches a token: its letter and its number."""
        return re.compile(rf"{self.prefix}([mrbegh])(\d+)Z")


def mark(post: Post, woven: Woven | None = None) -> Marked:
    """Return a post with tokens; `woven` says what its grown part consists of."""
    prefix = "PWx"
    while prefix in post.text:
        prefix += "x"
    stretches, regions = passages(post, woven)
    marker = _Marker(prefix)
    text = "".join(marker.passage(stretch, index) for index, stretch in enumerate(stretches))
    displays = number_displays([(tex, grown) for tex, grown in marker.displays])
    return Marked(text, prefix, tuple(marker.formulas), displays, tuple(marker.links), regions, marker.macros)


class _Marker:
    """Goes through a post once, and keeps what it replaced."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.formulas: list[Formula] = []
        self.displays: list[tuple[str, bool]] = []
        self.links: list[str] = []
        self.macros: dict[str, str] = {}

    def token(self, letter: str, number: int) -> str:
        return f"{self.prefix}{letter}{number}Z"

    def passage(self, passage: Passage, index: int) -> str:
        """Return a stretch of the post with tokens; a grown one stands between edges of its own."""
        text = passage.text.replace("\r\n", "\n").removeprefix("\ufeff")
        spans = read_post(self.edged(text, passage.marks), "").spans
        body = "".join(self.span(span, passage.grown) for span in spans)
        if not passage.grown:
            return body
        return f"\n\n{self.token('g', index)}\n\n{body}\n\n{self.token('h', index)}\n\n"

    def edged(self, text: str, marks: Sequence[Edge]) -> str:
        lines = text.split("\n")
        out: list[str] = []
        waiting = sorted(marks)
        for number, line in enumerate([*lines, ""], start=1):
            while waiting and waiting[0].line <= number:
                edge = waiting.pop(0)
                letter = "b" if edge.opens else "e"
                out += ["", self.token(letter, edge.region), ""]
            if number <= len(lines):
                out.append(line)
        return "\n".join(out)

    def span(self, span: Span, grown: bool) -> str:
        kind = span.kind
        if kind in (SpanKind.FRONT_MATTER, SpanKind.COMMENT, SpanKind.GROWN):
            return "\n" if span.text.endswith("\n") else ""
        if kind is SpanKind.DISPLAY_MATH:
            return self.formula(span.tex, True, grown)
        if kind is SpanKind.INLINE_MATH:
            return self.formula(span.tex, False, grown)
        if kind is SpanKind.HEADING:
            return self.heading(span.text, grown)
        if kind is SpanKind.HTML:
            return self.html(span.text)
        return LINK.sub(self.link, span.text) if kind is SpanKind.TEXT else span.text

    def formula(self, tex: str, display: bool, grown: bool) -> str:
        """Return the token of a formula; what only defines macros shows nothing."""
        for macro in definitions(tex):
            self.macros.setdefault(macro.name, macro.body)
        tex = without_definitions(tex)
        if not tex.strip():
            return ""
        if only := ONLY_LINK.match(tex):
            return self.link(only)
        display = display or DISPLAY.match(tex) is not None
        if display:
            self.displays.append((tex, grown))
        self.formulas.append(Formula(tex, len(self.displays) - 1 if display else -1))
        return self.token("m", len(self.formulas) - 1)

    def link(self, match: re.Match[str]) -> str:
        self.links.append(match[1].replace("\\_", "_").strip())
        return self.token("r", len(self.links) - 1)

    def heading(self, text: str, grown: bool) -> str:
        inline = Inline(text)
        inline.paragraph(0, len(text))
        out: list[str] = []
        position = 0
        for piece in inline.pieces:
            if piece.kind in (SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH):
                out.append(text[position : piece.start])
                tex = plain_tex(text[piece.inner : piece.inner_end])[0].strip()
                out.append(self.formula(tex, False, grown))
                position = piece.end
        return "".join((*out, text[position:])).rstrip("\n") + "\n\n"

    def html(self, text: str) -> str:
        """Return what stays of an HTML tag: a line break, code, the text of an element; tags for layout vanish."""
        if BREAK.fullmatch(text):
            return " "
        if code := CODE.match(text):
            return f"`` {code[1].strip()} ``" if code[1].strip() else ""
        if ELEMENT.match(text) and "</" in text:
            return "\n"
        return LAYOUT.sub("", text)


def tokens(marked: Marked, text: str) -> Iterator[tuple[str, str, int]]:
    """Yield a text in pieces: ("text", piece, 0), or a token's ("m", "", number)."""
    position = 0
    for match in marked.token.finditer(text):
        if match.start() > position:
            yield "text", text[position : match.start()], 0
        yield match[1], "", int(match[2])
        position = match.end()
    if position < len(text):
        yield "text", text[position:], 0
