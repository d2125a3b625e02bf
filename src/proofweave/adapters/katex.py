"""Ask KaTeX, inside this process, which formulas it refuses and why, and what the others look like."""

import atexit
import json
import re
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from proofweave.core import ToolError, say

Formula = tuple[str, bool]
"""TeX without delimiters, and whether it is displayed."""

CHUNK = 100
"""Formulas handed to JavaScript in one call; a call that fails is repeated formula by formula."""

CHUNK_SECONDS, FORMULA_SECONDS, TOTAL_SECONDS = 5.0, 1.0, 30.0
"""Limits of time; an ordinary formula takes 0.0002 s."""

MEMORY = 512 * 1024 * 1024
"""The largest JavaScript heap, in bytes."""

MESSAGES = tuple(tomllib.loads(files(__package__).joinpath("katex.toml").read_text(encoding="utf-8")).items())
"""The name of our words for what KaTeX says, and its pattern; the first that fits."""


class KaTeX:
    """KaTeX in V8, loaded at the first formula; one context serves all calls."""

    def __init__(self) -> None:
        self._context: Any = None

    def render_errors(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> list[str | None]:
        r"""Return for each formula why KaTeX refuses it, in plain words, or None.

        `macros` maps names (`\R`) to their bodies. Where the place is known, the words end in `at character N: '…'`,
        N counted from 1 in the formula's TeX. A formula that takes too long is refused.
        """
        answers = self._answers("refusals", formulas, macros)
        return [_refused(formula[0], answers[formula]) for formula in formulas]

    def mathml(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> list[str]:
        """Return each formula as KaTeX's MathML, "" for those it refuses or that take too long."""
        answers = self._answers("pictures", formulas, macros)
        return ["".join(answers[formula]) for formula in formulas]

    def _answers(
        self, function: str, formulas: Sequence[Formula], macros: Mapping[str, str]
    ) -> Mapping[Formula, Sequence[Any]]:
        """Return what a function of katex.js says of each formula, in a list that is empty where it takes too long."""
        distinct = list(dict.fromkeys(formulas))
        answers: dict[Formula, Sequence[Any]] = {}
        deadline = time.monotonic() + TOTAL_SECONDS
        for start in range(0, len(distinct), CHUNK):
            chunk = distinct[start : start + CHUNK]
            together = self._call(function, chunk, macros, CHUNK_SECONDS, deadline)
            for position, formula in enumerate(chunk):
                alone = None if together else self._call(function, [formula], macros, FORMULA_SECONDS, deadline)
                answers[formula] = together[position : position + 1] if together else alone or ()
        return answers

    def _call(
        self, function: str, formulas: Sequence[Formula], macros: Mapping[str, str], seconds: float, deadline: float
    ) -> list[Any] | None:
        """Return what a function of katex.js says of the formulas, or None when a limit of time or memory is met."""
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
            context.eval(files(__package__).joinpath("katex.js").read_text(encoding="utf-8"))
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


def _refused(tex: str, answer: Sequence[Any]) -> str | None:
    """Return why KaTeX refuses a formula, in plain words, with the place where it is one in `tex`, or None.

    KaTeX answers with its message and the part of its input that it marks: its place (-1: none) and length.
    """
    if not answer:
        return say("katex.slow", seconds=f"{FORMULA_SECONDS:g}", size=MEMORY >> 20)
    if answer[0] is None:
        return None
    message, position, _ = answer[0]
    said = message.removeprefix("KaTeX parse error: ")
    underlined = "".join(re.findall("(.)\u0332", said, flags=re.DOTALL))
    said = re.sub(r" at (?:position \d+|end of input): .*", "", said.replace("\u0332", ""), flags=re.DOTALL)
    matches = ((name, re.fullmatch(pattern, said, flags=re.DOTALL)) for name, pattern in MESSAGES)
    words = next(say(f"katex.{name}", **match.groupdict()) for name, match in matches if match)
    if position < 0:
        return words
    units = tex.encode("utf-16-le", "surrogatepass")
    before = units[: 2 * position].decode("utf-16-le", "replace")
    if not tex.startswith(before + underlined):  # a token that a macro brought in has its place in the macro's body
        return words
    near = " ".join((tex[len(before) : len(before) + 20] or tex[-20:]).split())
    return say("katex.place", said=words, character=len(before) + 1, near=near)
