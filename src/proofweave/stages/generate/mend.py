"""Find the JSON in what a model wrote, and mend the backslashes of its TeX."""

import json
import re
from typing import Any

from proofweave.core import Said, beside, say

THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[A-Za-z0-9]*[ \t]*\n(.*?)\n[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[A-Za-z]+|.|\Z)", re.DOTALL)
HALF = re.compile("[\ud800-\udfff]")
RAW = re.compile(r"[\x00-\x1f]")

STARTS_LIKE_ESCAPE = frozenset(beside(__name__)["starts_like_escape"].split())
r"""Commands of TeX that start like JSON's `\n` and `\t`; what starts like `\b`, `\f` or `\r` is always meant as TeX."""

DEEPEST = 40
"""How deeply a reply may be nested; it needs 6."""


def json_in(text: str) -> tuple[Any, str]:
    """Return the JSON value in a model's text and what is wrong with it ("" when it was read).

    Prose around it, a fence and a leading <think> part are left aside; of several values the longest object counts.
    """
    text = THINKING.sub("", text, count=1)
    if not text.strip():
        return None, say("generate.empty")
    problem: str = say("generate.no-json")
    for candidate in (text.strip(), *_fenced(text), *_braced(text)):
        if not candidate.startswith(("{", "[")):
            continue
        value, fault = _parsed(candidate)
        if isinstance(value, dict):
            return value, ""
        problem = fault or say("generate.no-object")
    return None, problem


def cut_off(text: str) -> bool:
    """Tell whether a text holds JSON that merely lacks its end, so that its rest can be asked for."""
    problem = json_in(text)[1]
    return isinstance(problem, Said) and problem.key == "generate.cut-off"


def mended(text: str) -> str:
    r"""Return JSON in whose strings each backslash of TeX is doubled: `"\nabla"` and `"\alpha"` as they were meant."""
    return STRING.sub(lambda string: RAW.sub(_escaped, ESCAPE.sub(_doubled, string[0])), text)


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] in "\n\t" else " "


def _doubled(match: re.Match[str]) -> str:
    written = match[0]
    body = written[1:]
    if body[:1] in ('"', "\\", "/") or re.fullmatch("u[0-9a-fA-F]{4}", body):
        return written
    if body[:1] in ("n", "t") and body not in STARTS_LIKE_ESCAPE:
        return written
    return "\\" + written


def _parsed(text: str) -> tuple[Any, str]:
    if _depth(text) > DEEPEST:
        return None, say("generate.deep", most=DEEPEST)
    try:
        return _whole(json.loads(mended(text), parse_constant=str)), ""
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 5 or "Unterminated" in error.msg
        words = {"line": error.lineno, "column": error.colno, "said": error.msg}
        return None, say("generate.cut-off" if cut else "generate.broken-at", **words)
    except (RecursionError, ValueError) as error:
        return None, say("generate.broken", said=str(error))


def _whole(value: Any) -> Any:
    """Return a value in whose texts half characters, which no file can hold, are question marks."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace")) if HALF.search(text) else value


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[\[{\]}]", STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _fenced(text: str) -> list[str]:
    return sorted((match[2].strip() for match in FENCE.finditer(text)), key=len, reverse=True)


def _braced(text: str) -> list[str]:
    """Return the text from its first brace to its last one, and to its end where the last is missing."""
    start = text.find("{")
    if start < 0:
        return []
    end = text.rfind("}")
    return [text[start : end + 1], text[start:].strip()] if end > start else [text[start:].strip()]
