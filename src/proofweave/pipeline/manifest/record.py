"""A manifest of a build: the sha256 of each output and of what it was made of, and why two builds differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proofweave.core.types import Finding, Severity, Where

Hashes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The outputs of a build by path below build/, and for each output the hashes of its inputs by path."""

    outputs: Hashes
    inputs: Mapping[str, Hashes]

    def text(self) -> str:
        """Return the manifest as JSON that reviews well: sorted keys, a hash a line."""
        document = {"outputs": dict(self.outputs), "inputs": {name: dict(found) for name, found in self.inputs.items()}}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_manifest(text: str, path: str) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Return the manifest a file holds."""
    try:
        document = json.loads(text)
        outputs, inputs = document["outputs"], document["inputs"]
        return Manifest(dict(outputs), {name: dict(found) for name, found in inputs.items()}), ()
    except (ValueError, KeyError, TypeError, AttributeError):
        what = "this is no manifest"
        fix = "write it again with `proofweave manifest --lock`"
        return None, (Finding("manifest-broken", Severity.ERROR, Where(path), what, "outputs and inputs", fix),)


def differences(expected: Manifest, built: Manifest, path: str) -> Iterator[Finding]:
    """Yield each output that differs from what is expected, with the inputs that changed; `path` names the former."""
    for name in sorted({*expected.outputs, *built.outputs}):
        before, after = expected.outputs.get(name), built.outputs.get(name)
        if before == after:
            continue
        if after is None:
            yield _finding(path, f"{name} is expected and was not built", "look at its findings, or lock anew")
        elif before is None:
            yield _finding(path, f"{name} was built and is not expected", "`proofweave manifest --lock` adds it")
        else:
            changed = list(_changed(expected.inputs.get(name, {}), built.inputs.get(name, {})))
            why = (
                f"changed since: {', '.join(changed)}"
                if changed
                else "none of its inputs changed: it is not reproducible"
            )
            fix = "`proofweave manifest --lock` accepts it" if changed else "please report it"
            yield _finding(path, f"{name} differs ({before[:12]}, now {after[:12]}); {why}", fix)


def _changed(before: Hashes, after: Hashes) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{name} (gone)"
        elif name not in before:
            yield f"{name} (new)"
        elif before[name] != after[name]:
            yield name


def _finding(path: str, what: str, fix: str) -> Finding:
    return Finding("manifest-differs", Severity.ERROR, Where(path), what, fix=fix)
