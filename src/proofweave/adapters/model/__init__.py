"""A model behind OpenAI's API: one call, a batch, and what can go wrong with them."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.adapters.model.batch import Batches, Refused, Standing
    from proofweave.adapters.model.chat import Chat
    from proofweave.adapters.model.errors import Unanswered
    from proofweave.adapters.model.heard import Answer
    from proofweave.adapters.model.retry import Patience
    from proofweave.adapters.model.server import Dialect, Server, adapted, key_in, request_body
else:
    __getattr__ = lazily(__name__)
