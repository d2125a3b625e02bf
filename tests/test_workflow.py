"""The build as a user runs it: real Snakemake over a small project of three posts."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = Path(__file__).parent / "cases" / "workflow" / "project"
ANYWHERE = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE")}


def lay_out(folder):
    """Make a project: the small posts with this repository's rules and templates."""
    shutil.copytree(PROJECT, folder)
    for name in ("rules", "profiles", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Snakefile", "environment.yaml"):
        shutil.copy(ROOT / name, folder)
    return folder


def snakemake(project, *arguments, cwd=None):
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    return subprocess.run(command, cwd=cwd or project, env=ANYWHERE, capture_output=True, text=True, timeout=300)


def proofweave(project, *arguments):
    command = [sys.executable, "-m", "proofweave", *arguments]
    return subprocess.run(command, cwd=project, env=ANYWHERE, capture_output=True, text=True, timeout=120)


def planned(project, *arguments):
    """Return the jobs that a dry run would run, as (rule, post)."""
    run = snakemake(project, *arguments, "--dry-run", "--quiet", "host", "reason")
    assert run.returncode == 0, run.stderr
    jobs, rule = set(), ""
    for line in (run.stdout + run.stderr).splitlines():
        if line.startswith(("rule ", "localrule ")):
            rule = line.split()[1].rstrip(":")
            jobs.add((rule, ""))
        elif line.strip().startswith("wildcards: post="):
            jobs.discard((rule, ""))
            jobs.add((rule, line.split("post=")[1].split(",")[0]))
    return jobs - {("all", "")}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    project = lay_out(tmp_path_factory.mktemp("built") / "project")
    run = snakemake(project)
    assert run.returncode == 0, run.stderr
    return project


@pytest.fixture
def project(built, tmp_path):
    """A copy of the built project, times and all."""
    return Path(shutil.copytree(built, tmp_path / "project", copy_function=shutil.copy2))


def outputs(project):
    build = project / "build"
    paths = [path for path in sorted(build.rglob("*")) if path.is_file() and "logs" not in path.parts]
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in paths}


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_fresh_project_is_built(built):
    grown = (built / "build/posts/cauchy.md").read_text(encoding="utf-8")
    source = (built / "blogs_raw/cauchy.md").read_text(encoding="utf-8")
    assert grown.startswith(source) and r"\tag{3}" in grown and "得证。 □" in grown
    assert (built / "build/posts/later.md").read_bytes() == (built / "blogs_raw/later.md").read_bytes()
    assert (built / "build/figures/cauchy/circle.svg").read_text(encoding="utf-8").startswith("<?xml")
    report = (built / "build/report.md").read_text(encoding="utf-8")
    assert "cauchy.md" in report and "待处理" in report


def test_nothing_changed_nothing_to_be_done(project):
    run = snakemake(project)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout + run.stderr


def test_an_edited_outline_rebuilds_its_post_only(project):
    replace(project / "outlines/square.yaml", "任意实数", "任意两个实数")
    rebuilt = {
        ("render", "square"),
        ("generate", "square"),
        ("validate", "square"),
        ("merge", "square"),
        ("report", ""),
    }
    assert planned(project) == rebuilt
    before = outputs(project)
    assert snakemake(project).returncode == 0
    after = outputs(project)
    changed = {name for name in after if before.get(name) != after[name]}
    assert "posts/square.md" in changed
    assert not any("cauchy" in name or "later" in name for name in changed)


def test_a_touched_file_asks_for_nothing(project):
    before = outputs(project)
    for path in ("outlines/cauchy.yaml", "blogs_raw/cauchy.md", "templates/post/statement.md.j2"):
        os.utime(project / path)
    run = snakemake(project)
    assert run.returncode == 0 and outputs(project) == before


def test_an_edited_template_rebuilds_what_it_prints(project):
    replace(project / "templates/post/statement.md.j2", "{{ words.proved }} □", "证毕。 □")
    jobs = planned(project)
    assert {rule for rule, _ in jobs} == {"validate", "merge", "report"}
    assert {post for _, post in jobs} == {"cauchy", "square", "later", ""}


