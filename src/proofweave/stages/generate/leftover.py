"""Which files below generations/ no block needs any more, and why."""

from collections.abc import Iterator, Sequence

from proofweave.core import Reply, Request
from proofweave.stages.generate.rejected import Rejected
from proofweave.stages.generate.replies import answer_to


def unused(
    requests: Sequence[Request], recordings: Sequence[Reply], rejected: Sequence[Rejected]
) -> Iterator[tuple[str, str]]:
    """Yield the path of each file that can go, with the reason.

    A recording that answers an older specification of a block stays until another answers the block: it may still be
    read, corrected and adopted.
    """
    specs = {request.spec for request in requests}
    answers = {request.block: answer_to(request, recordings) for request in requests}
    chosen = {reply.path for reply in answers.values() if reply is not None}
    for reply in recordings:
        if reply.path in chosen:
            continue
        if reply.spec in specs:
            yield reply.path, "another recording answers the same block"
        elif reply.block not in answers:
            yield reply.path, f"no block '{reply.block}' waits for a reply"
        elif answers[reply.block] is not None:
            yield reply.path, f"block '{reply.block}' is recorded anew"
    for aside in rejected:
        request = next((request for request in requests if request.spec == aside.spec), None)
        if request is None:
            yield aside.path, f"block '{aside.block}' asks for something else by now"
        elif answers[request.block] is not None:
            yield aside.path, f"block '{request.block}' is recorded"


def kept(requests: Sequence[Request], recordings: Sequence[Reply]) -> Iterator[tuple[str, str]]:
    """Yield the recordings that answer an older specification of a block nothing else answers."""
    specs = {request.spec for request in requests}
    waiting = {request.block for request in requests if answer_to(request, recordings) is None}
    for reply in recordings:
        if reply.spec not in specs and reply.block in waiting:
            yield reply.path, f"it answers an older text of block '{reply.block}'; adopt it, or generate that anew"
