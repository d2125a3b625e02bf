"""Nothing is paid for twice: which edits ask for what, what is known before a call, and what a budget stops."""

import json
import re
import sys
from pathlib import Path

import pytest

from proofweave.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from fake_model.running import CANARY, Project


@pytest.fixture
def plain(tmp_path, monkeypatch):
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", CANARY)
    made = Project(tmp_path, plain=6)
    monkeypatch.chdir(made.root)
    return made


def asked(project, *arguments, code=0):
    """Return the blocks that a run asks for."""
    before = len(project.calls())
    assert main(["generate", project.outline, *arguments]) == code
    return sorted(call["block"] for call in project.calls()[before:])


def test_an_edit_asks_for_what_changed_and_nothing_else(plain, capfd):
    with plain.serve():
        assert len(asked(plain)) == 6
        assert asked(plain) == []
        plain.edit("写第 3 段的直观说明。", "写第 3 段的几何意义。")
        assert asked(plain) == ["b3"]
        plain.edit("title: 一些直观", "title: 换个标题")
        plain.edit("id: one", "id: another")
        plain.edit("title: 若干短文", "title: 别的题目")
        plain.edit("id: b5", "id: renamed")
        plain.edit("layer: intuition", "layer: practice")
        assert asked(plain) == []
        (plain.root / "templates/prompt/zh.md.j2").open("a").write("请认真写。\n")
        (plain.root / "blogs_raw/plain.md").open("a").write("新的一段。\n")
        assert asked(plain) == []
        assert capfd.readouterr().err.count("[stale-context]") > 6
        assert asked(plain, "--refresh", "b2") == ["b2"]
        plain.edit("symbols: {n: int(2..5)}", "symbols: {n: int(2..5), \\kappa: positive}")
        assert asked(plain) == []  # a symbol no block uses


def test_changed_ranges_ask_for_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", CANARY)
    project = Project(tmp_path)
    monkeypatch.chdir(project.root)
    with project.serve():
        assert len(asked(project)) == 7
        text = (project.root / project.outline).read_text(encoding="utf-8")
        before, found, after = text.partition("  - id: properties")
        first, sections, bounds = before.partition("sections:\n")
        after = re.sub("tags: 7-9", "tags: 1-3", after)
        bounds = re.sub("tags: 1-6", "tags: 4-9", bounds)
        (project.root / project.outline).write_text(first + sections + found + after + bounds, encoding="utf-8")
        assert asked(project) == []


def test_a_new_block_does_not_overwrite_the_recording_of_the_one_it_pushes_down(plain):
    text = (plain.root / plain.outline).read_text(encoding="utf-8")
    (plain.root / plain.outline).write_text(re.sub(r"\n        id: b\d", "", text), encoding="utf-8")
    with plain.serve():
        plain.script["blocks"] = {}
        plain.replies = dict(zip(names(plain), plain.replies.values(), strict=True))
        plain.scripted()
        assert len(asked(plain)) == 6
        plain.edit("    blocks:\n", "    blocks:\n      - intuition: {write: 一段新的开头。}\n")
        plain.replies = {**plain.replies, names(plain)[0]: {"body": [{"kind": "text", "text": "全新的开头。"}]}}
        plain.scripted()
        assert len(asked(plain)) == 1
        assert asked(plain) == []
        assert len(plain.recorded()) == 7


def names(project):
    from proofweave.outline.reading import read_outline

    outline, _ = read_outline((project.root / project.outline).read_text(encoding="utf-8"), project.outline)
    return [block.id for block in outline.blocks()]


