"""Show what generating does and costs: a post under faults, many kills. `python tests/bench_generate.py [KILLS]`."""

import json
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from fake_model.running import Project
from test_provider_crash import CONCURRENCY, kill_at_random, whole
from test_provider_faults import HEALING


def show_a_post_under_faults(folder):
    """Estimate, build under faults, edit one block, refuse a wrong equation; print the calls and tokens of each."""
    project = Project(folder)
    project.configure(timeout=1)
    print("estimate before any call:")
    print(project.run("generate", project.outline, "--estimate")[1])
    with project.serve(HEALING):
        started = time.monotonic()
        code, _, told = project.run("generate", project.outline)
        print(
            f"generate under {sum(map(len, HEALING.values()))} scripted faults: exit {code}, "
            f"{time.monotonic() - started:.1f} s; {len(project.calls(state='begun'))} requests reached the server"
        )
        print("  " + "\n  ".join(told.splitlines()[-2:]))
        for block in project.recorded():
            faults = ", ".join(call["fault"] or "good" for call in project.calls(block, "begun"))
            tokens = json.loads((project.recordings / f"{block}.json").read_text())["provenance"]["tokens"]
            print(f"  {block}: {faults}; {tokens}")
        before = len(project.calls())
        print(
            "merge:",
            project.run("merge", project.outline, "-o", "build/post.md")[0],
            "requests:",
            len(project.calls()) - before,
        )
        grown = (project.root / "build/post.md").read_text(encoding="utf-8")
        tags = len(re.findall(r"\\tag", grown))
        print(f"the grown post has {grown.count(chr(10))} lines and {tags} numbered equations")
        for what, old, new in (
            ("one block edited", "推导所有分量加上同一个数时", "推导把所有分量都加上同一个数时"),
            ("a section renamed", "title: 上下界", "title: 上界与下界"),
        ):
            before = len(project.calls())
            project.edit(old, new)
            project.run("generate", project.outline)
            print(f"{what}: {len(project.calls()) - before} calls")
    with project.serve(then={"from-below": "wrong-equation"}):
        before = len(project.calls())
        project.run("generate", project.outline, "--refresh", "from-below")
        print(
            f"an equation that never gets right: {len(project.calls()) - before} calls, kept aside: {project.aside()}"
        )


def show_kills(folder, kills):
    """Kill runs at random moments and print what was lost."""
    project = Project(folder, plain=12)
    project.configure(concurrency=CONCURRENCY)
    with project.serve(delay=0.03):
        met, begun, anew = kill_at_random(project, kills, seed=int(time.time()), window=2.0)
        print(
            f"{kills} kills, {met} of them met a run at work: {begun} calls begun, {anew} replies recorded, "
            f"{begun - anew} lost in flight (at most {CONCURRENCY} a kill); no half-written recording"
        )
        print("the last run:", project.run("generate", project.outline)[0], len(whole(project)), "recordings")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        show_a_post_under_faults(Path(one))
        show_kills(Path(two), int(sys.argv[1]) if len(sys.argv) > 1 else 50)
