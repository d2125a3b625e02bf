"""Ask KaTeX, inside this process, which formulas it refuses and why, and what the others look like."""

from __future__ import annotations

import atexit
import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from proofweave.core.errors import ToolError

Formula = tuple[str, bool]
"""TeX without delimiters, and whether it is displayed."""

CHUNK = 100
"""Formulas handed to JavaScript in one call; a call that fails is repeated formula by formula."""

CHUNK_SECONDS, FORMULA_SECONDS, TOTAL_SECONDS = 5.0, 1.0, 30.0
"""Limits of time; an ordinary formula takes 0.0002 s."""

MEMORY = 512 * 1024 * 1024
"""The largest JavaScript heap, in bytes."""

SCRIPT = r"""
function refusals(formulas, macros) {
  return JSON.stringify(formulas.map(([tex, display]) => {
    let refused = null;
    const trust = (context) => { refused = context.command; return false; };
    const options = {
      throwOnError: true, strict: "ignore", output: "mathml", displayMode: display,
      maxExpand: 1000, maxSize: 100, trust: trust, macros: Object.assign({}, macros),
    };
    try {
      katex.renderToString(tex, options);
      return refused ? ["Untrusted: " + refused, -1, 0] : null;
    } catch (error) {
      const position = error.position === undefined ? -1 : error.position;
      return [String(error.message), position, error.length || 0];
    }
  }));
}
function pictures(formulas, macros) {
  return JSON.stringify(formulas.map(([tex, display]) => {
    const options = {
      throwOnError: true, strict: "ignore", output: "mathml", displayMode: display,
      maxExpand: 1000, maxSize: 100, trust: false, macros: Object.assign({}, macros),
    };
    try {
      return katex.renderToString(tex, options);
    } catch (error) {
      return "";
    }
  }));
}
"""

GOT = r"Got (?:function|group) '(.+)' (?:with no arguments )?as"

PLAIN: tuple[tuple[str, str], ...] = (
    (r"Undefined control sequence: (\S+)", r"KaTeX does not know '\1'"),
    (r"No such environment: (.+)", r"KaTeX does not know the environment '\1'"),
    (r"Unexpected end of input in a macro argument, expected '(.)'", r"an argument is never closed with '\1'"),
    (rf"{GOT} (subscript|superscript)", r"'\1' as a \2 needs braces around it"),
    (rf"{GOT} argument to '(.+)'", r"'\1' as an argument of '\2' needs braces around it"),
    (r"Expected group (?:after|as) (.+)", r"nothing stands where a group is needed: \1"),
    (r"Expected 'EOF', got '(.+)'", r"'\1' cannot stand here"),
    (r"Expected '(.+)', got 'EOF'", r"'\1' is missing"),
    (r"Expected '(.+)', got '(.+)'", r"'\1' is expected, not '\2'"),
    (r"Expected & or .*", r"an environment is never closed with \\end"),
    (r"Double (superscript|subscript)", r"two \1s stand in a row; braces say which belongs to what"),
    (r"Too many expansions: .*", r"its macros expand without end"),
    (r"Can't use function '(.+)' in math mode", r"'\1' cannot stand in mathematics"),
    (r"Can't use function '(.+)' in text mode", r"'\1' cannot stand in text"),
    (r"\\tag works only in display equations", r"\\tag works only in a display"),
    (r"Multiple \\tag", r"a row has more than one \\tag"),
    (r"Maximum call stack size exceeded", r"it is nested too deeply"),
    (r"Untrusted: (.+)", r"'\1' is not allowed: it could load or run something"),
)
"""KaTeX's messages, and the words for them."""


class Refusal(NamedTuple):
    """What KaTeX says of a formula: its message and the part of its input that it marks (UTF-16 units; -1: none)."""

    message: str
    position: int
    length: int


