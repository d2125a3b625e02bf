"""Look at an outline's first keys without reading it, so that a malformed file still has a place in the build."""

import re
from collections.abc import Mapping

KEYS = ("source", "order", "batch", "priority", "title", "language")
LINE = re.compile(rf"^({'|'.join(KEYS)})[ \t]*[:：][ \t]*([^\n]*)", re.MULTILINE)
RUN = re.compile(r"^[ \t]+(?:- )?run[ \t]*[:：]", re.MULTILINE)
BLOCK = re.compile(r"[|>][+-]?[0-9]?[ \t]*(?:#.*)?\Z")


def peek(text: str) -> Mapping[str, str]:
    """Return each of `KEYS` that a line says, and `run` where a listing asks for it; any text gives an answer."""
    found: dict[str, str] = {}
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for match in LINE.finditer(text):
        value = match[2].strip()
        if BLOCK.match(value):
            following = re.match(r"\n*[ \t]+([^\n]*)", text[match.end() :])
            value = following[1].strip() if following else ""
        else:
            value = _plain(value)
        if value and match[1] not in found:
            found[match[1]] = value
    return {**found, **({"run": "true"} if RUN.search(text) else {})}


def _plain(value: str) -> str:
    """Return a scalar of one line without its quotes and the comment behind it."""
    if value[:1] == "'":
        quoted = re.match(r"'((?:[^']|'')*)'", value)
        return quoted[1].replace("''", "'") if quoted else value[1:]
    if value[:1] == '"':
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"', value)
        return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else value[1:]
    return re.split(r"[ \t]#", value, maxsplit=1)[0].strip()
