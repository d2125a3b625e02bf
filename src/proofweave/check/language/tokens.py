"""TeX to tokens with their places: layout is dropped, fonts and accents become part of a name."""

import re
from dataclasses import dataclass, replace

from proofweave.check.language.kinds import CheckError, refuse_if
from proofweave.core import beside

LONGEST = 20_000
DEEPEST = 40


def words(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(re.findall(r"\S+", text))


def pairs(text: str) -> dict[str, str]:
    """Return the pairs of a table, each written name→value."""
    return dict(re.findall(r"(\S+?)→(\S+)", text))


TABLE = beside(__name__)
SPACING = words(TABLE["spacing"]) | {"\\ ", "\\\n"}
OPENING = frozenset((r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl"))
CLOSING = frozenset((r"\right", r"\bigr", r"\Bigr", r"\biggr", r"\Biggr"))
SIZING = frozenset((r"\big", r"\Big", r"\bigg", r"\Bigg", r"\bigm", r"\Bigm", r"\biggm"))
STROKES = frozenset(("|", r"\|"))
FONTS = words(TABLE["fonts"])
ACCENTS = words(TABLE["accents"])
ARGUMENT_DROPPED = words(TABLE["argument_dropped"])
UNWRAPPED = words(TABLE["unwrapped"])
COLOURED = words(r"\textcolor \colorbox")
STACKED = words(r"\overset \stackrel \underset")
WORDS = frozenset((r"\text", r"\textrm", r"\textbf", r"\textit", r"\mbox", r"\textnormal"))
RELATION_SIGNS = words(TABLE["relation_signs"])
BRACES = {"open": 1, "close": -1}
SEPARATORS = frozenset((r"\quad", r"\qquad"))
TRANSPARENT = words(TABLE["transparent"])
PLACED = words("aligned gathered split alignedat alignat array subarray")
"""Environments with a place such as [t] after their name."""

COLUMNED = words("alignedat alignat array subarray")
"""Environments whose columns are described in braces."""

DIMENSION = re.compile(r"\s*-?[0-9.]+\s*(?:pt|em|ex|mm|cm|in|bp|pc|px|mu)\s*")
FORBIDDEN = words(TABLE["forbidden"])
ALIASES = pairs(TABLE["aliases"])
OPERATORS = words(TABLE["operators"])

CANONICAL = {"ln": "log", "sgn": "sign", "Tr": "tr", "trace": "tr", "relu": "ReLU", "Diag": "diag"}

UNICODE = pairs(TABLE["unicode"])
FRACTIONS = pairs(TABLE["fractions"])
"""What is above and below in a fraction of one character, a digit each."""

POWERS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))

_PIECE = re.compile(r"\\not\s*(?:=|\\in(?![a-zA-Z]))|\\[a-zA-Z]+|\\.|\\\n|[0-9]|[^\\\s]", re.S)
_THOUSANDS = re.compile(r"(?<=[0-9])\{,\}(?=[0-9]{3})")
_ROW = re.compile(r"(?:\\\\|\\cr\b|\\newline\b)\*?(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its canonical text; `kind` is name, digit, op, mark, open, close, script, amp, row, word, sep or env.

    `hint` is "(" or ")" where \\left, \\right and their kin say which side a delimiter is; of a bar that is only made
    large, it is what does so, as \\big.
    """

    kind: str
    text: str
    at: int
    end: int
    hint: str = ""


def nesting(token: Token) -> int:
    """Return 1 where braces or an environment open, −1 where they close, else 0."""
    if token.kind == "env":
        return 1 if token.text.startswith("begin") else -1
    return BRACES.get(token.kind, 0)


def tokenise(tex: str) -> tuple[Token, ...]:
    """Return the tokens of a formula; commands that act on the machine are refused."""
    refuse_if(len(tex) > LONGEST, "parse.too-many-characters", 0, count=len(tex), most=LONGEST)
    raw: list[Token] = []
    place, end = 0, len(tex)
    while place < end:
        if tex[place] == "%":
            stop = tex.find("\n", place)
            place = end if stop < 0 else stop
            continue
        if (match := _ROW.match(tex, place)) is not None:
            refuse_if(match[1] is not None and not DIMENSION.fullmatch(match[1]), "parse.row-argument", place)
            raw.append(Token("row", "\\\\", place, match.end()))
        elif (match := _THOUSANDS.match(tex, place)) is not None:
            pass  # 10{,}000 is one number
        elif (match := _PIECE.match(tex, place)) is not None:
            mixed = match.group() in FRACTIONS and raw and raw[-1].kind == "digit" and raw[-1].end == place
            refuse_if(mixed, "parse.mixed-number", place, text=match.group())
            raw += _tokens(match.group(), place, match.end())
        place = place + 1 if match is None else match.end()
    _balanced(raw)
    return tuple(_gather(raw, tex))


def _tokens(text: str, at: int, end: int) -> list[Token]:
    """Return the tokens of a piece: one, but for characters that stand for more of TeX."""
    if text in POWERS:
        return [Token("script", "^", at, at), Token("digit", POWERS[text], at, end)]
    if text in FRACTIONS:
        return [_token(part, at, end) for part in ("{", r"\frac", *FRACTIONS[text], "}")]
    if text.startswith(r"\not"):
        text = "".join(text.split())
    return [_token(UNICODE.get(text, text), at, end)]


def _token(text: str, at: int, end: int) -> Token:
    hint = {r"\lVert": "(", r"\lvert": "(", r"\rVert": ")", r"\rvert": ")"}.get(text, "")
    if hint:
        return Token("mark", ALIASES[text], at, end, hint)
    text = ALIASES.get(text, text)
    refuse_if(text in FORBIDDEN, "parse.forbidden", at, text=text)
    if text == r"\prime":
        return Token("mark", "'", at, end)
    if text == "{":
        return Token("open", text, at, end)
    if text == "}":
        return Token("close", text, at, end)
    if text in ("^", "_"):
        return Token("script", text, at, end)
    if text == "&":
        return Token("amp", text, at, end)
    if text.isdigit() and text.isascii():
        return Token("digit", text, at, end)
    if text.isalpha():
        return Token("name", text, at, end)
    if text.startswith("\\") and text[1:].isalpha() and text[1:] in OPERATORS and text not in FONTS:
        return Token("op", CANONICAL.get(text[1:], text[1:]), at, end)
    return Token("mark", text, at, end)


def _balanced(tokens: list[Token]) -> None:
    stack: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            stack.append(token)
            refuse_if(len(stack) > DEEPEST, "parse.braces-deep", token.at, most=DEEPEST)
        elif token.kind == "close":
            refuse_if(not stack, "parse.closes-nothing", token.at)
            stack.pop()
    if stack:
        raise CheckError("parse.never-closed", stack[-1].at)


def _gather(raw: list[Token], tex: str) -> list[Token]:
    """Drop layout, and join words, fonts, accents and operator names into single tokens."""
    out: list[Token] = []
    hint = ""
    place = 0
    while place < len(raw):
        token = raw[place]
        text = token.text
        place += 1
        if text in OPENING:
            hint = "("
        elif text in CLOSING:
            hint = ")"
        elif text in SIZING:
            hint = text if place < len(raw) and raw[place].text in STROKES else ""
        elif text in SPACING or text == "~":
            continue
        elif text in ARGUMENT_DROPPED:
            _, place = _argument(raw, _starred(raw, place), token)
        elif text in UNWRAPPED | COLOURED:
            if text in COLOURED:
                _, place = _argument(raw, place, token)
            inside, place = _argument(raw, place, token)
            out += _gather(inside, tex)
        elif text in STACKED:
            label, place = _argument(raw, place, token)
            inside, place = _argument(raw, place, token)
            out += _stacked(token, _gather(label, tex), _gather(inside, tex), raw[place - 1].end)
        elif text in (r"\begin", r"\end"):
            inside, place = _argument(raw, place, token)
            name = "".join(t.text for t in inside)
            if text == r"\begin":
                place = _described(raw, place, name.rstrip("*"), token)
            if name.rstrip("*") not in TRANSPARENT:
                out.append(Token("env", f"{text[1:]} {name}", token.at, raw[place - 1].end))
        elif text in SEPARATORS:
            out.append(Token("sep", text, token.at, token.end))
        elif text in WORDS or text == r"\operatorname":
            inside, place = _argument(raw, _starred(raw, place), token)
            last = raw[place - 1].end
            word = "".join(t.text for t in inside)
            out.append(_word(word, tex[token.at : last], token.at, last, text == r"\operatorname"))
        elif text in FONTS:
            inside, place = _argument(raw, place, token)
            out.append(_font(text, inside, token, raw[place - 1].end))
        elif text in ACCENTS:
            inside, place = _argument(raw, place, token)
            inner = _gather(inside, tex)
            if text == r"\overline" and len(inner) > 1:
                end = raw[place - 1].end
                braces = Token("open", "{", token.at, token.at), Token("close", "}", end, end)
                out += [Token("op", "conj", token.at, token.at), braces[0], *inner, braces[1]]
                continue
            refuse_if(text == r"\underline" and len(inner) > 1, "parse.over-a-name", token.at, text=text)
            name = "".join(t.text for t in inner)
            out.append(Token("name", f"{text}{{{name}}}", token.at, raw[place - 1].end))
        elif text == "." and hint:
            hint = ""
        else:
            out.append(replace(token, hint=hint) if hint else token)
            hint = ""
    return _names(out)


def _argument(raw: list[Token], place: int, owner: Token) -> tuple[list[Token], int]:
    refuse_if(place >= len(raw), "parse.needs-argument", owner.at, text=owner.text)
    if raw[place].kind != "open":
        if raw[place].kind == "mark" and raw[place].text in FONTS | ACCENTS:
            _, stop = _argument(raw, place + 1, raw[place])
            return raw[place:stop], stop
        return raw[place : place + 1], place + 1
    depth, start = 1, place + 1
    place = start
    while depth:
        depth += BRACES.get(raw[place].kind, 0)
        place += 1
    return raw[start : place - 1], place


def _starred(raw: list[Token], place: int) -> int:
    """Return the place after a star, as in \\tag*."""
    return place + 1 if place < len(raw) and raw[place].text == "*" else place


def _described(raw: list[Token], place: int, name: str, token: Token) -> int:
    """Return the place after an environment's arguments: [t] and the description of its columns."""
    if name in PLACED and [t.text for t in raw[place : place + 1]] == ["["]:
        stop = next((k for k in range(place, len(raw)) if raw[k].text == "]"), None)
        refuse_if(stop is None or stop - place > 2, "parse.environment-place", raw[place].at, title=name)
        place = (stop or place) + 1
    return _argument(raw, place, token)[1] if name in COLUMNED else place


STOPS = frozenset(("sg", "stopgrad"))  # words that are names in any font
LABELS = re.compile(r"\([^()]*\)|[*△]|\\triangle|\\Delta|\\(?:text|mathrm)\{\(?(?:def|[a-zA-Z0-9]|[ivx]+)\.?\)?\}|def")
IN_LAW = re.compile(r"(?:\\(?:text|mathrm|mathcal|mathit|mathscr|rm)\{)?(?:d|D|L|law|dist|i\.d\.)\.?\}?|d\.|i\.d\.")
"""What stands above = where two sides have one law."""


def _stacked(owner: Token, label: list[Token], inside: list[Token], end: int) -> list[Token]:
    """Return what stands above or below a sign: a label of a relation is left out, what is below \\min is its index."""
    if not inside:
        return []
    written = "".join(t.text for t in label)
    if len(inside) == 1 and inside[0].text == "=" and IN_LAW.fullmatch(written):
        return [Token("mark", r"\overset{d}{=}", owner.at, end)]
    if len(inside) == 1 and inside[0].text in RELATION_SIGNS:
        refuse_if(LABELS.fullmatch(written) is None, "parse.label", owner.at, text=written)
        return [replace(inside[0], at=owner.at, end=end)]
    script = "_" if owner.text == r"\underset" else "^"
    opening, closing = Token("open", "{", owner.at, owner.at), Token("close", "}", end, end)
    return [*inside, Token("script", script, owner.at, owner.at), opening, *label, closing]


def _word(word: str, text: str, at: int, end: int, operator: bool) -> Token:
    bare = word.replace(r"\,", "").replace(" ", "")
    if bare in OPERATORS:
        return _operator(bare, at, end)
    if operator or bare in STOPS:
        return Token("name", rf"\operatorname{{{bare}}}", at, end)
    return Token("word", text, at, end)


def _operator(bare: str, at: int, end: int) -> Token:
    return Token("op", CANONICAL.get(bare, bare), at, end)


def _font(font: str, inside: list[Token], owner: Token, end: int) -> Token:
    if font == r"\mathop":
        inner = _gather(inside, "")
        if len(inner) == 1:
            word = re.sub(r"\\[a-z]+|[{}]", "", inner[0].text)
            if word in OPERATORS:
                return _operator(word, owner.at, end)
            return replace(inner[0], at=owner.at, end=end)
        raise CheckError("parse.mathop", owner.at)
    name = "".join(t.text for t in inside if t.text not in SPACING)
    if font in (r"\mathrm", r"\mathsf") and name in OPERATORS:
        return _operator(name, owner.at, end)
    if font in (r"\mathsf", r"\mathrm") and name == "T":
        return Token("mark", r"\top", owner.at, end)
    return Token("name", f"{font}{{{name}}}", owner.at, end)


GREEK = frozenset(rf"\{name}" for name in words(TABLE["greek"]))


def _names(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        if token.kind == "mark" and token.text in GREEK:
            token = replace(token, kind="name")
        if token.text == "'" and out and out[-1].kind == "mark" and out[-1].text.startswith("'"):
            out[-1] = replace(out[-1], text=out[-1].text + "'", end=token.end)
            continue
        out.append(token)
    return out
