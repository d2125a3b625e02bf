"""The site on this machine, built again and reloaded whenever a file is saved."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from proofweave.adapters import PageServer, Watch
from proofweave.core import Finding, FindingsError, ProofweaveError, labels, line_of
from proofweave.pipeline.live.rebuild import PATTERNS, Builder
from proofweave.pipeline.project import Project, Tell, outline_paths
from proofweave.pipeline.site import FOLDER, write_assets

HEAD = (
    '<link rel="stylesheet" href="/-/live.css">'
    '<script src="/-/live.js" data-broken="{broken}" data-fold="{fold}" defer></script>\n</head>'
)


def serve_site(project: Project, port: int, tell: Tell) -> None:
    """Build, serve and watch until it is interrupted."""
    outline_paths(project, ())
    builder = Builder(project, project.root / FOLDER)
    write_assets(builder.site / "assets")
    watch = Watch(project.root, PATTERNS)
    server = PageServer(builder.site, port, own_files(), live)
    server.start()
    builder.warm()
    tell(f"{server.address} shows the site; stop it with Ctrl+C")
    try:
        Keeper(builder, server, tell).keep(watch)
    finally:
        server.stop()


def own_files() -> dict[str, tuple[str, bytes]]:
    """Return what only this server serves, by path: the script that reloads and its style."""
    kinds = {"live.js": "text/javascript; charset=utf-8", "live.css": "text/css; charset=utf-8"}
    folder = files("proofweave") / "assets"
    return {f"/-/{name}": (kind, (folder / name).read_bytes()) for name, kind in kinds.items()}


def live(html: str) -> str:
    """Return a page that also listens for changes; the file itself stays as the build wrote it."""
    words = labels("page", "zh" if '<html lang="zh' in html[:100] else "en")
    allowed = html.replace("default-src 'none'; ", "default-src 'none'; connect-src 'self'; ", 1)
    return allowed.replace("</head>", HEAD.format(broken=words["broken"], fold=words["fold"]), 1)


class Keeper:
    """Keeps the site as its sources are."""

    def __init__(self, builder: Builder, server: PageServer, tell: Tell) -> None:
        self.builder = builder
        self.server = server
        self.tell = tell
        self.problems: dict[str, list[str]] = {}

    def keep(self, watch: Watch) -> None:
        """Build what is out of date, one thing at a time; what was just saved goes first."""
        waiting = dict.fromkeys(self.builder.undrawn())
        waiting |= {path: None for path in self.builder.project.outlines() if self.builder.stale(path)}
        around = not (self.builder.site / "index.html").is_file()
        while True:
            saved = self.concerned(watch.changed())
            waiting = {**dict.fromkeys(saved), **waiting}
            if waiting:
                path = next(iter(waiting))
                del waiting[path]
                self.build(path)
                around = True
            elif around:
                self.attempt("index.html", partial(self.builder.around, self.tell))
                self.server.tell({"reload": "index"})
                around = False

    def concerned(self, changed: frozenset[str]) -> list[Path]:
        """Return the scripts of figures and the outlines that have to be built again."""
        root = self.builder.project.root
        scripts = {root / name for name in changed if name.startswith("figures/") and (root / name).is_file()}
        return [*sorted(scripts), *sorted({path for name in changed for path in self.builder.concerned(name)})]

    def build(self, path: Path) -> None:
        """Build one post or figure."""
        if path.suffix == ".py":
            return self.attempt(f"{path.parent.name}/{path.name}", partial(self.builder.figure, path))
        started = time.monotonic()
        self.attempt(path.stem, partial(self.builder.post, path))
        self.tell(f"{path.stem}: {time.monotonic() - started:.1f} s")

    def attempt(self, name: str, build: Callable[[], Sequence[Finding] | None]) -> None:
        """Build one thing; what is wrong with it is shown over the pages until it is right."""
        findings: Sequence[Finding] = ()
        lines: list[str] = []
        try:
            findings = build() or ()
        except FindingsError as error:
            findings = error.findings
        except ProofweaveError as error:
            lines = [f"{name}: {error}"]
        except Exception as error:  # the server outlives whatever a half-saved file causes
            lines = [f"{name}: {type(error).__name__}: {error}"]
        lines += [line_of(finding, self.builder.project.language()) for finding in findings]
        if lines:
            self.problems[name] = lines
            for line in lines:
                self.tell(line)
        else:
            self.problems.pop(name, None)
        self.server.last = {"problems": self.problems}
        self.server.tell({"problems": self.problems, "reload": "" if lines else name})
