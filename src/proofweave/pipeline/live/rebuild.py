"""Build single posts again inside this process: what Snakemake's rules write, byte for byte."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.adapters import KaTeX
from proofweave.pipeline.project import Project, Tell, silent

if TYPE_CHECKING:
    from proofweave.core import Finding

PATTERNS = (
    *("outlines/*.yaml", "blogs_raw/*.md", "generations/*/*.json", "figures/*/*.py"),
    *("config.yaml", "templates/*/*.j2"),
)
"""What posts are made of; a file that matches is watched."""


@dataclass(slots=True)
class Builder:
    """Builds posts of a project and keeps what is slow to start: KaTeX."""

    project: Project
    site: Path
    katex: KaTeX = field(default_factory=KaTeX)

    def warm(self) -> None:
        """Load what a build of a post needs, so that the first save is built as fast as the next."""
        from proofweave.check import check_file
        from proofweave.pipeline.code import fingerprint

        fingerprint("validate")
        self.katex.mathml([("x", False)], {})
        check_file("symbols: {x: real}\nequations: [{id: warm, tex: 'x = x'}]\n", "warm.yaml", instances=20)

    def post(self, path: Path) -> "tuple[Finding, ...]":
        """Build the post of an outline and its page; return the errors that keep it from being grown."""
        from proofweave.adapters import write_text
        from proofweave.core import errors_in
        from proofweave.pipeline.assembly import assembled, merged
        from proofweave.pipeline.documents import findings_of, write_document
        from proofweave.pipeline.export import grown, page_of, refused_page
        from proofweave.pipeline.generate import replies_document
        from proofweave.pipeline.render import rendered, requests_document
        from proofweave.pipeline.validate import judged

        project, name = self.project, path.stem
        build = project.root / "build"
        requests = rendered(project, path)
        replies = replies_document(project, requests)
        judgement = judged(project, path, replies)
        write_document(build / "requests" / f"{name}.json", requests_document(requests))
        write_document(build / "replies" / f"{name}.json", replies)
        write_document(build / "findings" / f"{name}.json", judgement)
        stopping = errors_in(findings_of(judgement))
        assembly = None if stopping else assembled(project, path, replies)
        if assembly is not None:
            write_text(build / "posts" / f"{name}.md", merged(project, assembly))
        page = self.site / "posts" / f"{name}.html"
        if assembly is not None or not page.is_file():
            document = None if assembly is None else grown(project, path, assembly, judgement)
            write_text(page, refused_page(judgement) if document is None else page_of(document, katex=self.katex)[0])
        return stopping

    def figure(self, script: Path) -> None:
        """Draw a figure, and put it into the site."""
        from proofweave.adapters import draw, write_text

        svg = draw(script, self.project.name(script))
        for folder in (self.project.root / "build" / "figures", self.site / "figures"):
            write_text(folder / script.parent.name / f"{script.stem}.svg", svg, keep=True)

    def around(self, tell: Tell = silent) -> None:
        """Write the pages around the posts."""
        from proofweave.pipeline.site import write_assets, write_site

        write_assets(self.site / "assets")
        write_site(self.project, self.site, tell)

    def concerned(self, changed: str) -> tuple[Path, ...]:
        """Return the outlines of the posts that a changed file is part of."""
        from proofweave.outline import peek

        kind, _, rest = changed.partition("/")
        outlines = self.project.outlines()
        if kind == "outlines":
            return tuple(path for path in outlines if path.name == rest)
        if kind in ("generations", "figures"):
            return tuple(path for path in outlines if path.stem == rest.partition("/")[0])
        if kind == "blogs_raw":
            texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in outlines)
            return tuple(path for path, text in texts if peek(text).get("source", "") == changed)
        return outlines

    def stale(self, path: Path) -> bool:
        """Return whether a post's page is missing or older than something the post is made of."""
        page = self.site / "posts" / f"{path.stem}.html"
        if not page.is_file():
            return True
        built = page.stat().st_mtime_ns
        return any(each.stat().st_mtime_ns > built for each in self.project.ingredients(path))

    def undrawn(self) -> tuple[Path, ...]:
        """Return the scripts of figures that the site lacks, or has older."""
        names = {path.stem for path in self.project.outlines()}
        found = []
        for script in sorted((self.project.root / "figures").glob("*/*.py")):
            picture = self.site / "figures" / script.parent.name / f"{script.stem}.svg"
            if script.parent.name in names and (
                not picture.is_file() or picture.stat().st_mtime_ns < script.stat().st_mtime_ns
            ):
                found.append(script)
        return tuple(found)
