"""Say in plain words what a YAML syntax error comes from, and set the text aside so that reading can go on."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from proofweave.core.types import Finding, Severity, Where
from proofweave.text.yaml.nodes import BROKEN

PLACEHOLDER = f"'{BROKEN}'"
FIRST = re.compile(r"(?P<lead>[ \t]*(?:-[ \t]+)*)(?:(?P<key>[^\s:'\"{\[#][^:\n]*?)[ \t]*:[ \t]+)?(?P<value>[^\n]*)")
FULL_WIDTH = re.compile(r"(?P<lead>[ \t]*(?:-[ \t]+)*)(?P<key>[A-Za-z_]\w*)[ \t]*：[ \t]*(?P<value>[^\n]*)")
NO_SPACE = re.compile(r"(?P<lead>[ \t]*(?:-[ \t]+)*)(?P<key>[A-Za-z_]\w*):(?=[^\s/])(?P<value>[^\n]*)")
TAB = re.compile(r"^[ ]*\t", re.MULTILINE)
DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
SINGLE_QUOTED = re.compile(r"'(?:[^']|'')*'")
QUOTED = re.compile(r"""'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*\"""")
INDICATORS = "@`%|>*&!{[]},?-\"'"
SINGLE = "put the text in single quotes"
BLOCK = "write the text as a |- block"
LINES_BACK = 20
"""How far above an error a quote is looked for that was left open."""


class Cause(NamedTuple):
    """What an error comes from: rule, offset, words, and the text with which to read on (None: not possible)."""

    rule: str
    offset: int
    what: str
    expected: str
    fix: str
    repaired: str | None


