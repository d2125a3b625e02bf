"""What is recorded for a post below generations/, and what was kept aside there."""

from collections.abc import Mapping
from dataclasses import dataclass

from proofweave.adapters import read_text
from proofweave.core import Finding, Reply
from proofweave.outline import read_reply
from proofweave.pipeline.project import Project
from proofweave.stages.generate import FOLDER, Rejected, read_rejected


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recordings of a post by path, the replies in them, what cannot be read, and the replies kept aside."""

    texts: Mapping[str, str]
    replies: tuple[Reply, ...]
    findings: tuple[Finding, ...]
    aside: tuple[Rejected, ...]

    @property
    def newer(self) -> bool:
        """Tell whether a recording is of a format that only a newer program reads: it is not to be replaced."""
        return any(finding.rule == "reply-format" for finding in self.findings)


def recorded(project: Project, post: str) -> Recorded:
    """Return all that is recorded for a post."""
    texts = project.recordings(post)
    return Recorded(texts, *read_recordings(texts), rejected(project, post))


def read_recordings(texts: Mapping[str, str]) -> tuple[tuple[Reply, ...], tuple[Finding, ...]]:
    """Return the replies of some recordings, and the problems of those that cannot be used."""
    read = [read_reply(text, path) for path, text in texts.items()]
    replies = tuple(reply for reply, _ in read if reply is not None)
    return replies, tuple(finding for _, problems in read for finding in problems)


def rejected(project: Project, post: str) -> tuple[Rejected, ...]:
    """Return the replies of a post that were kept aside with their findings."""
    paths = sorted((project.root / "generations" / post / FOLDER).glob("*.json"))
    found = (read_rejected(read_text(path), project.name(path)) for path in paths)
    return tuple(each for each in found if each is not None)
