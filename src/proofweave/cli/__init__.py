"""The command line: `verbs.toml` says what each verb is given, and a module of its name in this package runs it."""

import argparse
import os
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from textwrap import indent
from typing import Any

from proofweave import __version__

FINE, FINDINGS, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return 0 when fine, 1 with findings, 2 for a broken set-up or usage."""
    _speak_utf8()
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")  # matrices are small, and one order of summation gives the same bits
    try:
        arguments = _parser().parse_args(argv)
        verb = import_module(f"proofweave.cli.{arguments.verb}")
        return int(verb.run(arguments))
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
    from proofweave.core import FindingsError, ProofweaveError, line_of

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
    verbs = tomllib.loads(Path(__file__).with_name("verbs.toml").read_text(encoding="utf-8"))
    for verb, told in verbs.items():
        summary: str = told["summary"]
        own = subparsers.add_parser(
            verb,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="example:\n" + indent(told["example"], "  "),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        own.set_defaults(verb=verb)
        _add(own, told.get("arguments", {}))
        if "either" in told:
            _add(own.add_mutually_exclusive_group(), told["either"])
    return parser


def _add(parser: Any, arguments: Mapping[str, dict[str, Any]]) -> None:
    for names, options in arguments.items():
        known = {"type": TYPES[options["type"]]} if "type" in options else {}
        parser.add_argument(*names.split(), **{**options, **known})


def file(argument: str) -> Path:
    """Return the file an argument names, relative to the working directory."""
    return Path(argument).absolute()


def _count(text: str) -> int:
    value = int(text)
    if not 20 <= value <= 100_000:
        raise argparse.ArgumentTypeError("between 20 and 100000")
    return value


def _budget(text: str) -> str:
    from proofweave.pipeline import is_budget

    if not is_budget(text):
        raise argparse.ArgumentTypeError("an amount such as 2.50, or '200000 tokens'")
    return text


TYPES: Mapping[str, Callable[[str], Any]] = {
    "file": file,
    "path": Path,
    "int": int,
    "count": _count,
    "budget": _budget,
}
"""What an argument's text becomes, by the name of its type in `verbs.toml`."""
