"""The committed schema is the one the reader's shapes make, and the reader's outlines fit it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import yaml

from proofweave.cli import main
from proofweave.outline.schema import outline_schema, schema_text

SCHEMA = Path(__file__).parent.parent / "schema" / "outline.schema.json"


def test_the_committed_schema_is_that_of_the_reader() -> None:
    written = SCHEMA.read_text(encoding="utf-8")
    assert written == schema_text(), "run `proofweave schema -o schema/outline.schema.json`"


def test_the_verb_writes_and_prints_it(tmp_path: Path, capsys) -> None:
    path = tmp_path / "new" / "outline.schema.json"
    assert main(["schema", "-o", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == schema_text()
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == outline_schema()


def test_a_new_outline_fits_the_schema() -> None:
    from proofweave.outline.new import new_outline
    from proofweave.text.markdown.post import read_post

    text = new_outline(read_post("# 题\n\n## 甲\n\n$$x$$\n", "blogs_raw/mine.md"), "mine")
    jsonschema.validate(yaml.safe_load(text), outline_schema())
