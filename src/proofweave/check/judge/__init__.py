"""The verdict: search for a counterexample, its simplest form, mutants, order, memory."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.judge.answer import Answer, Options, Question, Seen
    from proofweave.check.judge.checker import check, seed_of
    from proofweave.check.judge.memory import Memory, key_of, recall, remember
    from proofweave.check.judge.repetition import pattern
    from proofweave.check.judge.search import is_inequality
    from proofweave.check.judge.shrink import describe, formula, nice
    from proofweave.check.judge.verdict import (
        BLOCKING, Condition, Counterexample, Kind, Mutants, Narrowing, Planned, Verdict, failed, plain,
    )
else:
    __getattr__ = lazily(__name__)
