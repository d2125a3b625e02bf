"""A manifest of a build: the sha256 of each output and of what it was made of, and why two builds differ."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proofweave.core import Finding, Where, finding_of, say, together

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
        return None, (finding_of("pipeline.manifest-broken", Where(path)),)


def differences(expected: Manifest, built: Manifest, path: str) -> Iterator[Finding]:
    """Yield each output that differs from what is expected, with the inputs that changed; `path` names the former."""
    where, rule = Where(path), "manifest-differs"
    for name in sorted({*expected.outputs, *built.outputs}):
        before, after = expected.outputs.get(name), built.outputs.get(name)
        if before == after:
            continue
        if after is None:
            yield finding_of("pipeline.output-missing", where, rule=rule, name=name)
        elif before is None:
            yield finding_of("pipeline.output-new", where, rule=rule, name=name)
        else:
            changed = list(_changed(expected.inputs.get(name, {}), built.inputs.get(name, {})))
            key = "pipeline.output-differs" if changed else "pipeline.output-unstable"
            inputs = together(changed, "pipeline.list")
            yield finding_of(key, where, rule=rule, name=name, before=before[:12], now=after[:12], inputs=inputs)


def _changed(before: Hashes, after: Hashes) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield say("pipeline.input-gone", name=name)
        elif name not in before:
            yield say("pipeline.input-new", name=name)
        elif before[name] != after[name]:
            yield name
