"""Complex numbers: the signs that are theirs, and which operations have a reading of them; all others are refused."""

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Token,
    complex_symbol,
    group,
    is_complex,
    refuse_if,
    walk,
    words,
)
from proofweave.check.syntax import CLOSING, READERS, Parser, bracketed, conjugated, node, postfix

PLANE = words(
    "add neg mul div hadamard outer kron transpose prod matprod sum collect array block entry column line vec"
)
PLANE |= words(
    "diag diagonal inverse pow elementpow expm func norm matfunc cases chain expect integral derive call zero"
)
ENTIRE = words("abs re im arg conj exp sin cos sinh cosh")
BRANCHED = words("log root arcsin arccos arctan")
RANGED = {"sum": 3, "prod": 3, "matprod": 3, "collect": 3, "integral": 2}
"""How many of the arguments come first that say where an operator runs."""


def refuse_complex(tree: Node) -> None:
    """Refuse operations on complex values that have no reading, or several."""
    for part in walk(tree):
        values = [arg for arg in part.args if is_complex(arg)]
        if values:
            _refuse(part, values[0].at)


def readable(tree: Node) -> bool:
    """Tell whether all operations on complex values in a tree have a reading."""
    try:
        refuse_complex(tree)
    except CheckError:
        return False
    return True


def _refuse(part: Node, at: int) -> None:
    """Refuse an operation some of whose arguments are complex, if it has no reading of them."""
    op, data, args = part.op, part.data, part.args
    name = data[0] if op == "func" else data if op == "list" else op
    refuse_if(op == "chain" and not set(data) <= {"=", r"\neq"}, "parse.complex-order", at)
    refuse_if(op == "inner", "parse.complex-inner", at)
    refuse_if(name in BRANCHED, "parse.complex-branch", at, name=name)
    refuse_if(op == "at" or any(map(is_complex, args[: RANGED.get(op, 0)])), "parse.complex-place", at)
    refuse_if(op not in PLANE or (op == "func" and name not in ENTIRE), "parse.complex-no-reading", at, name=name)
    refuse_if(op == "matfunc" and data == "rank", "parse.complex-no-reading", at, name="rank")
    refuse_if(op == "norm" and data == "weighted", "parse.complex-no-reading", at, name=r"\|·\|")
    if op in ("pow", "elementpow"):
        _refuse_power(args[0], args[1], at)
    if op == "derive":
        refuse_if(any(complex_symbol(symbol) for symbol, _, _ in data.steps), "parse.complex-derivative", at)
    if op == "call":
        wrong = any(is_complex(arg) and not complex_symbol(p) for p, arg in zip(data.params, args, strict=False))
        refuse_if(wrong or not data.params, "parse.complex-argument", at, name=data.name)


def _refuse_power(base: Node, exponent: Node, at: int) -> None:
    """Refuse powers with a branch to choose: of complex bases all but whole ones, complex ones if it may not be > 0."""
    if is_complex(base):
        refuse_if(not _whole(exponent), "parse.complex-branch", at, name="^")
    else:
        positive = base.op in ("num", "constant") and base.data > 0
        positive = positive or (base.op in ("sym", "member") and base.data.data.get("domain") == "positive")
        refuse_if(is_complex(exponent) and not positive, "parse.complex-branch", at, name="^")


def _whole(tree: Node) -> bool:
    """Tell whether an exponent is a whole number by its form."""
    if tree.op in ("neg", "add", "mul"):
        return all(map(_whole, tree.args))
    if tree.op == "num":
        return isinstance(tree.data, int)
    return tree.op in ("index", "dim") or (tree.op == "sym" and tree.data.role in ("int", "size"))


@READERS("conj")
def conjugate(p: Parser, token: Token) -> Node:
    """Parse \\overline{z w}, the conjugate of what is complex."""
    p.place += 1
    if (opening := bracketed(p)) is not None:
        with p.within(CLOSING[opening.text], opening.at):
            inside = p.expression()
    else:
        tokens, p.place = group(p.tokens, p.place)
        inside = p.whole(tokens, token.at)
    refuse_if(not is_complex(inside), "parse.over-a-name", token.at, text=r"\overline")
    return postfix(p, conjugated(inside, token.at, p.reached))


def imaginary(token: Token) -> Node | None:
    """Return the imaginary unit \\mathrm{i}; None for other names."""
    return node("imaginary", (), SCALAR, token.at, token.end) if token.text == r"\mathrm{i}" else None