def test_a_recording_tells_what_it_cost_and_reads_well(plain):
    with plain.serve():
        asked(plain)
    text = (plain.recordings / "b1.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert list(document) == ["format", "block", "spec", "key", "provenance", "slots"]
    made = document["provenance"]
    assert list(made) == ["by", "date", "parameters", "prompt", "tokens"]
    assert made["by"] == "fake-1" and made["parameters"]["served"] == "fake-1-served"
    assert made["tokens"]["calls"] == 1 and made["tokens"]["prompt"] > 100 and made["tokens"]["completion"] > 10
    assert json.loads((plain.recordings / "b6.json").read_text())["provenance"]["tokens"]["cached"] > 100


def test_an_estimate_calls_nothing_and_is_close(plain, capfd, monkeypatch):
    monkeypatch.delenv("PROOFWEAVE_TEST_KEY")
    assert main(["generate", plain.outline, "--estimate"]) == 0
    told = capfd.readouterr().out
    assert re.search(r"plain: 6 blocks, 6 slots; about [\d,]+ tokens of prompts", told)
    assert "USD" in told and not plain.log.exists()
    estimated = int(re.search(r"about ([\d,]+) tokens", told)[1].replace(",", ""))
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", CANARY)
    with plain.serve():
        asked(plain)
    assert 0.7 < estimated / sum(call["prompt"] for call in plain.calls()) < 1.4
    assert main(["generate", plain.outline, "--estimate"]) == 0
    assert "plain: 0 blocks" in capfd.readouterr().out


@pytest.mark.parametrize(("provider", "money", "tokens"), [("openai", "0.006", 5000), ("batch", "0.014", 5000)])
def test_a_budget_is_never_exceeded(plain, capfd, provider, money, tokens):
    plain.configure(max_tokens=200, concurrency=2, provider=provider)
    with plain.serve():
        asked(plain, "--budget", money, code=1)
        told = capfd.readouterr().err
        spent = float(re.search(r"([\d.]+) USD", told)[1])
        assert 0 < spent <= float(money) and 1 <= len(plain.recorded()) < 6
        assert "the budget is used up" in told
        done = len(plain.calls())
        asked(plain, "--budget", f"{tokens} tokens", code=1)
        used = sum(call["prompt"] + call["completion"] for call in plain.calls()[done:])
        assert 0 < used <= tokens
        for _ in range(6):
            main(["generate", plain.outline, "--budget", "0.02"])
        assert len(plain.calls()) == 6 and len(plain.recorded()) == 6


def test_a_budget_that_ends_a_repair_keeps_the_reply_aside_and_asks_again(plain, capfd):
    plain.configure(max_tokens=200, concurrency=1)
    with plain.serve(then={"b1": "hostile"}):
        asked(plain, "--budget", "0.006", code=1)
        assert "its repair ended: the budget is used up" in capfd.readouterr().err
        assert plain.aside() == ["b1"]
    with plain.serve():
        assert "b1" in asked(plain)
        assert plain.aside() == []


def test_a_budget_of_money_needs_a_price(plain, capfd):
    plain.configure(model="unknown-1")
    assert main(["generate", plain.outline, "--budget", "1"]) == 2
    assert "has no price of model 'unknown-1'" in capfd.readouterr().err
    assert main(["generate", plain.outline, "--estimate"]) == 0
    assert "cost: unknown" in capfd.readouterr().out


def test_gc_lists_first_and_deletes_when_asked(plain, capfd):
    with plain.serve(then={"b6": "refusal"}):
        asked(plain, code=1)
        plain.edit("写第 2 段的直观说明。", "写第 2 段。")
        plain.edit("写第 6 段的直观说明。", "写第 6 段。")
        plain.edit("      - intuition: {write: 写第 4 段的直观说明。}\n        id: b4\n", "")
        assert main(["gc"]) == 0
        out, err = capfd.readouterr()
        assert "b4.json: no block 'b4' waits" in out and "rejected/b6.json" in out
        assert "b2.json: kept: it answers an older text" in err
        assert plain.recorded() == ["b1", "b2", "b3", "b4", "b5"]
        assert main(["gc", "--delete"]) == 0
        assert plain.recorded() == ["b1", "b2", "b3", "b5"] and plain.aside() == []
        assert asked(plain) == ["b2", "b6"]
        capfd.readouterr()
        plain.edit("title: 若干短文", "tilte: 若干短文")
        assert main(["gc", "--delete"]) == 1
        assert "left alone" in capfd.readouterr().err


def test_recorded_asks_nothing_and_a_refresh_needs_a_provider(plain, capfd):
    plain.configure(provider="recorded")
    assert main(["generate", plain.outline]) == 0
    assert "nothing is recorded yet" in capfd.readouterr().err
    assert main(["generate", plain.outline, "--refresh"]) == 2
    assert "--refresh needs a provider" in capfd.readouterr().err
