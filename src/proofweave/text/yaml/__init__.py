"""YAML and JSON as nodes that know their place, and what is wrong with a file in its author's words."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.text.yaml.nodes import ListNode, MapNode, Node, ScalarNode
    from proofweave.text.yaml.reading import read_nodes
    from proofweave.text.yaml.strict_json import read_json_nodes
else:
    __getattr__ = lazily(__name__)
