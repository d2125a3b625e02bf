"""The committed records of a build: the manifest of its bytes, the ledger of its verdicts; two clones compared."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.locks.clones import reproduce_build
    from proofweave.pipeline.locks.hashes import LOCKED, compared, write_manifest
    from proofweave.pipeline.locks.inputs import inputs_of
    from proofweave.pipeline.locks.ledger import accept, built, differences
else:
    __getattr__ = lazily(__name__)
