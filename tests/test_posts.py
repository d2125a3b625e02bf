"""The posts of this repository: as long, as numbered and as verified as their plan asks, with listings that run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLAGSHIP = "多任务学习漫谈二行梯度之事"
ASKED = {
    FLAGSHIP: (700, 90, 60 / 90),
    "指数梯度下降-元学习-自适应学习率": (380, 55, 0.60),
    "梯度流探索通向最小值之路": (430, 60, 0.50),
    "让炼丹更科学一些一sgd的平均损失收敛": (430, 60, 0.60),
    "输入梯度惩罚与参数梯度惩罚的一个不等式": (330, 55, 0.65),
    "重新思考学习率与batch-siz": (430, 55, 0.55),
    "重新思考学习率与batch-size三muon": (380, 60, 0.60),
    "重新思考学习率与batch-size四ema": (380, 60, 0.65),
}
"""For each post: grown lines, numbered equations and the share of them that is verified, at least."""

POSTS = [post for post in ASKED if (ROOT / "outlines" / f"{post}.yaml").is_file()]
LISTING = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Return the judgement of a post; verdicts that a build has remembered are not computed again."""
    folder = tmp_path_factory.mktemp("judged")

    def judge(post):
        path = folder / f"{post}.json"
        if not path.exists():
            command = [sys.executable, "-m", "proofweave", "validate", f"outlines/{post}.yaml", "-o", str(path)]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
            assert run.returncode == 0, run.stderr
        return json.loads(path.read_text(encoding="utf-8"))

    return judge


def numbered(equations, verdict=""):
    return sum(len(each["tags"]) for each in equations if verdict in ("", each["verdict"]))


@pytest.mark.parametrize("post", POSTS)
def test_a_post_is_what_its_plan_asks_for(judged, post):
    document = judged(post)
    lines, equations, share = ASKED[post]
    stopping = [finding for finding in document["findings"] if finding["severity"] == "error"]
    assert not stopping
    assert document["status"] == "complete"
    assert document["counts"]["lines"] >= lines
    assert numbered(document["equations"]) >= equations
    assert numbered(document["equations"], "verified") >= share * numbered(document["equations"])
    assert not [
        each["id"] for each in document["equations"] if each["verdict"] in ("weak", "refuted", "error", "holds")
    ]


@pytest.mark.parametrize("post", POSTS)
def test_conclusions_are_verified_and_never_definitions(judged, post):
    conclusions = [each for each in judged(post)["equations"] if each["conclusion"]]
    assert conclusions
    assert not [each["id"] for each in conclusions if each["verdict"] == "defined"]
    assert numbered(conclusions, "verified") >= 0.7 * numbered(conclusions)


@pytest.mark.parametrize("post", POSTS)
def test_what_is_not_verified_says_why(judged, post):
    open_ends = [each for each in judged(post)["equations"] if each["verdict"] == "skipped"]
    assert not [each["id"] for each in open_ends if len(each["reason"]) < 15]


@pytest.mark.parametrize("post", POSTS)
def test_the_listings_of_a_post_run(tmp_path, post):
    grown = tmp_path / "post.md"
    command = [sys.executable, "-m", "proofweave", "merge", f"outlines/{post}.yaml", "-o", str(grown)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    listings = LISTING.findall(grown.read_text(encoding="utf-8"))
    assert len(listings) >= 2
    for listing in listings:
        one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        run = subprocess.run(
            [sys.executable, "-c", listing], cwd=tmp_path, env=one_thread, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 0, f"{run.stderr}\n{listing}"


@pytest.mark.slow
@pytest.mark.parametrize("post", POSTS)
def test_a_post_has_a_figure_that_its_script_draws(tmp_path, post):
    outline = (ROOT / "outlines" / f"{post}.yaml").read_text(encoding="utf-8")
    recorded = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "generations" / post).glob("*.json"))
    scripts = sorted((ROOT / "figures" / post).glob("*.py"))
    assert scripts
    for script in scripts:
        assert f"figure: {script.stem}" in outline or f'"figure": "{script.stem}"' in recorded
        drawn = []
        for name in ("one.svg", "two.svg"):
            command = [sys.executable, "-m", "proofweave", "figure", str(script), "-o", str(tmp_path / name)]
            assert subprocess.run(command, cwd=ROOT, timeout=120).returncode == 0
            drawn.append((tmp_path / name).read_bytes())
        assert drawn[0] == drawn[1]


def test_the_flagship_has_the_ranges_of_its_plan(judged):
    asked = "1-2 3-6 7-11 12-27 28-32 33-39 40-44 45-59 60-66 67-75 76 77-78 79-81 82-85 86-87 88-90"
    ranges = [section["tags"] for section in judged(FLAGSHIP)["counts"]["sections"]]
    assert " ".join(tags for tags in ranges if tags) == asked


@pytest.mark.slow
def test_turning_the_conclusion_of_theorem_1_1_around_refuses_the_flagship(tmp_path):
    """Plant the famous error in a copy of the project; the refusal names the equation with a counterexample."""
    import shutil

    for name in ("config.yaml", "templates", "blogs_raw", f"generations/{FLAGSHIP}", f"figures/{FLAGSHIP}"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    outline = (ROOT / "outlines" / f"{FLAGSHIP}.yaml").read_text(encoding="utf-8")
    theorem = outline[outline.index("- theorem:") :]
    statement = theorem[theorem.index("tex:") : theorem.index("proof:")]
    turned = statement.replace(r"-\epsilon", r"\epsilon", 1)
    assert turned != statement
    (tmp_path / "outlines").mkdir()
    (tmp_path / "outlines" / f"{FLAGSHIP}.yaml").write_text(outline.replace(statement, turned), encoding="utf-8")
    command = [sys.executable, "-m", "proofweave", "merge", f"outlines/{FLAGSHIP}.yaml", "-o", "build/posts/x.md"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert run.returncode == 1
    assert "[equation-refuted]" in run.stderr and "numerically false, by a wide margin, for" in run.stderr
    assert not (tmp_path / "build/posts/x.md").exists()
