r"""Say in KaTeX's words what MathJax also takes: `_\boldsymbol{A}` without braces, `\require`, `\text{a_b}`."""

import re

SCRIPT = re.compile(
    r"(?P<mark>[_^])\s*(?P<command>\\(?:boldsymbol|bm|math(?:bf|cal|bb|rm|frak|scr|sf)|hat|bar|tilde|vec|overline|text"
    r"|textbf|operatorname))\s*(?P<body>\{[^{}]*\}|[A-Za-z0-9])"
)
GONE = re.compile(r"\\(?:require|uproot|leftroot)\s*\{[^{}]*\}")
TEXT = re.compile(r"(\\text(?:bf|it|rm|tt|sf|normal)?\s*\{)([^{}$\\]*_[^{}$\\]*)\}")


def mended(tex: str) -> str:
    """Return TeX that KaTeX takes, from TeX that MathJax takes."""
    tex = SCRIPT.sub(r"\g<mark>{\g<command>\g<body>}", tex)
    tex = GONE.sub("", tex)
    return TEXT.sub(lambda match: match[1] + match[2].replace("_", r"\_") + "}", tex)
