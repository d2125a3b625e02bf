"""Check that every formula is legal in MathJax and renders in KaTeX."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from proofweave.core import Finding, Post, Said, Severity, Span, SpanKind, finding_of, say
from proofweave.stages.validate.woven.reading import inside
from proofweave.text.markdown import formulas
from proofweave.text.tex import definitions, labels_in, problems, without_definitions

RenderErrors = Callable[[Sequence[tuple[str, bool]], Mapping[str, str]], Sequence[str | None]]
"""Tells for each formula (TeX, displayed?) and the macros known why it does not render, or None."""

LABEL = re.compile(r"\\label\s*\{[^{}]*\}")
POINTER = re.compile(r"\\(?:eq)?ref\s*\{[^{}]*\}")
FRAME = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather)\*?\}|\\tag\*?\{[^{}]*\}")
FRAME_END = re.compile(r"\s*\\(?:tag\b|end(?:\{|\Z))")


def check_formulas(
    post: Post, render_errors: RenderErrors, macros: Mapping[str, str], severity: Severity = Severity.ERROR
) -> tuple[Finding, ...]:
    """Find formulas that MathJax refuses or KaTeX cannot render; those nobody closed are `structure`'s to tell."""
    closed = [span for span in formulas(post) if span.closed]
    asked = [(_for_katex(span.tex), span.kind is SpanKind.DISPLAY_MATH) for span in closed]
    answers = render_errors(asked, macros)
    findings: list[Finding] = []
    for span, (tex, _), answer in zip(closed, asked, answers, strict=True):
        illegal = list(_illegal(post, span, severity))
        findings += illegal
        if answer is not None and not illegal:
            findings.append(_unrendered(post, span, tex, answer, severity))
    return tuple(findings)


def _for_katex(tex: str) -> str:
    r"""Return the TeX as KaTeX takes it: macros are given apart, and `\label` and `\eqref` are not its affair.

    What is taken out leaves spaces, so that places stay.
    """
    if "\\" not in tex:
        return tex
    if definitions(tex):
        tex = without_definitions(tex)
    if labels_in(tex):
        tex = LABEL.sub(lambda match: " " * len(match.group()), tex)
    return POINTER.sub(lambda match: "1".ljust(len(match.group())), tex)


def _illegal(post: Post, span: Span, severity: Severity) -> Iterator[Finding]:
    place = inside(post, span)
    for problem in problems(span.tex, span.kind is SpanKind.DISPLAY_MATH):
        where = place(problem.offset)
        yield Finding("formula-illegal", severity, where, problem.what, problem.expected, problem.fix)


def _unrendered(post: Post, span: Span, tex: str, answer: str, severity: Severity) -> Finding:
    offset = 0
    said: object = answer
    if isinstance(answer, Said) and answer.key == "katex.place":
        near, said = FRAME_END.split(str(answer.values["near"]))[0], answer.values["said"]
        said = say("validate.near", said=said, near=near) if near else said
        offset = int(str(answer.values["character"])) - 1 if len(tex) == len(span.tex) else 0
    where = inside(post, span)(offset)
    return finding_of("validate.formula-broken", where, severity, formula=_shown(span.tex), said=said)


def _shown(tex: str) -> str:
    """Return the beginning of a formula without its frame, which a template put around it."""
    line = " ".join(FRAME.sub(" ", tex).split())
    return line if len(line) <= 60 else f"{line[:57]}…"
