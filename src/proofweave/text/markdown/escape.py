r"""Undo html2text's doubled backslashes, region by region.

html2text doubles every backslash before a character that Markdown escapes: `\{` became `\\{`, and a row's `\\` before a
line's end became `\\\`. It also puts one before a sign that could open a list (`& \- a`). A post may mix such regions
with plain TeX, so each formula is judged by itself.
"""

import re

ESCAPABLE = r"\\`*_{}\[\]()#+\-.!"
DOUBLED = re.compile(rf"\\\\(?=[{ESCAPABLE}])")
SIGN = re.compile(r"(?<!\\)\\(?=[-+]\s)")
RUN = re.compile(rf"(?P<run>\\+)(?:(?P<mark>[{ESCAPABLE}])|(?P<space>\s)|(?=(?P<other>.)|\Z))", re.DOTALL)
LENGTH = re.compile(r"\[\s*-?\s*[\d.]+\s*[a-z]{2}\s*\]")
ROWS = re.compile(
    r"\\begin\s*\{(?:\w*matrix|\w*array|\w*cases|align\w*|gather\w*|split|multline\w*|eqnarray|alignat\w*)\*?\}|&"
)


def plain_tex(text: str) -> tuple[str, bool]:
    """Return a formula's TeX as its author wrote it, and whether `text` carried html2text's backslashes."""
    if "\\\\" in text and is_escaped(text):
        return DOUBLED.sub(r"\\", SIGN.sub("", text)), True
    tex = SIGN.sub("", text)
    return tex, tex != text


def is_escaped(text: str) -> bool:
    """Return whether the backslashes of a formula are doubled.

    A doubled run before an escapable character is even, and before any other odd; so an odd run before the one, or
    an even run before the other, is plain TeX. What is left over is judged by what would make sense as TeX.
    """
    plain = doubled = likely = 0
    rows = ROWS.search(text) is not None
    for run in RUN.finditer(SIGN.sub("", text)):
        length = len(run["run"])
        if (length % 2 == 1) == bool(run["mark"]):
            plain += 1
        elif length >= 4 or (length == 3 and not run["other"]):
            doubled += 1
        elif length == 2 and run["mark"]:
            likely += 1 if _is_mark(run["mark"], run.string, run.start("mark"), rows) else -1
    if plain or doubled:
        return doubled > plain
    return likely > 0


def _is_mark(mark: str, text: str, offset: int, rows: bool) -> bool:
    r"""Return whether `\\` and a mark are more likely an escaped `\{` and its like than the end of a row."""
    if mark in "{}_#.!`":
        return True
    if mark == "[":
        return not rows and LENGTH.match(text, offset) is None
    return not rows
