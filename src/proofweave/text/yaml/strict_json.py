"""Read JSON with positions into the nodes YAML gives, so that hand-written recordings get located findings."""

import bisect
import re
from collections.abc import Iterator
from typing import Any

from proofweave.core import Finding, FindingsError, Where, finding_of, say
from proofweave.text.yaml.nodes import UNPRINTABLE, ListNode, MapNode, Node, ScalarNode

MAX_DEPTH = 40

TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<word>[-+.\w]+)|(?P<other>"[^\n]*|[^\s]))'
)
LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
HIDDEN = re.compile(UNPRINTABLE.pattern + r"|[\t\r]")
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
NEWLINES = re.compile(r"(?:\\n)*")
HALF = re.compile("[\ud800-\udfff]")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def read_json_nodes(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    r"""Return the root of a JSON document and its problems; no root where it cannot be read.

    Strings are scalars of style `"`, the rest plain ones. Where JSON would turn TeX into a control character (`\nabla`,
    `\theta`, `\beta`, `\frac`, `\rho`), that is an error: `\n` only ends a string, and others are written as `\u0009`.
    """
    reader = _Reader(text, file)
    try:
        root = reader.document()
    except FindingsError as error:
        return None, (*reader.findings, *error.findings)
    return root, tuple(sorted(reader.findings, key=lambda finding: finding.where))


def _allowed(escape: re.Match[str]) -> bool:
    r"""Tell whether an escape is one of `\" \\ \/ \u0000`, or a `\n` at the end of its string."""
    code = escape[1]
    if code == "n":
        return NEWLINES.fullmatch(escape.string, escape.end()) is not None
    return code in '"\\/' or len(code) == 5


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) == 5 else "\n" if code == "n" else code


class _Reader:
    """Reads one document."""

    def __init__(self, text: str, file: str) -> None:
        self.bom = text.startswith("\ufeff")
        self.text = text
        self.file = file
        self.at = int(self.bom)
        self.starts = [match.end() for match in re.finditer("\n", text)]
        self.findings: list[Finding] = []

    def where(self, offset: int) -> Where:
        line = bisect.bisect_right(self.starts, offset)
        start = self.starts[line - 1] if line else int(self.bom)
        return Where(self.file, line + 1, offset - start + 1)

    def report(self, name: str, offset: int, rule: str = "", **fields: Any) -> None:
        self.findings.append(finding_of(f"text.{name}", self.where(offset), rule=rule, **fields))

    def stop(self, offset: int, name: str, **fields: Any) -> FindingsError:
        return FindingsError([finding_of(f"text.json-{name}", self.where(offset), rule="json-syntax", **fields)])

    def token(self) -> re.Match[str] | None:
        found = TOKEN.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def document(self) -> Node:
        root = self.value(0)
        token = self.token()
        if token is not None:
            raise self.stop(token.start(token.lastgroup or 0), "after-end")
        return root

    def value(self, depth: int, key: bool = False) -> Node:
        """Read a value that stands `depth` objects and arrays deep, or what stands where a `key` should."""
        token = self.token()
        if token is None:
            raise self.stop(len(self.text), "ends-early" if depth else "missing")
        start, mark = token.start(token.lastgroup or 0), token["mark"]
        if mark is None:
            return self.scalar(token, start)
        if mark not in "{[":
            raise self.stop(start, "not-value", mark=mark)
        if key:
            raise self.stop(start, "not-key", mark=mark)
        if depth == MAX_DEPTH:
            raise self.stop(start, "nested", most=MAX_DEPTH)
        if mark == "[":
            return ListNode(tuple(self.value(depth + 1) for _ in self.steps("]")), self.where(start), flow=True)
        return MapNode(tuple(self.entries(depth + 1)), self.where(start), flow=True)

    def steps(self, closing: str) -> Iterator[None]:
        """Yield where each item of an object or array stands, and step over the commas and the end."""
        if self.closes(closing):
            return
        while True:
            yield
            token = self.token()
            start = token.start(token.lastgroup or 0) if token else len(self.text)
            mark = token["mark"] if token else None
            if mark == closing:
                return
            if mark != ",":
                shown = token[0].strip()[:20] if token else say("text.end")
                raise self.stop(start, "no-comma", found=shown, closing=closing)
            if self.closes(closing):
                raise self.stop(start, "last-comma", closing=closing)

    def closes(self, closing: str) -> bool:
        """Tell whether the end of an object or array is next, and step over it."""
        token = TOKEN.match(self.text, self.at)
        if token is None or token["mark"] != closing:
            return False
        self.at = token.end()
        return True

    def entries(self, depth: int) -> Iterator[tuple[ScalarNode, Node]]:
        """Yield the keys of an object with their values; of a key that is there twice, the first."""
        seen: dict[str, Where] = {}
        for _ in self.steps("}"):
            key = self.value(depth, key=True)
            if not isinstance(key, ScalarNode) or key.style != '"':
                raise FindingsError([finding_of("text.json-bare-key", key.where, rule="json-syntax")])
            token = self.token()
            if token is None or token["mark"] != ":":
                raise self.stop(key.end, "no-colon", key=key.value[:20])
            value = self.value(depth)
            if key.value not in seen:
                seen[key.value] = key.where
                yield key, value
                continue
            line = seen[key.value].line
            self.findings.append(finding_of("text.json-duplicate-key", key.where, key=key.value, line=line))

    def scalar(self, token: re.Match[str], start: int) -> ScalarNode:
        where = self.where(start)
        if token["string"] is not None:
            return ScalarNode(self.string(token["string"], start), where, '"', start, token.end())
        word = token["word"]
        if word is not None and LITERAL.fullmatch(word):
            return ScalarNode(word, where, "", start, token.end())
        if token["other"] is not None and token["other"].startswith('"'):
            raise self.stop(start, "open-string")
        raise self.stop(start, "no-value", found=(word or token["other"])[:20])

    def string(self, written: str, start: int) -> str:
        """Return what a string says; an escape that is not allowed is reported, and stands for itself."""
        body = written[1:-1]
        hidden = HIDDEN.search(body)
        if hidden is not None:
            codes = {"code": f"{ord(hidden[0]):04X}", "escape": f"\\u{ord(hidden[0]):04x}"}
            self.report("json-control-character", start + 1 + hidden.start(), **codes)
            body = HIDDEN.sub("?", body)
        if "\\" not in body:
            return body
        bad = next((escape for escape in ESCAPE.finditer(body) if not _allowed(escape)), None)
        if bad is not None:
            self.refuse_escape(body, bad.start(), start)
        value = ESCAPE.sub(lambda escape: _unescaped(escape) if _allowed(escape) else escape[0], body)
        value = PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), value)
        half = HALF.search(value)
        if half is not None:
            self.report("json-half", start, "json-escape", escape=f"\\u{ord(half[0]):04x}")
            value = HALF.sub("?", value)
        return value

    def refuse_escape(self, body: str, offset: int, start: int) -> None:
        word = re.match(r"\\[A-Za-z]*", body[offset:])
        shown = word[0] if word and len(word[0]) > 1 else body[offset : offset + 2]
        self.report("json-escape", start + 1 + offset, escape=shown)