def diagnose(text: str, file: str, error: yaml.YAMLError) -> tuple[Finding, str | None]:
    """Return the finding for a syntax error, and the text with its cause set aside so that the rest can be read."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Finding("yaml-syntax", Severity.ERROR, Where(file), "this is not YAML", "an outline in YAML"), None
    cause = _Reader(text, error).cause()
    where = Where(file).after(text[: cause.offset])
    return Finding(cause.rule, Severity.ERROR, where, cause.what, cause.expected, cause.fix), cause.repaired


class _Reader:
    """Looks at the text around an error; the first explanation that fits is the cause."""

    def __init__(self, text: str, error: yaml.MarkedYAMLError) -> None:
        self.text = text
        bom = text.startswith("\ufeff")
        assert error.problem_mark is not None
        self.at = error.problem_mark.index + bom
        self.context_at = error.context_mark.index + bom if error.context_mark else self.at
        self.context = error.context or ""
        self.problem = error.problem or ""

    def cause(self) -> Cause:
        return (
            self.tab()
            or self.quoted()
            or self.quote_runs_on()
            or self.full_width_colon()
            or self.missing_space()
            or self.quote_ends_early()
            or self.indicator()
            or self.brackets()
            or self.colon()
            or self.comment()
            or self.line_without_key()
            or self.indentation()
        )

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def before(self, offset: int) -> int:
        """Return the start of the last line with something on it before the line of an offset, or -1."""
        start = self.line_start(offset)
        while start > 0:
            start = self.line_start(start - 1)
            if self.text[start : self.line_end(start)].strip():
                return start
        return -1

    def first(self, offset: int) -> re.Match[str]:
        """Return lead, key and value of the line of an offset."""
        found = FIRST.match(self.text, self.line_start(offset))
        assert found is not None
        return found

    def replaced(self, start: int, end: int, by: str) -> str:
        return self.text[:start] + by + self.text[end:]

    def set_aside(self, start: int) -> str:
        """Return the text with a broken scalar from `start` to the end of its line."""
        return self.replaced(start, self.line_end(start), PLACEHOLDER)

    def tab(self) -> Cause | None:
        if self.text[self.at : self.at + 1] != "\t" and not TAB.match(self.text, self.line_start(self.at)):
            return None
        what, fix = "a tab stands where YAML wants spaces", "replace the tab by spaces"
        inside = self.text[self.line_start(self.at) : self.at].strip()
        repaired = self.replaced(self.at, self.at + 1, " ") if inside else None
        offset = self.at if inside or self.text[self.at : self.at + 1] == "\t" else self.line_start(self.at)
        return Cause("yaml-tab", offset, what, "spaces", fix, repaired)

    def quoted(self) -> Cause | None:
        if "quoted scalar" not in self.context:
            return None
        if "end of stream" in self.problem or "document" in self.problem:
            quote = self.text[self.context_at]
            what = f"the quote {quote} is never closed"
            repaired = self.set_aside(self.context_at)
            return Cause(
                "yaml-quote-open", self.context_at, what, f"a closing {quote}", "close it, or " + BLOCK, repaired
            )
        whole = DOUBLE_QUOTED.match(self.text, self.context_at)
        backslash = self.text.rfind("\\", self.context_at, self.at + 2)
        if whole is None or backslash < 0:
            return None
        word = re.match(r"\\[A-Za-z]*", self.text[backslash : backslash + 30])
        what = f"in double quotes a backslash starts an escape, and '{word[0] if word else ''}' is none"
        repaired = self.replaced(whole.start(), whole.end(), whole[0].replace("\\\\", "/").replace("\\", "/"))
        fix = "put TeX in single quotes, or write several lines as a |- block"
        return Cause("yaml-escape", backslash, what, "", fix, repaired)

    def quote_runs_on(self) -> Cause | None:
        """Explain text right behind a quote that opened in an earlier line: that one was never meant to be open."""
        start = self.before(self.at)
        for _ in range(LINES_BACK):
            if start < 0:
                break
            line = self.first(start)
            quote = line["value"][:1]
            if quote and quote in "'\"":
                pattern = SINGLE_QUOTED if quote == "'" else DOUBLE_QUOTED
                whole = pattern.match(self.text, line.start("value"))
                if whole and "\n" in whole[0] and whole.end() <= self.at <= whole.end() + 1:
                    what = f"the quote {quote} is not closed in its line"
                    fix = f"close it, or {BLOCK}"
                    repaired = self.set_aside(whole.start())
                    return Cause("yaml-quote-open", whole.start(), what, f"a closing {quote}", fix, repaired)
            start = self.before(start)
        return None

    def full_width_colon(self) -> Cause | None:
        for start in (self.line_start(self.at), self.line_start(self.context_at), self.before(self.at)):
            found = FULL_WIDTH.match(self.text, start) if start >= 0 else None
            if found and ":" not in found["value"][:1]:
                what = f"'{found['key']}：' has a full-width colon"
                repaired = self.replaced(found.end("key"), found.start("value"), ": ")
                colon = self.text.index("：", found.end("key"))
                return Cause("yaml-full-width-colon", colon, what, "':' and a space", f"{found['key']}: …", repaired)
        return None

    def missing_space(self) -> Cause | None:
        if "':'" not in self.problem and "mapping values" not in self.problem:
            return None
        for start in (self.line_start(self.context_at), self.before(self.at)):
            found = NO_SPACE.match(self.text, start) if start >= 0 else None
            if found:
                what = f"'{found['key']}:' has no space after the colon"
                repaired = self.replaced(found.start("value"), found.start("value"), " ")
                fix = f"{found['key']}: {found['value'][:20]}"
                return Cause("yaml-colon-space", found.end("key"), what, "':' and a space", fix, repaired)
        return None

    def quote_ends_early(self) -> Cause | None:
        line = self.first(self.at)
        quote = QUOTED.match(line["value"])
        if quote is None or not line.start("value") + quote.end() <= self.at < line.end("value"):
            return None
        what = f"the text ends at its second {line['value'][0]}, and more follows"
        fix = BLOCK + (", or write '' for a quote inside" if line["value"][0] == "'" else "")
        repaired = self.set_aside(line.start("value"))
        return Cause(
            "yaml-quote-ends-early", line.start("value") + quote.end(), what, "the end of the line", fix, repaired
        )

    def indicator(self) -> Cause | None:
        """Explain a text whose first character means something to YAML."""
        line = self.first(self.at)
        value = line["value"]
        start = line.start("value")
        if not value or value[0] not in INDICATORS or value[0] in "'\"" or self.at < start:
            return None
        if value[0] in "{[":
            closed = "block" in self.context and self.at > start
            if not closed:
                return None
        elif self.at > start + 3:
            return None
        what = f"a text cannot start with '{value[0]}': YAML gives it a meaning of its own"
        return Cause("yaml-indicator", start, what, "quoted text", f"{SINGLE}, or {BLOCK}", self.set_aside(start))

    def brackets(self) -> Cause | None:
        """Explain what stands unquoted inside {…} or […]."""
        if "flow" not in self.context:
            return None
        opening = self.text[self.context_at : self.context_at + 1] or "{"
        closing = {"{": "}", "[": "]"}.get(opening, "}")
        line = self.first(self.context_at)
        if self.line_start(self.at) != self.line_start(self.context_at):
            what = f"'{opening}' is not closed in its line"
            offset = self.context_at
        else:
            found = self.text[self.at : self.at + 1].strip() or "the end of the line"
            what = f"'{found}' breaks the text inside '{opening}'"
            offset = self.at
        fix = f"put each text inside {opening}…{closing} in single quotes"
        start = line.start("value") if line.start("value") <= self.context_at else self.context_at
        return Cause("yaml-brackets", offset, what, f"',' or '{closing}'", fix, self.set_aside(start))

    def colon(self) -> Cause | None:
        if "mapping values" not in self.problem:
            return None
        line = self.first(self.at)
        key = line["key"]
        if key is None or line.start("value") > self.at:
            return None
        what = f"': ' splits the text of '{key}'"
        repaired = self.set_aside(line.start("value"))
        return Cause("yaml-colon-splits", self.at, what, "one text", f"{SINGLE}: {key}: '…'", repaired)

    def comment(self) -> Cause | None:
        """Explain a text of several lines that a comment ended."""
        start = self.before(self.at)
        if start < 0 or (cut := self.text.find(" #", start, self.line_end(start))) < 0:
            return None
        if self.text[start : self.line_end(start)].lstrip().startswith("#") or "block" not in self.context:
            return None
        what = "' #' starts a comment, which ends the text; the next line has nothing to belong to"
        repaired = self.replaced(self.line_start(self.at), self.line_end(self.at), "")
        return Cause("yaml-comment-cuts", cut + 1, what, "the whole text", f"{SINGLE}, or {BLOCK}", repaired)

    def line_without_key(self) -> Cause | None:
        if "could not find expected ':'" not in self.problem:
            return None
        start = self.line_start(self.context_at)
        line = self.first(start)
        what = f"'{line['value'][:30]}' is a line without a key"
        fix = f"indent it as part of the text above, or {BLOCK}"
        return Cause("yaml-no-key", line.start("value"), what, "'key: text'", fix, self.replaced(start, line.end(), ""))

    def indentation(self) -> Cause:
        line = self.first(self.at)
        what = f"'{(line['key'] or line['value'])[:30]}' does not fit the lines above"
        if self.at >= len(self.text):
            what = "the text ends too early"
        expected = "keys of one block, and dashes of one list, in one column"
        return Cause("yaml-indentation", self.at, what, expected, "correct the spaces at the start of the line", None)
