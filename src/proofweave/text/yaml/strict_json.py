"""Read JSON with positions into the nodes YAML gives, so that hand-written recordings get located findings."""

import bisect
import re
from dataclasses import dataclass, field
from typing import Any

from proofweave.core import Finding, Where, finding_of, say
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
    except _StopError as stop:
        return None, (*reader.findings, stop.finding)
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


class _StopError(Exception):
    """Reading cannot go on."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


@dataclass(slots=True)
class _Frame:
    """An object or array being read; an object's `key` waits for its value."""

    where: Where
    is_map: bool
    items: list[tuple[ScalarNode | None, Node]] = field(default_factory=list)
    key: ScalarNode | None = None

    def node(self) -> Node:
        if self.is_map:
            return MapNode(tuple((key, value) for key, value in self.items if key is not None), self.where, flow=True)
        return ListNode(tuple(value for _, value in self.items), self.where, flow=True)


class _Reader:
    """Reads one document with a stack of its own."""

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

    def stop(self, offset: int, name: str, **fields: Any) -> _StopError:
        return _StopError(finding_of(f"text.json-{name}", self.where(offset), rule="json-syntax", **fields))

    def token(self) -> re.Match[str] | None:
        found = TOKEN.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def document(self) -> Node:
        frames: list[_Frame] = []
        while True:
            token = self.token()
            if token is None:
                raise self.stop(len(self.text), "ends-early" if frames else "missing")
            start = token.start(token.lastgroup or 0)
            mark = token["mark"]
            frame = frames[-1] if frames else None
            if mark in ("{", "["):
                self.refuse_where_a_key_stands(frame, start, mark)
                frames.append(_Frame(self.where(start), mark == "{"))
                if len(frames) > MAX_DEPTH:
                    raise self.stop(start, "nested", most=MAX_DEPTH)
                if not self.closes(frames[-1]):
                    continue
                node = frames.pop().node()
            elif mark is not None:
                raise self.stop(start, "not-value", mark=mark)
            else:
                node = self.scalar(token, start)
            while True:
                if not frames:
                    return self.finished(node)
                if not self.put(frames[-1], node):
                    break
                node = frames.pop().node()

    def refuse_where_a_key_stands(self, frame: _Frame | None, start: int, mark: str) -> None:
        if frame is not None and frame.is_map and frame.key is None:
            raise self.stop(start, "not-key", mark=mark)

    def closes(self, frame: _Frame) -> bool:
        """Tell whether the object or array just opened is empty, and step over its end."""
        token = TOKEN.match(self.text, self.at)
        if token is not None and token["mark"] == ("}" if frame.is_map else "]"):
            self.at = token.end()
            return True
        return False

    def put(self, frame: _Frame, node: Node) -> bool:
        """Add a key or a value to what is being read; return whether that ends it."""
        if frame.is_map and frame.key is None:
            self.as_key(frame, node)
            return False
        self.add(frame, node)
        token = self.token()
        start = token.start(token.lastgroup or 0) if token else len(self.text)
        closing = "}" if frame.is_map else "]"
        mark = token["mark"] if token else None
        if mark == closing:
            return True
        if mark != ",":
            shown = token[0].strip()[:20] if token else say("text.end")
            raise self.stop(start, "no-comma", found=shown, closing=closing)
        if self.closes(frame):
            raise self.stop(start, "last-comma", closing=closing)
        return False

    def as_key(self, frame: _Frame, node: Node) -> None:
        offset = self.at
        if not isinstance(node, ScalarNode) or node.style != '"':
            raise _StopError(finding_of("text.json-bare-key", node.where, rule="json-syntax"))
        token = self.token()
        if token is None or token["mark"] != ":":
            raise self.stop(node.end, "no-colon", key=node.value[:20])
        frame.key = node
        self.at = max(self.at, offset)

    def add(self, frame: _Frame, node: Node) -> None:
        key, frame.key = frame.key, None
        if key is not None:
            first = next((other for other, _ in frame.items if other is not None and other.value == key.value), None)
            if first is not None:
                self.findings.append(
                    finding_of("text.json-duplicate-key", key.where, key=key.value, line=first.where.line)
                )
                return
        frame.items.append((key, node))

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

    def finished(self, root: Node) -> Node:
        token = self.token()
        if token is not None:
            raise self.stop(token.start(token.lastgroup or 0), "after-end")
        return root
