"""Symbols that are declared and never used: notes, so that a misspelt or forgotten one is seen."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from proofweave.check.judge import Kind, Verdict
from proofweave.check.language import CheckError, Entry, Scope, fits, tokenise
from proofweave.core import say

INLINE = re.compile(r"(?<![\\$])\$(?!\$)((?:[^$\\]|\\.)+)\$")


def notes(entries: Iterable[Entry]) -> Iterator[Verdict]:
    """Yield a note on each declared symbol that nothing used."""
    for entry in entries:
        if not entry.used:
            what = say("sheet.hides" if entry.hides else "sheet.unused")
            yield Verdict(entry.name, Kind.NOTE, entry.where, what)


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
