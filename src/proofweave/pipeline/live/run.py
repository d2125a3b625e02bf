"""A run of Snakemake, followed through its logger plug-in: how far it is, and at its end what is wrong."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from proofweave.adapters import Event, Screen, snakemake
from proofweave.core import BlockKind
from proofweave.pipeline.project import Project, outline_paths

TAG = re.compile(r"^\s*tags:\s*(\d+)(?:\s*-\s*(\d+))?", re.MULTILINE)
BLOCK = re.compile(rf"^\s*- (?:{'|'.join(BlockKind)}):", re.MULTILINE)
NUMBERED = re.compile(r'"numbered": (\d+),\n    "')
VERBS = ("render", "generate", "validate", "run", "merge", "export")
KINDS = ("figure/*", "handout", "book", "plain/*", ".")


def build(project: Project, targets: Sequence[str], cores: str, screen: Screen, quiet: bool) -> int:
    """Run Snakemake for some rules or files; return 0 when everything is built, 1 when something is wrong.

    How far it is is shown unless it has to be quiet; at its end what is wrong, and what there is.
    """
    outline_paths(project, ())
    run = Run(project, screen, quiet)
    try:
        code, said = snakemake(project.root, ["--cores", cores, *targets], run.hear)
    finally:
        screen.wipe()
    for line in (run.wrong() or said.splitlines()[-5:]) if code else ():
        screen.tell(line)
    screen.tell(run.account.summary())
    return 1 if code else 0


def complaints(root: Path) -> list[str]:
    """Return what the jobs of a project said when they last ran: the problems, a line each."""
    logs = root / "build" / "logs"
    posts = sorted(path.stem for path in (root / "outlines").glob("*.yaml"))
    paths = [logs / verb / f"{post}.log" for post in posts for verb in VERBS]
    paths += [path for kind in KINDS for path in sorted(logs.glob(f"{kind}/*.log"))]
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())
    return list(dict.fromkeys(line for text in texts for line in text.splitlines()))


class Run:
    """What is known of a run; jobs go by Snakemake's numbers."""

    def __init__(self, project: Project, screen: Screen, quiet: bool) -> None:
        self.account = Account(project)
        self.screen = screen
        self.quiet = quiet
        self.tenth = 10 if quiet or screen.living else -1
        self.jobs: dict[int, tuple[str, str]] = {}
        self.failed = False
        self.errors: list[str] = []

    def hear(self, event: Event) -> None:
        """Note an event, and show how far the run is: in a terminal always, elsewhere at each tenth of the way."""
        account = self.account
        match event:
            case {"event": "run_info", "stats": {"total": int(total)}}:
                account.all = total
            case {"event": "progress", "done": int(done), "total": int(total)}:
                account.done, account.all = done, total
                tenth = done * 10 // max(1, total)
                if tenth > self.tenth:
                    self.tenth = tenth
                    self.screen.tell(account.line())
            case {"event": "job_info", "jobid": int(job), "rule_name": rule, "wildcards": wildcards}:
                self.jobs[job] = (rule, (wildcards or {}).get("post", ""))
            case {"event": "job_finished", "job_id": int(job)} | {"event": "job_error", "jobid": int(job)}:
                rule, post = self.jobs.pop(job, ("", ""))
                if rule == "validate":
                    account.look(post)
                self.failed |= event["event"] == "job_error"
            case {"event": "error", "msg": str(text)}:
                self.errors.append(text)
        if not self.quiet:
            working = ", ".join(" ".join(filter(None, job)) for job in self.jobs.values())
            self.screen.draw(account.done, account.all, f"{account.line()}  {working}" if account.all else "")

    def wrong(self) -> list[str]:
        """Return what the jobs say is wrong where one failed, else what Snakemake says."""
        return (self.failed and complaints(self.account.project.root)) or self.errors


class Account:
    """Counts what a run has judged, from the findings it writes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.started = time.time()
        self.done = self.all = 0
        texts = {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in project.outlines()}
        self.posts = len(texts)
        self.blocks = sum(len(BLOCK.findall(text)) for text in texts.values())
        self.equations = sum(
            max((int(last or first) for first, last in TAG.findall(text)), default=0) for text in texts.values()
        )
        self.judged: dict[str, int] = {}
        for post in texts:
            self.look(post)

    def look(self, post: str) -> None:
        """Note how many numbered equations of a post are judged by now."""
        path = self.project.root / "build" / "findings" / f"{post}.json"
        self.judged.pop(post, None)
        if path.is_file():
            found = NUMBERED.search(path.read_text(encoding="utf-8", errors="replace"))
            self.judged[post] = int(found[1]) if found else 0

    def line(self) -> str:
        """Return how far the run is, and how long the rest takes if its jobs take what those before took."""
        left = (time.time() - self.started) * (self.all - self.done) / max(1, self.done)
        posts = (
            f"{len(self.judged)}/{self.posts} posts and {sum(self.judged.values())} of about {self.equations} equations"
        )
        return f"{self.done}/{self.all} steps, {posts} judged, {spoken(left)} left"

    def summary(self) -> str:
        """Return what there is when the run ends."""
        return (
            f"{len(self.judged)}/{self.posts} posts, {self.blocks} blocks, {sum(self.judged.values())} equations;"
            f" {self.done} steps in {spoken(time.time() - self.started)}"
        )


def spoken(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
