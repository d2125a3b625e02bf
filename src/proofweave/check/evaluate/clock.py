"""How much work an equation may take, counted in cells computed, so that no verdict depends on the machine's load."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from proofweave.check.language import OutOfTime

RATE = 60_000_000  # cells a second of an unhurried machine, a node of a tree counted as NODE of them
NODE = 1500
CPU = 10  # guards: seconds of CPU, and of the clock on the wall, for each second of work allowed
WALL = 50
SELDOM = 16  # nodes between two looks at the machine's clocks


class Clock:
    """The work of one equation and its limit; ten times the seconds of CPU time, or fifty on the wall, stop it too.

    `late` tells whether one of these, which depend on the machine, was what stopped it; they are far beyond what the
    work takes on a slow or busy machine, so that only a fault of the count meets them.
    """

    __slots__ = ("late", "limit", "looked", "spent", "stop", "wall", "whole")

    def __init__(self, seconds: float) -> None:
        self.spent = 0.0
        self.whole = self.limit = seconds * RATE
        self.stop = time.thread_time() + CPU * seconds
        self.wall = time.monotonic() + WALL * seconds
        self.late = False
        self.looked = 0

    def spend(self, cells: float) -> None:
        """Count work; OutOfTime where none is left."""
        self.spent += cells
        if self.spent > self.limit:
            raise OutOfTime("evaluate.too-long")
        self.looked += 1
        if self.looked % SELDOM == 0 and (time.thread_time() > self.stop or time.monotonic() > self.wall):
            self.late = True
            raise OutOfTime("evaluate.too-slow", times=CPU)

    def over(self) -> bool:
        """Tell whether the whole is used up, not just a share of it."""
        return self.late or self.spent > self.whole

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Limit what is done inside to a share of the work."""
        before = self.limit
        self.limit = min(before, self.spent + seconds * RATE)
        try:
            yield
        finally:
            self.limit = before

    def extend(self, seconds: float) -> None:
        """Allow some more work, to show what was found."""
        self.whole = self.limit = max(self.limit, self.spent + seconds * RATE)
        self.stop = max(self.stop, time.thread_time() + CPU * seconds)
        self.wall = max(self.wall, time.monotonic() + WALL * seconds)
        self.late = False
