"""What `ledger` does: the verdicts the last build found, beside those that are committed."""

from dataclasses import dataclass, field

from proofweave.adapters import read_text, write_text
from proofweave.core import FileError, Finding, UsageError, Where, finding_of, say
from proofweave.pipeline.documents import read_document
from proofweave.pipeline.locks.inputs import CODE, changed_since
from proofweave.pipeline.project import Project, Tell, outline_paths
from proofweave.pipeline.report import findings_path
from proofweave.stages.ledger import Entry, compared, entries, ledger_text, read_ledger

LOCKED = "verdicts.lock"


@dataclass(slots=True)
class Built:
    """The verdicts and the state of each post; `findings` name the posts whose verdicts are not known."""

    ledger: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many equations there are."""
        return sum(map(len, self.ledger.values()))

    def text(self) -> str:
        """Return the verdicts as the ledger holds them."""
        return ledger_text(self.ledger)


def built(project: Project) -> Built:
    """Return what the build's findings say of every post; findings that are missing or old are named."""
    found = Built()
    for outline in outline_paths(project, ()):
        path = findings_path(project, outline.stem)
        name = project.name(path)
        if not path.is_file():
            found.findings.append(_unknown(name, "ledger.not-built", outline=project.name(outline)))
            continue
        document = read_document(path)
        try:
            changed = changed_since(project, document)
            found.ledger[outline.stem], found.states[outline.stem] = entries(document, name), document["status"]
        except (LookupError, TypeError, ValueError, AttributeError):
            raise FileError(f"{name} is not what validate wrote", "delete it and run snakemake again") from None
        if changed:
            changed = say("ledger.code") if changed == CODE else changed
            found.findings.append(_unknown(name, "ledger.stale", input=changed))
    if not found.findings and not found.count:
        raise UsageError(say("ledger.nothing"), say("ledger.build-fix"))
    return found


def differences(project: Project, found: Built, tell: Tell) -> tuple[Finding, ...]:
    """Return how what is built differs from the committed ledger, or why that cannot be read; that it holds is told."""
    path = project.root / LOCKED
    if not path.is_file():
        raise FileError(say("ledger.missing", file=LOCKED), say("ledger.missing-fix"))
    ledger, findings = read_ledger(read_text(path), LOCKED)
    if ledger is not None:
        findings = tuple(compared(ledger, found.ledger, found.states, LOCKED))
    if not findings:
        tell(say("ledger.same", count=found.count, file=LOCKED))
    return findings


def accept(project: Project, found: Built, tell: Tell) -> None:
    """Write what is built as the ledger, and tell it."""
    write_text(project.root / LOCKED, found.text(), keep=True)
    tell(say("ledger.written", file=LOCKED, count=found.count, posts=len(found.ledger)))


def _unknown(name: str, key: str, **values: str) -> Finding:
    return finding_of(key, Where(name), rule="ledger-stale", fix=say("ledger.build-fix"), **values)
