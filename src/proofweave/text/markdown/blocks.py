"""Cut a Markdown text into headings, code, comments and paragraphs, and hand the paragraphs to `markdown_inline`."""

import re

from proofweave.core import SpanKind
from proofweave.text.markdown.inline import HARD, PREFIX, Inline, Piece, matched

BEGIN = "<!-- proofweave:begin"
END = "<!-- proofweave:end -->"

BLANK = re.compile(r"(?:[ \t]*+\r?\n)++")
HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?=[ \t]|\r?(?:\n|\Z))([^\n]*)(?:\n|\Z)")
FENCE = re.compile(rf"(?P<prefix>{PREFIX})(?P<run>`{{3,}}(?=[^`\n]*(?:\n|\Z))|~{{3,}})[^\n]*(?:\n|\Z)")
COMMENT = re.compile(r"[ ]{0,3}(?=<!--)")
RAW = re.compile(r"[ ]{0,3}(?=<(pre|script|style|textarea)[\s>])", re.IGNORECASE)
LIST_ITEM = re.compile(r"^(?:[ \t]*>)*([ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}|(?=\r?$)))", re.MULTILINE)
INDENTED = re.compile(r"(?:(?:[ \t]*+\r?\n)*+(?: {4}| {0,3}\t)[ \t]*+[^\s][^\n]*(?:\n|\Z))++")
NEWLINE = re.compile(r"\r?\n")
INDENT = re.compile(r"[ \t]*")
FRONT = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>(?:(?!(?:---|\.\.\.)[ \t]*\r?$)[^\n]*\n)*+)(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)",
    re.MULTILINE,
)
FRONT_LINE = re.compile(r"[ \t]*\r?\Z|[ \t]+\S|#|- |[\w-]+[ \t]*:(?:\s|\Z)")


class Blocks:
    """Reads one text from its start to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.inline = Inline(text)
        self.pieces = self.inline.pieces
        self.list_indent = 0

    def read(self) -> list[Piece]:
        """Return every span that is not plain text, in order."""
        position = self.front_matter()
        size = len(self.text)
        while position < size:
            midline = position > 0 and self.text[position - 1] not in "\n\ufeff"
            position = self.paragraph(position) if midline else self.block(position)
        return self.pieces

    def add(self, kind: SpanKind, start: int, end: int, closed: bool = True) -> int:
        """Keep a span, and return where it ends."""
        self.pieces.append(Piece(kind, start, end, start, end, closed))
        return end

    def front_matter(self) -> int:
        """Return where the front matter ends; a text that merely starts with a rule has none."""
        front = FRONT.match(self.text)
        if front is None or not all(FRONT_LINE.match(line) for line in front["body"].split("\n")):
            return 1 if self.text.startswith("\ufeff") else 0
        return self.add(SpanKind.FRONT_MATTER, 0, front.end())

    def block(self, position: int) -> int:
        """Read one block; return where it ends."""
        text = self.text
        if blank := BLANK.match(text, position):
            return blank.end()
        if heading := HEADING.match(text, position):
            self.list_indent = 0
            return self.add(SpanKind.HEADING, position, heading.end())
        if indented := self.indented_code(position):
            return indented
        if fence := FENCE.match(text, position):
            return self.fence(fence)
        if comment := COMMENT.match(text, position):
            return self.comment(comment.end())
        if raw := RAW.match(text, position):
            closing = self.inline.next(rf"(?i)</{raw[1].lower()}\s*>", raw.end())
            if closing > len(text):
                return self.add(SpanKind.HTML, raw.end(), len(text), closed=False)
            return self.add(SpanKind.HTML, raw.end(), text.index(">", closing) + 1)
        return self.paragraph(position)

    def indented_code(self, position: int) -> int:
        """Return where the indented code at a position ends, 0 if there is none; in a list it is four deeper."""
        if not self.list_indent:
            code = INDENTED.match(self.text, position)
            return self.add(SpanKind.CODE, position, code.end()) if code else 0
        indent = len(matched(INDENT, self.text, position, len(self.text)).expandtabs(4))
        if indent < self.list_indent + 4:
            return 0
        end = self.text.find("\n", position) + 1 or len(self.text)
        return self.add(SpanKind.CODE, position, end)

    def fence(self, fence: re.Match[str]) -> int:
        """Return where a fence ends: at its closing line, at its quote's end or, unclosed, at the end of the text."""
        text, start = self.text, fence.start("run")
        limit = len(text)
        if ">" in fence["prefix"]:
            limit = min(limit, self.inline.next(r"^(?![ \t]*>)", fence.end()))
        mark, width = fence["run"][0], len(fence["run"])
        closing = re.compile(rf"^(?:[ \t]*>)*[ \t]*{mark}{{{width},}}[ \t]*\r?$", re.MULTILINE)
        found = closing.search(text, fence.end(), limit)
        if found is None:
            return self.add(SpanKind.CODE, start, limit, closed=False)
        return self.add(SpanKind.CODE, start, found.end())

    def comment(self, start: int) -> int:
        """Return where a comment, or a grown part between its markers, ends."""
        text = self.text
        if text.startswith(BEGIN, start):
            end = self.inline.next(re.escape(END), start)
            if end <= len(text):
                end += len(END)
                newline = NEWLINE.match(text, end)
                return self.add(SpanKind.GROWN, start, newline.end() if newline else end)
        end = self.inline.next("-->", start + 2) + 3
        if end > len(text):
            return self.add(SpanKind.COMMENT, start, len(text), closed=False)
        return self.add(SpanKind.COMMENT, start, end)

    def paragraph(self, start: int) -> int:
        """Read the lines up to the next block, and keep how deep their last list item is."""
        text = self.text
        line_end = text.find("\n", start) + 1 or len(text)
        hard = HARD.search(text, line_end)
        end = hard.start() if hard else len(text)
        items = LIST_ITEM.findall(text, start, end)
        if items:
            self.list_indent = len(items[-1].expandtabs(4))
        elif not matched(INDENT, text, start, end):
            self.list_indent = 0
        return self.inline.paragraph(start, end)
