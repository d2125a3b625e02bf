"""Find the formulas, code and tags inside a paragraph of Markdown."""

import re
from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from proofweave.core import SpanKind
from proofweave.text.tex import DISPLAY_ENVIRONMENTS, unstarred

PREFIX = r"(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"
"""What may stand before a fence or a display on its line: quote marks and a list marker."""

HARD = re.compile(
    rf"""
    ^(?:
        (?:[ \t]*>)*[ \t]*\r?$                              # blank, in a quote too
        | [ ]{{0,3}}\#{{1,6}}(?:[ \t]|\r?$)                 # a heading
        | {PREFIX}(?:`{{3,}}[^`\n]*$|~{{3,}})               # a fence
        | [ ]{{0,3}}(?:<!--|<(?i:pre|script|style|textarea)(?=[\s>]))
    )
    """,
    re.MULTILINE | re.VERBOSE,
)
"""A line that ends a paragraph."""

TOKEN = re.compile(
    r"""
    \\begin\{(?P<name>[A-Za-z]+)(?:\\?\*)?\}
    | (?P<bracket>\\\\?[\[(])
    | \\.
    | (?P<dollar>\$\$?)
    | (?P<ticks>`+)
    | \]\((?!\$)(?:\\.|[^\\\s()]|\([^\s()]*\))*+(?=\)|[ \t]+")     # where a link leads: addresses hold no formulas
    | <[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>
    | (?P<tag><(?=[A-Za-z/!]))
    """,
    re.DOTALL | re.VERBOSE,
)
EDGE = re.compile(r"\\(begin|end)\{([A-Za-z]+)(?:\\?\*)?\}")
DISPLAY_END = re.compile(r"(?:[^$\\]|\\.|\$(?!\$))*+\$\$", re.DOTALL)
INLINE = re.compile(r"(?:[^$\\`]|\\.)*+", re.DOTALL)
TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>")
TICKS = re.compile(r"`+")
EVIDENCE = re.compile(r"[\\^_={]")
PROSE = re.compile(
    r"[，。；：、！？]|(?<![A-Za-z])[A-Za-z]{2,}[ \n][A-Za-z]{2}|^\d[\d.,]*(?:\s.*)?\s$|^\d.*[\u3400-\u9fff]", re.DOTALL
)
TEX_LINE = re.compile(r"[ \t]*\r?(?:\n|\Z)|[^\n\\]*+\\[A-Za-z]")
LINE_END = re.compile(r"[ \t]*(?:\r?\n|\Z)")
STRAY = re.compile(r"\\[A-Za-z]|[\^_]")
CJK = re.compile(r"[\u3400-\u9fff]")
FORMULA = re.compile(r"[\\^_=+*/<>-]|^\s*[A-Za-z0-9]\s*$")
QUOTES = re.compile(r"[ \t]*>(?:[ \t]*>)*")
LOOK_BACK = 80
"""How many characters of a line are looked at for its beginning; more quote marks are no post."""

LINE_START = re.compile(rf"(?:^|(?<=\n)|\ufeff){PREFIX}\Z")
TABLE_ROW = re.compile(r"(?:[ \t]*>)*[ \t]*\|")


class Piece(NamedTuple):
    """A span by its offsets: `inner`…`inner_end` is what stands between its delimiters."""

    kind: SpanKind
    start: int
    end: int
    inner: int
    inner_end: int
    closed: bool = True


class Next:
    """The next match of a pattern from a position on; positions asked for never decrease, so all of it is linear."""

    def __init__(self, pattern: str, text: str) -> None:
        self.matches = re.compile(pattern, re.MULTILINE)
        self.text = text
        self.found: re.Match[str] | None = None
        self.asked = -1

    def at(self, position: int) -> int:
        """Return where the next match starts, or the text's length + 1 where there is none."""
        if self.asked < 0 or (self.found is not None and self.found.start() < position):
            self.found = self.matches.search(self.text, position)
            self.asked = position
        return len(self.text) + 1 if self.found is None else self.found.start()


