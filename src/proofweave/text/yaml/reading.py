"""Read YAML documents into nodes with positions; the YAML library is loaded when the first one is read."""

from proofweave.core import Finding
from proofweave.text.yaml.nodes import Node


def read_nodes(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the root of a YAML document, None where nothing stands or can be read, and the problems of its YAML.

    After a syntax error the text around it is set aside (a broken scalar) and reading goes on, so that one reading
    names them all. All scalars are text, no tag builds an object, no alias is followed.
    """
    from proofweave.text.yaml.compose import compose

    return compose(text, file)