def test_an_edited_source_rebuilds_its_post_only(project):
    replace(project / "blogs_raw/square.md", "平方都不小于零", "平方总不小于零")
    assert {post for _, post in planned(project)} <= {"square", ""}
    assert snakemake(project).returncode == 0
    assert "平方总不小于零" in (project / "build/posts/square.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_build_is_the_same_from_another_folder(project, tmp_path):
    before = outputs(project)
    shutil.rmtree(project / "build")
    run = snakemake(project, "-s", str(project / "Snakefile"), cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert outputs(project) == before


def test_batches_and_priorities_are_targets(project):
    shutil.rmtree(project / "build")
    assert {post for _, post in planned(project, "batch_2")} - {""} == {"square", "later"}
    assert {post for _, post in planned(project, "priority_high")} - {""} == {"cauchy"}


@pytest.mark.slow
def test_bad_posts_harm_no_other(project):
    """One malformed outline, one missing recording, one duplicate tag: each a located line, all else built."""
    outline = (project / "outlines/cauchy.yaml").read_text(encoding="utf-8")
    square = (project / "outlines/square.yaml").read_text(encoding="utf-8")
    (project / "outlines/malformed.yaml").write_text(square.replace("sections:", "sectoins:"), encoding="utf-8")
    (project / "outlines/unrecorded.yaml").write_text(
        outline.replace("figure: circle", "figure: circle2"), encoding="utf-8"
    )
    shutil.copytree(project / "figures/cauchy", project / "figures/unrecorded")
    (project / "figures/unrecorded/circle.py").rename(project / "figures/unrecorded/circle2.py")
    replace(project / "outlines/unrecorded.yaml", "@fig:circle", "@fig:circle2")
    shutil.copytree(project / "generations/cauchy", project / "generations/unrecorded")
    (project / "generations/unrecorded/equality.json").unlink()
    twice = square.replace("equation: {id: expand, tex: '", "equation: {id: expand, tex: '\\tag{1} ")
    (project / "outlines/twice.yaml").write_text(twice, encoding="utf-8")
    shutil.rmtree(project / "build")
    run = snakemake(project)
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "Traceback" not in said
    built = {path.stem for path in (project / "build/posts").glob("*.md")}
    assert built == {"cauchy", "square", "later"}
    lines = [line for line in said.splitlines() if line.startswith("outlines/") and ": error: " in line]
    assert [line.split(":")[0] for line in lines] == [
        "outlines/malformed.yaml",
        "outlines/twice.yaml",
        "outlines/unrecorded.yaml",
    ], said
    report = (project / "build/report.md").read_text(encoding="utf-8")
    assert all(name in report for name in ("malformed", "unrecorded", "twice"))


def test_a_false_theorem_is_refused_with_a_counterexample(project):
    replace(project / "outlines/square.yaml", r"'2ab \le a^2 + b^2'", r"'2ab \ge a^2 + b^2'")
    run = snakemake(project)
    assert run.returncode != 0
    (line,) = [line for line in (run.stdout + run.stderr).splitlines() if "[equation-refuted]" in line]
    assert line.startswith("outlines/square.yaml:19:") and "false for a = " in line
    assert not (project / "build/posts/square.md").exists()


def test_a_source_that_is_missing_is_a_finding(project):
    (project / "blogs_raw/square.md").unlink()
    run = snakemake(project)
    said = run.stdout + run.stderr
    assert run.returncode != 0 and "Traceback" not in said
    assert "outlines/square.yaml:2:9: error: " in said


def test_no_outline_is_an_error(project):
    shutil.rmtree(project / "outlines")
    (project / "outlines").mkdir()
    run = snakemake(project)
    assert run.returncode != 0
    assert "there are no outlines in outlines/" in run.stdout + run.stderr


def test_a_broken_drawing_is_located(project):
    replace(project / "figures/cauchy/circle.py", "np.cos(angle)", "np.cosine(angle)")
    run = snakemake(project)
    assert run.returncode != 0
    assert "figures/cauchy/circle.py:9:1: error: AttributeError" in run.stdout + run.stderr


@pytest.mark.slow
def test_a_killed_build_goes_on(tmp_path):
    project = lay_out(tmp_path / "project")
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    run = subprocess.Popen(command, cwd=project, env=ANYWHERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           start_new_session=True)  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any((project / "build").glob("findings/*.json")):
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert snakemake(project, "--unlock").returncode == 0
    run = snakemake(project)
    assert run.returncode == 0, run.stderr
    assert "得证。 □" in (project / "build/posts/cauchy.md").read_text(encoding="utf-8")


def test_the_code_a_verb_loads_is_in_its_fingerprint(project):
    """Run each verb and compare what it loaded with what `pipeline.code` lists for it."""
    verbs = {
        "render": ("render", "outlines/cauchy.yaml", "-o", "out.json"),
        "generate": ("generate", "build/requests/cauchy.json", "-o", "out.json"),
        "validate": ("validate", "outlines/cauchy.yaml", "--replies", "build/replies/cauchy.json", "-o", "out.json"),
        "figure": ("figure", "figures/cauchy/circle.py", "-o", "out.svg"),
        "merge": ("merge", "outlines/cauchy.yaml", "--replies", "build/replies/cauchy.json",
                  "--findings", "build/findings/cauchy.json", "-o", "out.md"),
    }  # fmt: skip
    from proofweave.pipeline.code import VERB_FOLDER, modules

    told = "import sys; from proofweave.cli import main; main(sys.argv[1:]); print(*[m.__file__ for n, m in "
    told += "sys.modules.items() if n.startswith('proofweave')], sep='\\n')"
    for verb, arguments in verbs.items():
        run = subprocess.run(
            [sys.executable, "-c", told, *arguments], cwd=project, env=ANYWHERE, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        loaded = {Path(line) for line in run.stdout.splitlines() if line.endswith(".py")}
        others = {path for path in loaded if path.parent == VERB_FOLDER and path not in modules(verb)}
        assert loaded - others <= set(modules(verb)), verb