class Inline:
    """Reads the paragraphs of one text, from its start to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nexts: dict[str, Next] = {}
        self.pieces: list[Piece] = []
        self.end = 0
        self.ticks: dict[int, list[int]] = {}

    def next(self, pattern: str, position: int) -> int:
        """Return where `pattern` next matches; each pattern must be asked for in order."""
        if pattern not in self.nexts:
            self.nexts[pattern] = Next(pattern, self.text)
        return self.nexts[pattern].at(position)

    def paragraph(self, start: int, end: int) -> int:
        """Read one paragraph; return where it ends, which is later where a display holds a blank line."""
        self.end = end
        self.ticks = {}
        position = start
        while position < self.end:
            token = TOKEN.search(self.text, position, self.end)
            if token is None:
                break
            piece = self.piece(token)
            if piece is None:
                position = token.end()
            else:
                self.pieces.append(piece)
                position = piece.end
                self.end = max(self.end, piece.end)
        return self.end

    def piece(self, token: re.Match[str]) -> Piece | None:
        """Return what a token opens; None where it is an ordinary character."""
        if token["name"]:
            return self.environment(token) if token["name"] in DISPLAY_ENVIRONMENTS else None
        if token["bracket"]:
            return self.bracket(token)
        if token["dollar"] == "$$":
            return self.display(token.start())
        if token["dollar"]:
            return self.inline(token.start())
        if token["ticks"]:
            return self.code(token.start(), len(token["ticks"]))
        return self.tag(token.start()) if token["tag"] else None

    def environment(self, token: re.Match[str]) -> Piece:
        r"""Match a raw `\begin{…}` with its `\end{…}`, over a blank line only where nothing else opens between."""
        name, start = token["name"], token.start()
        depth = 0
        for edge in EDGE.finditer(self.text, start, self.end):
            if unstarred(edge[2]) == name:
                depth += 1 if edge[1] == "begin" else -1
                if depth == 0:
                    return _display(start, edge.end(), 0)
        if depth == 1:
            ending = self.next(rf"\\end\{{{name}\\?\*?\}}", self.end)
            if ending < self.next(rf"\\begin\{{{name}\\?\*?\}}", self.end) and self.crosses(ending):
                return _display(start, self.text.index("}", ending) + 1, 0)
        return self.unclosed(start, 0)

    def display(self, start: int) -> Piece | None:
        """Match `$$` with the next one of its paragraph, or with one alone on its line after blank lines."""
        ending = DISPLAY_END.match(self.text, start + 2, self.end)
        if ending is not None:
            return _display(start, ending.end(), 2)
        closing = self.next(r"\$\$", self.end)
        if "$" not in self.text[start + 2 : self.end] and self.crosses(closing):
            return _display(start, closing + 2, 2)
        if self.opens_line(start) or EVIDENCE.search(self.text, start + 2, self.end):
            return self.unclosed(start, 2)
        return None

    def crosses(self, closing: int) -> bool:
        """Return whether only formula and blank lines lie between the paragraph's end and a closing delimiter."""
        text = self.text
        if closing > len(text) or closing >= self.next(r"^[ ]{0,3}(?:#{1,6}[ \t]|<|`{3}|~{3})", self.end):
            return False
        return not (CJK.search(text, self.end, closing) or text.find("$", self.end, closing) >= 0)

    def opens_line(self, position: int) -> bool:
        """Return whether only quote marks, white space and a list marker stand before a position on its line."""
        return LINE_START.search(self.text, max(0, position - LOOK_BACK), position) is not None

    def unclosed(self, start: int, width: int) -> Piece:
        """Return a display that nothing closes: it takes the rest of its paragraph."""
        end = max(self.end, start + width)
        return Piece(SpanKind.DISPLAY_MATH, start, end, start + width, end, closed=False)

    def inline(self, start: int) -> Piece | None:
        """Match `$` with the next one of its paragraph, where what lies between is a formula and not a price."""
        text = self.text
        content = matched(INLINE, text, start + 1, self.end)
        end = start + 2 + len(content)
        if end > self.end or text[end - 1] != "$":
            return self.stray(start) if end > self.end else None
        if not _is_formula(content, text[end : end + 1]):
            return None
        kind = SpanKind.INLINE_MATH
        if "\n" in content:
            if TABLE_ROW.match(text, text.rfind("\n", 0, start) + 1):
                return None
            own_line = not content[: content.index("\n")].strip() and not content[content.rindex("\n") :].strip(
                " \t\r\n>"
            )
            if own_line and self.opens_line(start):
                kind = SpanKind.DISPLAY_MATH
        return Piece(kind, start, end, start + 1, end - 1)

    def stray(self, start: int) -> Piece | None:
        """Return unclosed math for a last `$` that TeX follows; any other `$` is a character."""
        after = self.text[start + 1 : start + 2]
        if after.isspace() or after.isdigit() or not STRAY.search(self.text, start, self.end):
            return None
        return Piece(SpanKind.INLINE_MATH, start, self.end, start + 1, self.end, closed=False)

    def bracket(self, token: re.Match[str]) -> Piece | None:
        r"""Match `\[…\]` or `\(…\)`, also with html2text's backslash; a mere escaped bracket is text."""
        opening, start = token["bracket"], token.start()
        display = opening.endswith("[")
        backslashes = len(opening) - 1
        closer = "]" if display else ")"
        closing = self.next(rf"(?<!\\)\\{{{backslashes}}}\{closer}", token.end())
        reopened = self.next(rf"(?<!\\)\\{{{backslashes}}}\{opening[-1]}", token.end())
        if closing < reopened and closing < self.end:
            content = self.text[token.end() : closing]
            end = closing + len(opening)
            alone = display and LINE_END.match(self.text, end) and self.opens_line(start)
            if alone or FORMULA.search(content):
                kind = SpanKind.DISPLAY_MATH if display else SpanKind.INLINE_MATH
                return Piece(kind, start, end, token.end(), closing)
        unclosed = display and closing >= self.end and self.opens_line(start)
        if unclosed and TEX_LINE.match(self.text, token.end(), self.end):
            return self.unclosed(start, len(opening))
        return None

    def code(self, start: int, width: int) -> Piece | None:
        """Match a run of backticks with the next run as long."""
        if not self.ticks:
            found = defaultdict(list)
            for run in TICKS.finditer(self.text, start, self.end):
                found[len(run.group())].append(run.start())
            self.ticks = dict(found)
        runs = self.ticks.get(width, [])
        index = bisect_left(runs, start + width)
        if index == len(runs):
            return None
        return Piece(SpanKind.INLINE_CODE, start, runs[index] + width, start + width, runs[index])

    def tag(self, start: int) -> Piece | None:
        """Match an HTML tag, an inline `<code>…</code>` or a comment."""
        text = self.text
        if text.startswith("<!--", start):
            ending = self.next("-->", start + 2)
            end = ending + 3
            return Piece(SpanKind.COMMENT, start, end, start, end) if end <= self.end else None
        tag = TAG.match(text, start, self.end)
        if tag is None:
            return None
        end = tag.end()
        if text[start + 1 : start + 5].lower() == "code" and (closing := self.next("(?i)</code>", end)) < self.end:
            end = closing + len("</code>")
        return Piece(SpanKind.HTML, start, end, start, end)


def _display(start: int, end: int, width: int) -> Piece:
    return Piece(SpanKind.DISPLAY_MATH, start, end, start + width, end - width)


def _is_formula(content: str, after: str) -> bool:
    if not content.strip():
        return False
    if EVIDENCE.search(content):
        return True
    return not (after.isdigit() or PROSE.search(content))


def matched(pattern: re.Pattern[str], text: str, start: int, end: int) -> str:
    """Return what a pattern matches at a place of a text, "" where it does not."""
    match = pattern.match(text, start, end)
    return match.group() if match else ""
