"""How much of the numbered mathematics of real posts is read: `python tests/bench_parse.py [folder]`.

Symbols are guessed from their shape (bold small: vector, bold capital: matrix, before a parenthesis: function, else
scalar) and added until the equation parses or is refused for another reason than an unknown name.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type, matrix, vector
from proofweave.check.language.names import occurrence
from proofweave.check.language.scope import Scope, Symbol
from proofweave.check.language.tokens import tokenise
from proofweave.check.parse.statement import read_statement
from proofweave.core.types import SpanKind, Where
from proofweave.text.markdown.post import read_post

FOLDER = Path(__file__).parent.parent.parent / "shared" / "corpus" / "derived"
HERE = Where("guess")
D = Dim((("d", 1),), 0)
MOST_SYMBOLS = 40
NUMBERED = re.compile(r"\\tag|\\label|\\begin\{(?:equation|align|gather)\}")


def displays(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the displays of a folder's posts, with the post's name and whether the display is numbered."""
    for path in sorted(folder.glob("*.md")):
        if path.name.endswith(".original.md"):
            continue
        for span in read_post(path.read_text(encoding="utf-8"), path.name).spans:
            if span.kind is SpanKind.DISPLAY_MATH:
                yield path.name, span.tex, NUMBERED.search(span.text) is not None


def guess(tex: str, at: int, scope: Scope, plain: bool) -> str | None:
    """Declare the name at an offset by its looks; return it, or None where no name stands there."""
    tokens = tokenise(tex)
    place = next((k for k, t in enumerate(tokens) if t.at == at), None)
    if place is None or tokens[place].kind not in ("name", "op"):
        return None
    found = occurrence(tokens, place)
    name = tex[tokens[place].at : tokens[found.stop - 1].end]
    sup = tuple(t.text for t in found.sup if t.kind not in ("open", "close"))
    if sup and (sup[0].isdigit() or sup[0] in (r"\top", "T", "-") or plain):
        cut = next(k for k in range(place, found.stop) if tokens[k].text == "^" or tokens[k].text == "'")
        name = tex[tokens[place].at : tokens[cut - 1].end]
    following = tokens[found.stop].text if found.stop < len(tokens) else ""
    bold = re.match(r"\\(?:boldsymbol|mathbf|bm)\{(.*)\}", tokens[place].text)
    kind: Type = SCALAR
    if bold:
        kind = matrix(D, D) if bold.group(1)[:1].isupper() or bold.group(1) in (r"\Sigma", r"\Lambda") else vector(D)
    elif following == "(" and not bold:
        kind = Type("function", (), (SCALAR,), SCALAR)
    try:
        scope.bind(Symbol(name, HERE, kind))
    except CheckError:
        return None
    return name


def better(reason: str, scope: Scope) -> bool:
    """Change a guess that a refusal shows to be wrong: a function's arguments, what is random."""
    found = re.match(r"(.*) takes (\d+) arguments, not (\d+)$", reason)
    if found:
        kind = Type("function", (), (SCALAR,) * int(found.group(3)), SCALAR)
        scope.bind(Symbol(found.group(1), HERE, kind))
        return True
    found = re.match(r"argument of (.*): a (\w+)\(d\) does not go with a scalar$", reason)
    if found:
        symbol = scope.get(found.group(1))
        assert symbol is not None
        args = list(symbol.type.args)
        args[args.index(SCALAR)] = vector(D) if found.group(2) == "vector" else matrix(D, D)
        scope.bind(Symbol(symbol.name, HERE, Type("function", (), tuple(args), SCALAR)))
        return True
    if reason in (
        "nothing random stands in this expectation",
        "only declared random symbols stand below an expectation",
    ):
        changed = False
        for entry in list(scope.entries.values()):
            symbol = entry.resolve(scope.trail)
            if symbol.role == "free" and symbol.type.kind != "function":
                scope.bind(Symbol(symbol.name, HERE, symbol.type, "random"))
                changed = True
        return changed
    return False


def parses(tex: str) -> str:
    """Return an empty string when the equation is read with guessed symbols, else why not."""
    reason = ""
    for plain in (False, True):
        scope = Scope()
        scope.bind(Symbol("d", HERE, SCALAR, "int"))
        for _ in range(MOST_SYMBOLS):
            try:
                read_statement(tex, scope)
                return ""
            except CheckError as error:
                reason = error.what
                if not better(reason, scope) and not (
                    "not declared" in reason and error.at is not None and guess(tex, error.at, scope, plain)
                ):
                    break
    return reason


def counted(folder: Path) -> tuple[dict[str, list[int]], Counter[str]]:
    """Return for each post how many numbered displays are read, of how many, and the same for all; and why not."""
    reasons: Counter[str] = Counter()
    posts: dict[str, list[int]] = {}
    for post, tex, numbered in displays(folder):
        why = parses(tex)
        counts = posts.setdefault(post, [0, 0, 0, 0])
        counts[2] += not why
        counts[3] += 1
        if numbered:
            counts[0] += not why
            counts[1] += 1
            if why:
                reasons[re.sub(r"[a-z]+\([^)]*\)|\\?\w*\{.*?\}", "…", why)[:70]] += 1
    return posts, reasons


def main() -> None:
    """Print the figures, and the reasons by how often they occur."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    posts, reasons = counted(folder)
    print("numbered read | of | displays read | of | post")
    for post, counts in posts.items():
        print(" | ".join(f"{n:4d}" for n in counts), "|", post)
    read, total, read_all, all_ = (sum(counts[k] for counts in posts.values()) for k in range(4))
    print(f"{read} of {total} numbered equations are read with guessed symbols ({100 * read / max(total, 1):.0f}%)")
    print(f"{read_all} of {all_} displays are ({100 * read_all / max(all_, 1):.0f}%)")
    for why, count in reasons.most_common(25):
        print(f"{count:4d}  {why}")


if __name__ == "__main__":
    main()
