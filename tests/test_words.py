"""The table of words: each text in each language, with the same fields."""

import string
from importlib.resources import files

import pytest

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.wire import line_of, text_in, text_out
from proofweave.core.words.said import LANGUAGES, say, table, told

ROOMS = sorted(
    path.name.removesuffix(".toml") for path in files("proofweave.core.words").iterdir() if path.name.endswith(".toml")
)


def fields(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_is_there_in_every_language_with_the_same_fields(room):
    for name, entry in table(room).items():
        assert set(entry) == set(LANGUAGES), name
        assert len({frozenset(fields(text)) for text in entry.values()}) == 1, name


def test_what_is_said_is_english_as_a_string_and_can_be_said_in_chinese():
    inner = say("finding.error")
    text = say("finding.fix", fix=inner)
    assert text == "; error"
    assert told(text, "zh") == "；错误"
    assert told(text_in(text_out(text)), "zh") == "；错误"
    assert told("the author's own", "zh") == "the author's own"


def test_a_finding_is_one_line_in_either_language():
    finding = Finding("tag-missing", Severity.ERROR, Where("a.md", 2, 3), "what", "more", "do\nthis")
    assert line_of(finding, "en") == str(finding) == "a.md:2:3: error: what; expected more; do this [tag-missing]"
    assert line_of(finding, "zh") == "a.md:2:3: 错误: what；应为 more；do this [tag-missing]"


def test_an_unknown_key_or_a_missing_field_is_refused():
    with pytest.raises(KeyError):
        say("finding.nothing")
    with pytest.raises(KeyError):
        say("finding.fix")
