"""What `run` does: listings that ask for it are run, and their values compared with the quoted ones."""

import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from proofweave.adapters import run_listing
from proofweave.core import Code, FileError, Finding, FindingsError, errors_in, finding_of, findings_out
from proofweave.pipeline.documents import read_document, write_document
from proofweave.pipeline.project import Project
from proofweave.stages.run import Ran, compare


def run_post(project: Project, path: Path, output: Path | None = None) -> tuple[Finding, ...]:
    """Run the listings of a post; return what is wrong, and write what they gave where `output` says.

    A listing that `output` has already from this Python and this numpy is not run again.
    """
    outline, problems = project.outline(path)
    if outline is None or errors_in(problems):
        return problems
    known = _known(output)
    runs: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for code in outline.runs():
        if code.language not in ("python", "py", ""):
            findings.append(finding_of("run.run-language", code.where, language=code.language))
            continue
        digest = _digest(code)
        ran = known.get(digest) or Ran(*run_listing(code.code))
        findings += compare(code, ran)
        if not ran.error:
            runs.append({"run": code.run, "listing": digest, "values": dict(ran.values)})
    if output is not None:
        write_document(output, {"post": outline.post, "findings": findings_out(findings), "runs": runs})
    return tuple(findings)


def _known(output: Path | None) -> dict[str, Ran]:
    """Return what an earlier run wrote, by what was run."""
    if output is None or not output.is_file():
        return {}
    try:
        document = read_document(output)
        return {run["listing"]: Ran(run["values"]) for run in document.get("runs", ())}
    except (FileError, FindingsError, KeyError, TypeError):
        return {}


def _digest(code: Code) -> str:
    """Return the sha256 of a listing and of what runs it."""
    try:
        numpy = version("numpy")
    except PackageNotFoundError:
        numpy = "none"
    text = f"{sys.version_info[:3]}\0{numpy}\0{code.code}"
    return hashlib.sha256(text.encode()).hexdigest()
