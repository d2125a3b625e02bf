"""The words said to a model after its first reply: repair this, go on, write only these; templates hold them."""

from collections.abc import Mapping, Sequence
from typing import Any

from proofweave.core import Finding
from proofweave.text.press import environment_of, print_template

SHOWN = 20
"""How many findings are told at once; the rest mostly follows from them."""


class Words:
    """Prints `repair`, `continue` and `only` in an outline's language, from the templates below templates/prompt/."""

    def __init__(self, templates: Mapping[str, str], language: str) -> None:
        self._environment = environment_of(templates)
        self._language = language

    def repair(self, findings: Sequence[tuple[str, int, Finding]]) -> str:
        """Return what asks for a better reply; each finding with its slot and the number of its part (0: all)."""
        told = [
            {"slot": slot, "part": part, "what": finding.what, "expected": finding.expected, "fix": finding.fix}
            for slot, part, finding in findings[:SHOWN]
        ]
        return self._printed("repair", {"findings": told, "more": max(0, len(findings) - SHOWN)})

    def go_on(self) -> str:
        """Return what asks for the rest of a reply that was cut off."""
        return self._printed("continue", {})

    def only(self, slots: Sequence[str]) -> str:
        """Return what asks for some of the slots only."""
        return self._printed("only", {"slots": list(slots)})

    def _printed(self, name: str, values: Mapping[str, Any]) -> str:
        return print_template(self._environment, "templates/prompt", f"{name}.{self._language}.j2", values).strip("\n")
