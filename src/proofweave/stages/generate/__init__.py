"""Requests and what a model answered to replies: talks, costs, repairs, what is kept."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.generate.checks import check_reply, only_for, refuted_in, skipped, unchecked, with_skipped
    from proofweave.stages.generate.leftover import kept, unused
    from proofweave.stages.generate.money import Purse, cost, reply_tokens, scale_of, tokens_in, told
    from proofweave.stages.generate.reading import Draft, path_of, read_draft
    from proofweave.stages.generate.rejected import FOLDER, Rejected, read_rejected, rejected_path, write_rejected
    from proofweave.stages.generate.replies import (
        adopted, answer_to, fits, generate, named, prompt_hash, reply_clashes, unanswered,
    )
    from proofweave.stages.generate.state import state_in, state_out
    from proofweave.stages.generate.talk import Talk, heard, opening, repaired, schema_for, written
    from proofweave.stages.generate.wording import Words
else:
    __getattr__ = lazily(__name__)
