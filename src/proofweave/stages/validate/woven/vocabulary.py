"""Check that a text keeps to the words that the project has settled on."""

import re
from collections.abc import Mapping

from proofweave.core import Finding, Post, Severity, finding_of
from proofweave.stages.validate.woven.reading import read


def check_vocabulary(post: Post, vocabulary: Mapping[str, str]) -> tuple[Finding, ...]:
    """Find words for which the vocabulary has another one, which longer words of it may hold."""
    if not vocabulary:
        return ()
    reading = read(post)
    settled = {*vocabulary, *vocabulary.values()}
    pattern = re.compile("|".join(re.escape(word) for word in sorted(settled, key=len, reverse=True)))
    return tuple(
        finding_of(
            "validate.vocabulary",
            reading.where(match.start()),
            Severity.WARNING,
            word=match.group(),
            expected=vocabulary[match.group()],
        )
        for match in pattern.finditer(reading.prose)
        if match.group() in vocabulary
    )
