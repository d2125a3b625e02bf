"""Projects and fake servers for tests: a case folder copied, its server a process of its own."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from proofweave.outline.reading import read_outline

REPOSITORY = Path(__file__).parents[2]
CASES = REPOSITORY / "tests" / "cases" / "generate"
CANARY = "sk-canary-4f9b27c1d8e63a50"


PLAIN = """title: 若干短文
source: blogs_raw/plain.md
language: zh
symbols: {n: int(2..5)}
sections:
  - id: one
    title: 一些直观
    layer: intuition
    blocks:
"""
"""An outline of blocks without equations, which are judged in no time; their number is the test's."""


def lay_out_plain(root, count):
    """Write a project whose outline holds `count` blocks of plain text: b1, b2, …"""
    shutil.copytree(CASES / "log-sum-exp", root)
    for path in [*(root / "outlines").iterdir(), *(root / "blogs_raw").iterdir()]:
        path.unlink()
    (root / "blogs_raw/plain.md").write_text("## 短文\n\n一些话。\n", encoding="utf-8")
    blocks = [f"      - intuition: {{write: 写第 {n} 段的直观说明。}}\n        id: b{n}\n" for n in range(1, count + 1)]
    (root / "outlines/plain.yaml").write_text(PLAIN + "".join(blocks), encoding="utf-8")
    replies = {
        f"b{n}": {
            "body": [{"kind": "text", "text": f"第 {n} 段说的是 $n = {n}$ 时的情形，{chr(0x4E00 + 7 * n) * 9}。"}]
        }
        for n in range(1, count + 1)
    }
    (root / "replies.json").write_text(json.dumps(replies, ensure_ascii=False), encoding="utf-8")


class Project:
    """A case's project in a folder of its own, with a fake server that is started by `serve`; or `plain` blocks."""

    def __init__(self, folder, case="log-sum-exp", plain=0):
        self.root = Path(folder) / "project"
        self.outside = Path(folder) / "outside"
        self.outside.mkdir(parents=True)
        if plain:
            lay_out_plain(self.root, plain)
        else:
            shutil.copytree(CASES / case, self.root)
        shutil.copytree(REPOSITORY / "templates", self.root / "templates")
        (self.root / "generations").mkdir()
        self.replies = json.loads((self.root / "replies.json").read_text(encoding="utf-8"))
        (self.root / "replies.json").unlink()
        self.post = next((self.root / "outlines").glob("*.yaml")).stem
        self.outline = f"outlines/{self.post}.yaml"
        self.script = {"blocks": {}}
        self.log = self.outside / "calls.jsonl"

    @property
    def recordings(self):
        return self.root / "generations" / self.post

    def recorded(self):
        return sorted(path.stem for path in self.recordings.glob("*.json"))

    def aside(self):
        return sorted(path.stem for path in (self.recordings / "rejected").glob("*.json"))

    def configure(self, **values):
        path = self.root / "config.yaml"
        text = path.read_text(encoding="utf-8")
        for key, value in values.items():
            text, found = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
            text += "" if found else f"{key}: {value}\n"
        path.write_text(text, encoding="utf-8")

    def edit(self, old, new):
        path = self.root / self.outline
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.scripted()

    def scripted(self, faults=None, then=None, **more):
        """Write the server's script; `faults` maps a block to what its calls meet, "*" stands for all blocks."""
        outline, _ = read_outline((self.root / self.outline).read_text(encoding="utf-8"), self.outline)
        before = self.script["blocks"]
        self.script |= more
        self.script["blocks"] = {
            block.id: {
                "match": block.slots()[0].write,
                "reply": self.replies.get(block.id, before.get(block.id, {}).get("reply", {})),
                "faults": (faults or {}).get(block.id, (faults or {}).get("*", [])),
                "then": (then or {}).get(block.id, (then or {}).get("*", "")),
            }
            for block in outline.blocks()
            if block.slots()
        }
        (self.outside / "script.json").write_text(json.dumps(self.script), encoding="utf-8")

    @contextlib.contextmanager
    def serve(self, faults=None, then=None, **more):
        """Run the server while the body runs."""
        self.scripted(faults, then, **more)
        command = [sys.executable, str(Path(__file__).parent / "server.py"), "script.json", str(self.log)]
        process = subprocess.Popen(
            command, cwd=self.outside, stdout=subprocess.PIPE, text=True, env={**os.environ, "FAKE_MODEL_KEY": CANARY}
        )
        try:
            self.configure(base_url=f"http://127.0.0.1:{process.stdout.readline().strip()}/v1")
            yield self
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def calls(self, block=None, state="ended"):
        """Return the calls the server logged."""
        text = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        entries = [json.loads(line) for line in text.splitlines()]
        return [e for e in entries if e["state"] == state and (block is None or e["block"] == block)]

    def start(self, *arguments, prefix=(), **more):
        """Start the command in a process of its own."""
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "proofweave", *arguments],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            **more,
        )

    def run(self, *arguments, **more):
        """Run the command in a process of its own; return (exit code, standard output, standard error)."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err


def environment(**more):
    return {**os.environ, "PROOFWEAVE_TEST_KEY": CANARY, "PYTHONDONTWRITEBYTECODE": "1", **more}
