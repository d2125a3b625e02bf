"""`proofweave check`: equations in, verdicts with counterexamples out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofweave.check.judge.verdict import Verdict
    from proofweave.core.types import Finding

FORMATS = ("text", "json", "github", "sarif")


SUMMARY = "check every equation numerically from its own TeX"
EXAMPLE = """\
proofweave check outlines/POST.yaml
proofweave check equations.yaml --json
proofweave check post.md --format github"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="outlines, files of symbols: and equations:, Markdown")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how verdicts are printed (default: text)")
    parser.add_argument("--no-mutants", action="store_true", help="plant no errors: nothing is then called verified")
    parser.add_argument(
        "--instances", type=_count, default=400, metavar="N", help="instances per equation (default: 400)"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="another seed than the one the equation's content gives")
    parser.add_argument(
        "--quiet", action="store_true", help="print only what is weak, refuted or an error, and the totals"
    )


def _count(text: str) -> int:
    value = int(text)
    if not 20 <= value <= 100_000:
        raise argparse.ArgumentTypeError("between 20 and 100000")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Check the files; 1 where something is refuted or in error, 2 where a file cannot be read."""
    import sys

    from proofweave.check.judge.verdict import failed
    from proofweave.core.errors import FileError, FindingsError

    verdicts: list[Verdict] = []
    problems: list[Finding] = []
    code = 0
    for name in arguments.files:
        try:
            verdicts += _verdicts(name, arguments)
        except FileError as error:
            print(f"proofweave: {error}", file=sys.stderr)
            code = 2
        except FindingsError as error:
            problems += error.findings
            code = 2
    for problem in problems:
        print(problem, file=sys.stderr)
    chosen = "json" if arguments.json else arguments.format
    _print(verdicts, chosen, arguments.quiet)
    return code or int(failed(verdicts))


def _verdicts(name: str, arguments: argparse.Namespace) -> Sequence[Verdict]:
    from proofweave.adapters.files import read_text
    from proofweave.check.sheet.whole import check_file, check_outline

    settings: dict[str, Any] = {
        "instances": arguments.instances,
        "seed": arguments.seed,
        "mutants": not arguments.no_mutants,
    }
    text = read_text(Path(name))
    if name.endswith((".yaml", ".yml")) and _is_outline(text):
        return check_outline(_outline(name, text), **settings)
    return check_file(text, name, **settings)


def _is_outline(text: str) -> bool:
    return any(line.startswith(("sections:", "source:")) for line in text.splitlines())


def _outline(name: str, text: str) -> Any:
    """Return an outline with its recorded replies filled in, where it lies in a project that has them."""
    from proofweave.core.errors import FindingsError, UsageError
    from proofweave.core.wire import errors
    from proofweave.outline.reading import read_outline

    outline, findings = read_outline(text, name)
    if outline is None or errors(findings):
        raise FindingsError(findings)
    try:
        from proofweave.pipeline.generate.replies import replies_in, replies_of
        from proofweave.pipeline.project import Project
        from proofweave.stages.weave.grown import fill

        project = Project.find(str(Path(name).parent))
        return fill(outline, replies_in(replies_of(project, Path(name).absolute())))
    except UsageError:
        return outline


def _print(verdicts: Sequence[Verdict], form: str, quiet: bool) -> None:
    from proofweave.check.sheet import formats

    if form == "json":
        print(formats.as_json(verdicts))
    elif form == "sarif":
        print(formats.as_sarif(verdicts))
    elif form == "github":
        for line in formats.as_github(verdicts):
            print(line)
    else:
        for line in formats.as_text(verdicts, quiet):
            print(line)
