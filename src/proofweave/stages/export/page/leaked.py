"""Find TeX that a reader would see: commands, dollars and environments in a page's text, outside code."""

import re

from proofweave.text.html import visible_text

LEAK = re.compile(
    r"\\(?:begin|end|frac|sum|int|left|right|mathbb|mathcal|boldsymbol|text|label|tag|eqref|ref|newcommand)(?![A-Za-z])"
    r"|\\[A-Za-z]{2,}\s*[{_^]|\$[^$\s][^$]{0,200}\$|\$\$"
)
AROUND = 30
"""Characters shown on either side of a leak."""


def leaks(html: str) -> tuple[str, ...]:
    """Return each piece of TeX source in a page's visible text, with a little of what stands around it."""
    text = visible_text(html)
    return tuple(
        " ".join(text[max(0, match.start() - AROUND) : match.end() + AROUND].split()) for match in LEAK.finditer(text)
    )
