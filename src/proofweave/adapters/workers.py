"""Processes that share work: each is told once what the work is about, then does one piece after the other."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from proofweave.core import ToolError

Done = TypeVar("Done")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared(
    work: Callable[[int], Done], numbers: Iterable[int], jobs: int, prepare: Callable[..., None], about: Sequence[Any]
) -> Iterator[Done]:
    """Yield what the work on each number gives, in their order, from so many fresh processes.

    Each process calls `prepare` with what the work is about before the first piece.
    """
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (prepare, *about))
    try:
        pieces: list[Future[Done]] = [pool.submit(work, number) for number in numbers]
        for piece in pieces:
            yield piece.result()
    except BrokenProcessPool as error:
        raise ToolError(f"a process that shared the work ended: {error}", "run it with --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(prepare: Callable[..., None], *about: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process hears it, and ends this one
    prepare(*about)
