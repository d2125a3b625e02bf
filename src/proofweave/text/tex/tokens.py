"""The words of TeX mathematics: tokens, and the environments by what they mean for rows and tags."""

import re

TOKEN = re.compile(
    r"""
    (?P<row>\\\\(?:[ \t]*\*)?
        (?:[ \t]*\[\s*[+-]?\s*(?:\d+(?:\.\d*)?|\.\d+)\s*(?:pt|em|ex|mu|cm|mm|in|bp|pc|sp|dd|cc)\s*\])?)
    | \\(?P<edge>begin|end)\s*\{\s*(?P<name>[A-Za-z]+\*?)\s*\}
    | \\(?P<command>[A-Za-z]+\*?)
    | (?P<symbol>\\(?s:.))
    | (?P<comment>%[^\n]*)
    | (?P<brace>[{}])
    | (?P<dollar>\$\$?)
    | (?P<cell>&)
    """,
    re.VERBOSE,
)
"""What has a meaning for the structure of a formula; everything between two matches is an ordinary character."""

TEXT_COMMANDS = frozenset(
    {"tag", "text", "textnormal", "textrm", "textbf", "textit", "textsf", "texttt", "textmd", "textup", "textsl"}
    | {"textsc", "mbox", "hbox", "fbox"}
)
"""Commands whose argument is text, where `$…$` is legal."""

ROW_ENVIRONMENTS = frozenset({"align", "alignat", "gather", "eqnarray", "flalign"})
"""Environments that number each row: a tag per row."""

TOP_ENVIRONMENTS = ROW_ENVIRONMENTS | {"equation", "multline"}
"""Environments that are a display of their own, so they nest in nothing."""

MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "Vmatrix", "smallmatrix"})

INNER_ENVIRONMENTS = MATRICES | {
    *("aligned", "alignedat", "gathered", "multlined", "split", "cases", "dcases", "rcases", "drcases"),
    *("array", "darray", "subarray"),
}
"""Environments that stand inside a display: MathJax refuses a tag in them, and KaTeX sets it without a word."""

DISPLAY_ENVIRONMENTS = TOP_ENVIRONMENTS | INNER_ENVIRONMENTS
"""Environments that make a display where they stand in a paragraph."""


def unstarred(name: str) -> str:
    """Return an environment's name without its star."""
    return name.removesuffix("*")
