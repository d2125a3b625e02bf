"""Whatever can be written can be explained: every operation has a printer and a word, every role of a symbol too."""

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, specs

from proofweave.check.explain.printed import PRINTERS, printed_statement
from proofweave.check.explain.trees import lines
from proofweave.check.language import CheckError, Scope, walk
from proofweave.check.parse import read_statement
from proofweave.check.symbols import declare
from proofweave.cli import main


def cases():
    for path in sorted(CASES.rglob("*.yaml")):
        if path.stem == "planted":
            continue
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = document.get("symbols", {}) if isinstance(document, dict) else {}
        groups = document.values() if isinstance(document, dict) else [document]
        for case in (case for group in groups if isinstance(group, list) for case in group):
            if isinstance(case, dict) and "tex" in case:
                yield case["tex"], {**shared, **case.get("symbols", {})}


def test_every_formula_that_reads_is_printed_and_shown_as_a_tree():
    read = 0
    for tex, symbols in cases():
        scope = Scope()
        try:
            declare(scope, specs(symbols))
            statement = read_statement(tex, scope)
        except CheckError:
            continue
        read += 1
        missing = {part.op for tree in statement.nodes() for part in walk(tree)} - set(PRINTERS)
        assert not missing, tex
        assert printed_statement(statement)
        for row in statement.rows:
            assert list(lines(row)), tex
    assert read > 400


EXPLAINED = {
    "limit": (r"\lim_{n \to \infty}\left(1 + \frac{t}{n}\right)^n = e^t", {"t": "interval(0, 1)"}),
    "law": (r"\mathbb{E}[Z^2] = s^2", {"s": "positive", "Z": {"law": r"\mathcal{N}(0, s^2)"}}),
    "below": (r"\mathbb{E}_{x\sim\operatorname{Bernoulli}(p)}[x] = p", {"p": "interval(0, 1)"}),
    "set": (r"\sum_{i \in S} x_i + \sum_{i \notin S} x_i = \sum_{i=1}^{3} x_i", {"x": "vector(3)", "S": "subset(3)"}),
    "given": (r"\log t \le t - 1 \quad (t > 0)", {"t": "scalar"}),
    "or": (r"t^2 = 1 \Rightarrow t = 1 \text{ or } t = -1", {"t": "scalar"}),
    "member": (r"\frac{m(m+1)}{2} \in \mathbb{N}", {"m": "int(1..9)"}),
}


@pytest.mark.parametrize("name", EXPLAINED)
@pytest.mark.parametrize("json", [False, True])
def test_what_is_new_in_the_language_is_explained(name, json, tmp_path, capsys):
    tex, symbols = EXPLAINED[name]
    path = tmp_path / "a.yaml"
    document = {"equations": [{"id": name, "tex": tex, "symbols": symbols}]}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert main(["check", str(path), "--explain", name, *(["--json"] if json else [])]) == 0
    assert name in capsys.readouterr().out
