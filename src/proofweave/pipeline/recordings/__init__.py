"""Recordings composed: adopted by hand, collected when nothing asks for them, moved to the present format."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.recordings.adopt import adopt_replies
    from proofweave.pipeline.recordings.reading import read_recordings, recorded, rejected
    from proofweave.pipeline.recordings.unused import clear_recordings
else:
    __getattr__ = lazily(__name__)
