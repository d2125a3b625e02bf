"""Notes on declarations: those never used, so that a misspelt one is seen, and narrow ones without a reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from proofweave.check.judge import Kind, Verdict
from proofweave.check.language import CheckError, Entry, Scope, fits, tokenise
from proofweave.core import say

INLINE = re.compile(r"(?<![\\$])\$(?!\$)((?:[^$\\]|\\.)+)\$")


def notes(entries: Iterable[Entry]) -> Iterator[Verdict]:
    """Yield a note on each declared symbol that nothing used."""
    for entry in entries:
        if not entry.used:
            what = say("sheet.hides" if entry.hidden else "sheet.unused")
            yield Verdict(entry.name, Kind.NOTE, entry.where, what)


def bare_notes(bare: Mapping[Entry, str]) -> Iterator[Verdict]:
    """Yield a note on each declaration that narrows what is claimed without a reason."""
    for entry, what in bare.items():
        yield Verdict(entry.name, Kind.NOTE, entry.where, say("scope.bare", what=what))


def mention(scope: Scope, tex: str) -> None:
    """Count the symbols that stand in a formula which is not checked as used."""
    try:
        tokens = scope.named(tokenise(tex))
        for place, token in enumerate(tokens):
            if token.kind in ("name", "op"):
                for entry in scope.near(token.text):
                    if fits(entry, tokens, place, plain=True) is not None:
                        with suppress(CheckError):
                            entry.resolve([])  # what its type needs is used too
    except CheckError:
        return


def mention_text(scope: Scope, text: str) -> None:
    """Count the symbols that stand in the inline math of a text as used."""
    for found in INLINE.finditer(text):
        mention(scope, found.group(1))
