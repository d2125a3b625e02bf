from proofweave.core.types import Block, BlockKind, Equation, Outline, Section, Slot, Step, TagRange, Where
from proofweave.stages.validate.ranges import ENOUGH, check_counts, check_owners, explained, held, reserved
from proofweave.stages.validate.woven.tags import Tag

HERE = Where("outline.yaml", 3, 5)


def equation(rows: int = 1, numbered: bool = True) -> Equation:
    return Equation("", "x", HERE, numbered=numbered, rows=rows)


def section(tags: tuple[int, int] | None, *parts, line: int = 1) -> Section:
    owned = TagRange(*tags, Where("outline.yaml", line, 11)) if tags else None
    block = Block(BlockKind.DERIVATION, "", HERE, body=parts)
    return Section(f"s{line}", "", Where("outline.yaml", line, 3), tags=owned, blocks=(block,))


def outline(*sections: Section) -> Outline:
    return Outline("p", "outline.yaml", "", "", "zh", None, HERE, HERE, sections=sections)


def test_rows_steps_and_slots_take_numbers_and_unnumbered_displays_none():
    parts = (equation(3), equation(numbered=False), Step("故", equation(2), "", HERE), Slot("body", "", 4, HERE))
    assert held(section(None, *parts)) == 9


def test_a_section_with_as_many_equations_as_numbers_is_right():
    assert check_counts(outline(section((1, 3), equation(3)), section(None))) == ()


def test_too_many_too_few_and_unowned_are_told_at_the_range():
    findings = check_counts(
        outline(
            section((1, 1), equation(2), line=1), section((2, 3), equation(), line=2), section(None, equation(), line=3)
        )
    )
    assert [(finding.rule, finding.where.line, finding.where.column) for finding in findings] == [
        ("tag-range", 1, 11),
        ("tag-range", 2, 11),
        ("tag-range", 3, 3),
    ]
    assert "holds 2 numbered equations; expected 1, as many as its range 1 has numbers" in str(findings[0])
    assert "holds 1 numbered equation; expected 2" in str(findings[1])
    assert "owns no tags" in str(findings[2])


def test_numbers_that_a_wrong_count_moves_are_explained():
    assert explained(outline(section((1, 2), equation(2)))) == frozenset()
    assert explained(outline(section((1, 4), equation(2)), section((5, 5), equation()))) == {3, 4}
    assert explained(outline(section((1, 1), equation(3)), section((2, 2), equation()))) == {2, 3}
    assert explained(outline(section((1, 1), equation()), section(None, equation(2)))) == {2, 3}


def test_unfilled_slots_keep_the_numbers_of_their_section_free():
    waiting = section((1, 3), equation(), Slot("body", "", 2, HERE))
    assert reserved(outline(waiting, section((4, 5), equation(2))), frozenset({1, 4, 5})) == {2, 3}
    assert reserved(outline(section((1, 3), equation())), frozenset({1})) == frozenset()


def test_a_range_of_a_billion_numbers_costs_nothing():
    vast = outline(section((1, 10**9), equation(), Slot("body", "", 1, HERE)))
    assert len(explained(vast)) <= ENOUGH
    assert len(reserved(vast, frozenset())) <= ENOUGH


def test_a_tag_outside_the_range_of_its_section_is_found():
    own = section((3, 6), line=7)
    found = [Tag("3", Where("", 10, 1), 3), Tag("7", Where("", 12, 4), 7), Tag("x", Where("", 13, 1), 0)]
    (finding,) = check_owners(found, lambda line: own)
    assert (finding.rule, finding.where.line, finding.where.column) == ("tag-outside-range", 12, 4)
    assert "tag 7 stands in section 's7'; expected a number of its range 3-6" in str(finding)
    assert check_owners(found, lambda line: None) == ()
