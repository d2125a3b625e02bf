import pytest

from proofweave.core.types import Block, BlockKind, Layer, LineTarget, Section, Where
from proofweave.stages.validate.length import BUDGET, check_layers, check_lines, layer_of, line_count, shares

HERE = Where("outline.yaml", 4, 8)


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2)])
def test_a_last_line_without_a_line_end_counts(text, lines):
    assert line_count(text) == lines


@pytest.mark.parametrize(
    ("least", "most", "lines", "asked"),
    [
        (3, 5, 2, "3 to 5"),
        (3, 5, 6, "3 to 5"),
        (3, 5, 3, None),
        (3, 5, 5, None),
        (3, None, 2, "at least 3"),
        (3, None, 900, None),
    ],
)
def test_lines_outside_the_target_are_a_warning_at_the_target(least, most, lines, asked):
    findings = check_lines(LineTarget(least, most, HERE), "x\n" * lines)
    assert [(finding.rule, finding.severity, finding.where, finding.expected) for finding in findings] == (
        [("line-target", "warning", HERE, asked)] if asked else []
    )


def test_no_target_no_finding():
    assert check_lines(None, "") == ()


def test_shares_add_up_to_a_hundred():
    found = shares({Layer.FOUNDATIONS: 1, Layer.DERIVATION: 3})
    assert found[Layer.DERIVATION] == 75
    assert found[Layer.PRACTICE] == 0
    assert sum(found.values()) == 100
    assert shares({}) == {}


def test_a_share_is_told_only_beyond_ten_points_of_its_budget():
    even = {Layer.FOUNDATIONS: 25, Layer.DERIVATION: 40, Layer.CONVERGENCE: 15, Layer.INTUITION: 10, Layer.PRACTICE: 10}
    assert check_layers(even, {}, HERE) == ()
    at_the_edge = even | {Layer.FOUNDATIONS: 40, Layer.DERIVATION: 30, Layer.CONVERGENCE: 10}
    assert check_layers(at_the_edge, {}, HERE) == ()
    beyond = even | {Layer.FOUNDATIONS: 41, Layer.DERIVATION: 29, Layer.CONVERGENCE: 10}
    low, high = sorted(check_layers(beyond, {}, HERE), key=lambda finding: finding.what)
    assert (low.rule, low.severity, low.where) == ("layer-share", "warning", HERE)
    assert low.what == "layer derivation has 29.0% of the characters (29 of 100)"
    assert high.what == "layer foundations has 41.0% of the characters (41 of 100)"
    assert high.expected == "20–30%, give or take 10 points"


def test_an_outline_may_set_its_own_budget():
    only = {Layer.DERIVATION: 100}
    assert len(check_layers(only, {}, HERE)) == 3
    assert (
        check_layers(only, {Layer.DERIVATION: (90, 100), Layer.FOUNDATIONS: (0, 10), Layer.CONVERGENCE: (5, 10)}, HERE)
        == ()
    )


def test_the_budgets_are_those_of_the_plan():
    assert [BUDGET[layer] for layer in Layer] == [(20, 30), (40, 50), (15, 20), (10, 15), (10, 15)]


@pytest.mark.parametrize(
    ("kind", "own", "leaf", "section", "layer"),
    [
        (BlockKind.THEOREM, None, None, Layer.CONVERGENCE, Layer.CONVERGENCE),
        (BlockKind.THEOREM, None, Layer.DERIVATION, Layer.CONVERGENCE, Layer.DERIVATION),
        (BlockKind.INTUITION, None, Layer.DERIVATION, None, Layer.INTUITION),
        (BlockKind.GEOMETRY, None, Layer.DERIVATION, None, Layer.INTUITION),
        (BlockKind.PRACTICE, None, Layer.DERIVATION, None, Layer.PRACTICE),
        (BlockKind.PRACTICE, Layer.FOUNDATIONS, Layer.DERIVATION, None, Layer.FOUNDATIONS),
        (BlockKind.REMARK, None, None, None, None),
    ],
)
def test_a_block_has_its_own_layer_else_its_kinds_else_its_sections(kind, own, leaf, section, layer):
    inner, outer = Section("a", "", HERE, layer=leaf), Section("b", "", HERE, layer=section)
    assert layer_of(Block(kind, "x", HERE, layer=own), inner, outer) is layer
