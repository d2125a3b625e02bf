"""Every token is read: put one in its place that means nothing, and the formula is an error; layout excepted."""

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, specs

from proofweave.check.language import CheckError, Scope, tokenise
from proofweave.check.parse import read_statement
from proofweave.check.symbols import declare

STRANGER = "?"


def textbook():
    for path in sorted((CASES / "textbook").glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for equation in document["equations"]:
            yield pytest.param(
                equation["tex"], {**document.get("symbols", {}), **equation.get("symbols", {})}, id=equation["id"]
            )


def kinds():
    document = yaml.safe_load((CASES / "kinds.yaml").read_text(encoding="utf-8"))
    for kind, cases in document.items():
        for place, case in enumerate(cases):
            if "error" not in case["want"]:
                yield pytest.param(case["tex"], case["symbols"], id=f"{kind}-{place}")


def reads(tex, symbols):
    scope = Scope()
    declare(scope, specs(symbols))
    try:
        read_statement(tex, scope)
    except CheckError:
        return False
    return True


def label(tex, token):
    """Whether a token stands where an author may say anything: above a relation, below a brace."""
    before = tex[: token.at]
    inside = max(before.rfind(r"\underbrace"), before.rfind(r"\overbrace"))
    return inside >= 0 and before.rfind("}_{") > inside


@pytest.mark.parametrize(("tex", "symbols"), [*textbook(), *kinds()])
def test_every_token_is_read(tex, symbols):
    if not reads(tex, symbols):
        pytest.skip("a definition, read by another way")
    unread = []
    for token in tokenise(tex):
        if token.kind in ("amp", "sep", "row", "env", "open", "close") or token.end == token.at or label(tex, token):
            continue
        if token.text in (",", ";", ".", "，", "。", "；", r"\ldots"):
            continue
        changed = f"{tex[: token.at]} {STRANGER} {tex[token.end :]}"
        if reads(changed, symbols):
            unread.append((token.text, token.at))
    assert not unread, f"{tex}: not read: {unread}"
