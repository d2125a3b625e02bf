"""The command line: a verb is a module of this package with SUMMARY and EXAMPLE, its arguments, and what it runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from textwrap import indent

from proofweave import __version__

VERBS = (
    "build",
    "render",
    "generate",
    "validate",
    "figure",
    "merge",
    "report",
    "export",
    "site",
    "serve",
    "status",
    "new",
    "adopt",
    "check",
    "gc",
    "retag",
    "schema",
    "migrate",
    "ledger",
    "manifest",
    "reproduce",
)

FINE, FINDINGS, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return 0 when fine, 1 with findings, 2 for a broken set-up or usage."""
    _speak_utf8()
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")  # matrices are small, and one order of summation gives the same bits
    try:
        arguments = _parser().parse_args(argv)
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        print("proofweave: stopped; what was written before is whole, the next run continues", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """Print an error once, in plain words; only PROOFWEAVE_DEBUG shows where in the program it arose."""
    from proofweave.cli.verb import language_here, tell
    from proofweave.core import FindingsError, ProofweaveError
    from proofweave.core import line_of

    if isinstance(error, FindingsError):
        for finding in error.findings:
            tell(line_of(finding, language_here()))
        return FINDINGS
    if isinstance(error, ProofweaveError):
        print(f"proofweave: {error}", file=sys.stderr)
        return USAGE
    if os.environ.get("PROOFWEAVE_DEBUG"):
        raise error
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    print(f"proofweave: an unexpected problem, please report it: {what}", file=sys.stderr)
    print("proofweave: run again with PROOFWEAVE_DEBUG=1 to see where", file=sys.stderr)
    return USAGE


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proofweave",
        description="Weave checked derivations into mathematics posts.",
        epilog="`proofweave VERB --help` shows an example of each; `snakemake --cores 2` runs them all.",
    )
    parser.add_argument("--version", action="version", version=f"proofweave {__version__}")
    subparsers = parser.add_subparsers(metavar="VERB", required=True)
    for verb in VERBS:
        module = import_module(f"proofweave.cli.{verb}")
        own = subparsers.add_parser(
            verb,
            help=module.SUMMARY,
            description=module.SUMMARY[0].upper() + module.SUMMARY[1:] + ".",
            epilog="example:\n" + indent(module.EXAMPLE, "  "),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        own.set_defaults(run=module.run)
        module.add(own)
    return parser
