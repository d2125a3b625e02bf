"""Sets of indices by size of entries, vec, columns and unit vectors."""

from proofweave.check.language import SCALAR, Node, Token, Type, refuse_if, scripts, vector
from proofweave.check.parse.functions import function_argument
from proofweave.check.syntax import READERS, Parser, node, postfix, size_of


@READERS("argtop")
def argtop(p: Parser, token: Token) -> Node:
    """Parse \\operatorname{argtop}_k x, the set of the indices of the k largest entries."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    refuse_if(not sub or sup, "parse.needs-index", token.at, text=token.text)
    count = p.whole(sub, token.at)
    refuse_if(count.type != SCALAR, "parse.index-number", token.at, type=count.type)
    argument, _ = function_argument(p, token)
    refuse_if(argument.type.kind != "vector", "parse.of-type", argument.at, text=token.text, type=argument.type)
    return node("argtop", (count, argument), Type("set", argument.type.dims), token.at, argument.end)


@READERS("vec")
def vec(p: Parser, token: Token) -> Node:
    """Parse \\operatorname{vec}(A), the columns of a matrix below one another."""
    p.place += 1
    argument, bare = function_argument(p, token)
    refuse_if(argument.type.kind != "matrix", "parse.takes-matrix", argument.at, title="vec", type=argument.type)
    found = node("vec", (argument,), vector(size_of(argument.type)), token.at, argument.end)
    return found if bare else postfix(p, found)