class KaTeX:
    """KaTeX in V8, loaded at the first formula; one context serves all calls."""

    def __init__(self) -> None:
        self._context: Any = None

    def render_errors(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> list[str | None]:
        r"""Return for each formula why KaTeX refuses it, in plain words, or None.

        `macros` maps names (`\R`) to their bodies. Where the place is known, the words end in `at character N: '…'`,
        N counted from 1 in the formula's TeX. A formula that takes too long is refused.
        """
        distinct = list(dict.fromkeys(formulas))
        told: dict[Formula, str | None] = {}
        deadline = time.monotonic() + TOTAL_SECONDS
        for start in range(0, len(distinct), CHUNK):
            chunk = distinct[start : start + CHUNK]
            told.update(zip(chunk, self._chunk(chunk, macros, deadline), strict=True))
        return [told[formula] for formula in formulas]

    def mathml(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> list[str]:
        """Return each formula as KaTeX's MathML, "" for those it refuses or that take too long."""
        distinct = list(dict.fromkeys(formulas))
        told: dict[Formula, str] = {}
        deadline = time.monotonic() + TOTAL_SECONDS
        for start in range(0, len(distinct), CHUNK):
            chunk = distinct[start : start + CHUNK]
            pictures = self._call("pictures", chunk, macros, CHUNK_SECONDS, deadline)
            if pictures is None:
                alone = (self._call("pictures", [each], macros, FORMULA_SECONDS, deadline) for each in chunk)
                pictures = [found[0] if found else "" for found in alone]
            told.update(zip(chunk, pictures, strict=True))
        return [told[formula] for formula in formulas]

    def _chunk(self, formulas: Sequence[Formula], macros: Mapping[str, str], deadline: float) -> list[str | None]:
        if (refusals := self._ask(formulas, macros, CHUNK_SECONDS, deadline)) is not None:
            return [_plain(formula[0], refusal) for formula, refusal in zip(formulas, refusals, strict=True)]
        said: list[str | None] = []
        for formula in formulas:
            alone = self._ask([formula], macros, FORMULA_SECONDS, deadline)
            if alone is None:
                said.append(f"KaTeX takes more than {FORMULA_SECONDS:g} s or {MEMORY >> 20} MB for it")
            else:
                said.append(_plain(formula[0], alone[0]))
        return said

    def _ask(
        self, formulas: Sequence[Formula], macros: Mapping[str, str], seconds: float, deadline: float
    ) -> list[Refusal | None] | None:
        """Return the refusals, or None when a limit of time or memory is met."""
        answer = self._call("refusals", formulas, macros, seconds, deadline)
        return answer and [None if refusal is None else Refusal(*refusal) for refusal in answer]

    def _call(
        self, function: str, formulas: Sequence[Formula], macros: Mapping[str, str], seconds: float, deadline: float
    ) -> list[Any] | None:
        """Return what a function of SCRIPT says of the formulas, or None when a limit of time or memory is met."""
        context = self._loaded()
        from py_mini_racer import JSOOMException, JSTimeoutException

        seconds = min(seconds, deadline - time.monotonic())
        if seconds <= 0:
            return None
        call = f"{function}({json.dumps(list(formulas))}, {json.dumps(dict(macros))})"
        try:
            answer: list[Any] = json.loads(context.eval(call, timeout_sec=seconds, max_memory=MEMORY))
            return answer
        except (JSTimeoutException, JSOOMException):
            with suppress(JSTimeoutException, JSOOMException):
                context.eval("0", timeout_sec=FORMULA_SECONDS)  # waits until the call has really stopped
            self.close()  # what was stopped half-way is not used again
            return None

    def _loaded(self) -> Any:
        """Return the JavaScript context with KaTeX in it."""
        if self._context is None:
            try:
                from py_mini_racer import MiniRacer
            except ImportError as error:
                raise ToolError("KaTeX needs the Python package mini-racer", "pip install mini-racer") from error
            context = MiniRacer()
            context.eval(_library())
            context.eval(SCRIPT)
            self._context = context
            atexit.register(self.close)  # left to the interpreter's own end, its thread may hang
        return self._context

    def close(self) -> None:
        """Free what JavaScript holds; the next formula loads it again."""
        if self._context is not None:
            context, self._context = self._context, None
            atexit.unregister(self.close)
            context.close()


def start_v8() -> None:
    """Start V8 in this thread, before any other that uses KaTeX.

    Where the processor has memory keys, only the thread that starts V8 and those begun after it can use or end it.
    """
    with suppress(ImportError):
        from py_mini_racer import init_mini_racer

        init_mini_racer(ignore_duplicate_init=True)


def _library() -> str:
    """Return KaTeX's own code, which the package sphinxcontrib-katex carries beside its module."""
    missing = ToolError("KaTeX needs the Python package sphinxcontrib-katex", "pip install sphinxcontrib-katex")
    try:
        import sphinxcontrib
    except ImportError as error:
        raise missing from error
    for folder in sphinxcontrib.__path__:
        path = Path(folder) / "katex.min.js"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise missing


def _plain(tex: str, refusal: Refusal | None) -> str | None:
    """Return KaTeX's message in plain words, with the place where it is one in `tex`."""
    if refusal is None:
        return None
    said = refusal.message.removeprefix("KaTeX parse error: ")
    underlined = "".join(re.findall("(.)\u0332", said, flags=re.DOTALL))
    said = re.sub(r" at (?:position \d+|end of input): .*", "", said.replace("\u0332", ""), flags=re.DOTALL)
    for pattern, words in PLAIN:
        said, changed = re.subn(rf"\A{pattern}\Z", words, said, flags=re.DOTALL)
        if changed:
            break
    if refusal.position < 0:
        return said
    units = tex.encode("utf-16-le", "surrogatepass")
    before = units[: 2 * refusal.position].decode("utf-16-le", "replace")
    if not tex.startswith(before + underlined):  # a token that a macro brought in has its place in the macro's body
        return said
    near = tex[len(before) : len(before) + 20] or tex[-20:]
    return f"{said}, at character {len(before) + 1}: '{' '.join(near.split())}'"
