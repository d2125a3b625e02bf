"""Say in plain words what a YAML syntax error comes from, and set the text aside so that reading can go on."""

import re
from typing import Any

import yaml

from proofweave.core import Finding, Where, finding_of, say
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
LINES_BACK = 20
"""How far above an error a quote is looked for that was left open."""


Cause = tuple[Finding, str | None]
"""What an error comes from, and the text with it set aside so that the rest can be read (None: not possible)."""


def diagnose(text: str, file: str, error: yaml.YAMLError) -> Cause:
    """Return the cause of a syntax error."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return finding_of("text.yaml-syntax", Where(file)), None
    return _Reader(text, file, error).cause()


class _Reader:
    """Looks at the text around an error; the first explanation that fits is the cause."""

    def __init__(self, text: str, file: str, error: yaml.MarkedYAMLError) -> None:
        self.text = text
        self.file = file
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

    def found(self, name: str, offset: int, repaired: str | None, rule: str = "", **fields: Any) -> Cause:
        """Return a cause at an offset; its rule is called like its words where it has no name of its own."""
        line, column = self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)
        where = Where(self.file, line, column)
        return finding_of(f"text.yaml-{name}", where, rule=rule and f"yaml-{rule}", **fields), repaired

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
        inside = self.text[self.line_start(self.at) : self.at].strip()
        repaired = self.replaced(self.at, self.at + 1, " ") if inside else None
        offset = self.at if inside or self.text[self.at : self.at + 1] == "\t" else self.line_start(self.at)
        return self.found("tab", offset, repaired)

    def quoted(self) -> Cause | None:
        if "quoted scalar" not in self.context:
            return None
        if "end of stream" in self.problem or "document" in self.problem:
            at = self.context_at
            return self.found("quote-open", at, self.set_aside(at), quote=self.text[at])
        whole = DOUBLE_QUOTED.match(self.text, self.context_at)
        backslash = self.text.rfind("\\", self.context_at, self.at + 2)
        if whole is None or backslash < 0:
            return None
        word = re.match(r"\\[A-Za-z]*", self.text[backslash : backslash + 30])
        repaired = self.replaced(whole.start(), whole.end(), whole[0].replace("\\\\", "/").replace("\\", "/"))
        return self.found("escape", backslash, repaired, word=word[0] if word else "")

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
                    at = whole.start()
                    return self.found("quote-runs-on", at, self.set_aside(at), "quote-open", quote=quote)
            start = self.before(start)
        return None

    def full_width_colon(self) -> Cause | None:
        for start in (self.line_start(self.at), self.line_start(self.context_at), self.before(self.at)):
            found = FULL_WIDTH.match(self.text, start) if start >= 0 else None
            if found and ":" not in found["value"][:1]:
                repaired = self.replaced(found.end("key"), found.start("value"), ": ")
                colon = self.text.index("：", found.end("key"))
                return self.found("full-width-colon", colon, repaired, key=found["key"])
        return None

    def missing_space(self) -> Cause | None:
        if "':'" not in self.problem and "mapping values" not in self.problem:
            return None
        for start in (self.line_start(self.context_at), self.before(self.at)):
            found = NO_SPACE.match(self.text, start) if start >= 0 else None
            if found:
                key, value = found["key"], found["value"][:20]
                repaired = self.replaced(found.start("value"), found.start("value"), " ")
                return self.found("colon-space", found.end("key"), repaired, key=key, value=value)
        return None

    def quote_ends_early(self) -> Cause | None:
        line = self.first(self.at)
        quote = QUOTED.match(line["value"])
        if quote is None or not line.start("value") + quote.end() <= self.at < line.end("value"):
            return None
        start, rule = line.start("value"), "quote-ends-early"
        name = f"single-{rule}" if line["value"][0] == "'" else rule
        return self.found(name, start + quote.end(), self.set_aside(start), rule)

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
        return self.found("indicator", start, self.set_aside(start), mark=value[0])

    def brackets(self) -> Cause | None:
        """Explain what stands unquoted inside {…} or […]."""
        if "flow" not in self.context:
            return None
        opening = self.text[self.context_at : self.context_at + 1] or "{"
        closing = {"{": "}", "[": "]"}.get(opening, "}")
        start = min(self.first(self.context_at).start("value"), self.context_at)
        if self.line_start(self.at) != self.line_start(self.context_at):
            name, offset, found = "brackets-open", self.context_at, ""
        else:
            name, offset = "brackets", self.at
            found = self.text[offset : offset + 1].strip() or say("text.line-end")
        repaired = self.set_aside(start)
        return self.found(name, offset, repaired, "brackets", found=found, opening=opening, closing=closing)

    def colon(self) -> Cause | None:
        if "mapping values" not in self.problem:
            return None
        line = self.first(self.at)
        key = line["key"]
        if key is None or line.start("value") > self.at:
            return None
        return self.found("colon-splits", self.at, self.set_aside(line.start("value")), key=key)

    def comment(self) -> Cause | None:
        """Explain a text of several lines that a comment ended."""
        start = self.before(self.at)
        if start < 0 or (cut := self.text.find(" #", start, self.line_end(start))) < 0:
            return None
        if self.text[start : self.line_end(start)].lstrip().startswith("#") or "block" not in self.context:
            return None
        repaired = self.replaced(self.line_start(self.at), self.line_end(self.at), "")
        return self.found("comment-ends", cut + 1, repaired, "comment-cuts")

    def line_without_key(self) -> Cause | None:
        if "could not find expected ':'" not in self.problem:
            return None
        start = self.line_start(self.context_at)
        line = self.first(start)
        repaired = self.replaced(start, line.end(), "")
        return self.found("no-key", line.start("value"), repaired, line=line["value"][:30])

    def indentation(self) -> Cause:
        line = self.first(self.at)
        name = "ends-early" if self.at >= len(self.text) else "indentation"
        return self.found(name, self.at, None, "indentation", line=(line["key"] or line["value"])[:30])
