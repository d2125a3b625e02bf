"""`proofweave build`: Snakemake with a progress bar in a terminal, plain lines elsewhere, or only the summary."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofweave.pipeline.project import Project

STEPS = re.compile(r"(\d+) of (\d+) steps")
FAILED = re.compile(r"Error in rule|^[\w./-]+\.\w+:\d+:\d+: error|^WorkflowError|^\w+(?:Exception|Error) ")

TAG = re.compile(r"^\s*tags:\s*(\d+)(?:\s*-\s*(\d+))?", re.MULTILINE)
BLOCK = re.compile(
    r"^\s*- (?:definition|theorem|lemma|proposition|corollary|algorithm|derivation|intuition|geometry|special_case"
    r"|practice|remark):",
    re.MULTILINE,
)
WIDTH = 24
"""Characters of the bar."""


SUMMARY = "run Snakemake and show how far it is: posts, blocks, equations, time left"
EXAMPLE = """\
proofweave build
proofweave build site --cores 4
proofweave build --quiet"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("targets", nargs="*", help="rules or files, as for snakemake; all posts when left out")
    parser.add_argument("--cores", default="2", help="jobs at the same time (default: 2)")
    parser.add_argument("--quiet", action="store_true", help="print the summary and what is wrong, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Run Snakemake; return its verdict: 0 when everything is built, 1 when something is wrong."""
    from proofweave.pipeline.project import Project, outline_paths

    project = Project.find()
    outline_paths(project, ())
    command = [sys.executable, "-m", "snakemake", "--cores", arguments.cores, *arguments.targets]
    account = Account(project)
    bar = Bar(sys.stderr.isatty() and not arguments.quiet, arguments.quiet)
    said: list[str] = []
    with subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line.rstrip())
                if steps := STEPS.search(line):
                    account.steps(int(steps[1]), int(steps[2]))
                    bar.show(account)
            code = process.wait()
        except KeyboardInterrupt:
            bar.wipe()
            process.wait()  # it was interrupted too, and ends its jobs
            raise
    bar.wipe()
    for line in wrong(said) if code else ():
        print(line, file=sys.stderr)
    print(account.summary(), file=sys.stderr)
    return 1 if code else 0


def wrong(said: Sequence[str]) -> list[str]:
    """Return what Snakemake says is wrong: what follows the heading of onerror, else its own errors."""
    for index, line in enumerate(said):
        if line.startswith("What is wrong:"):
            rest = said[index + 1 :]
            end = next((place for place, each in enumerate(rest) if each.startswith("All other posts")), len(rest))
            return list(rest[:end])
    return [line for line in said if FAILED.search(line)] or list(said[-5:])


class Account:
    """Counts what a run has judged, from the findings it writes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.started = time.time()
        self.done = self.all = 0
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in project.outlines()]
        self.posts = len(texts)
        self.blocks = sum(len(BLOCK.findall(text)) for text in texts)
        self.equations = sum(
            max((int(last or first) for first, last in TAG.findall(text)), default=0) for text in texts
        )

    def steps(self, done: int, total: int) -> None:
        """Note how many jobs are done."""
        self.done, self.all = done, total

    def judged(self) -> tuple[int, int, int]:
        """Return the posts, blocks and numbered equations that are judged by now."""
        posts = blocks = equations = 0
        for path in self._findings():
            text = path.read_text(encoding="utf-8", errors="replace")
            posts += 1
            found = re.search(r'"numbered": (\d+),\n    "', text)
            equations += int(found[1]) if found else 0
            blocks += len(set(re.findall(r'^      "block": "([^"]*)"', text, re.MULTILINE)))
        return posts, blocks, equations

    def _findings(self) -> Iterator[Path]:
        for outline in self.project.outlines():
            path = self.project.root / "build" / "findings" / f"{outline.stem}.json"
            if path.is_file():
                yield path

    def left(self) -> float:
        """Return how many seconds the rest takes, if its jobs take what those before took."""
        return (time.time() - self.started) * (self.all - self.done) / max(1, self.done)

    def line(self) -> str:
        """Return how far the run is."""
        posts, _, equations = self.judged()
        return (
            f"{self.done}/{self.all} steps, {posts}/{self.posts} posts and {equations} of about {self.equations}"
            f" equations judged, {spoken(self.left())} left"
        )

    def summary(self) -> str:
        """Return what there is when the run ends."""
        posts, _, equations = self.judged()
        took = spoken(time.time() - self.started)
        return f"{posts}/{self.posts} posts, {self.blocks} blocks, {equations} equations; {self.done} steps in {took}"


class Bar:
    """One living line in a terminal; elsewhere a line for each tenth of the way."""

    def __init__(self, living: bool, quiet: bool) -> None:
        self.living = living
        self.quiet = quiet
        self.tenth = -1
        self.width = 0

    def show(self, account: Account) -> None:
        """Show how far a run is."""
        share = account.done / max(1, account.all)
        if self.living:
            filled = round(share * WIDTH)
            text = f"[{'█' * filled}{'░' * (WIDTH - filled)}] {account.line()}"
            print("\r" + text.ljust(self.width), end="", file=sys.stderr, flush=True)
            self.width = len(text)
        elif not self.quiet and int(share * 10) > self.tenth:
            self.tenth = int(share * 10)
            print(account.line(), file=sys.stderr, flush=True)

    def wipe(self) -> None:
        """Wipe the living line."""
        if self.width:
            print("\r" + " " * self.width + "\r", end="", file=sys.stderr, flush=True)
            self.width = 0


def spoken(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
