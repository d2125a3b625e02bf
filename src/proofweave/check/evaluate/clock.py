"""How much work and memory an equation may take; work is counted in cells, so that no verdict depends on the load."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proofweave.check.language import OutOfTime, TooLarge

RATE = 60_000_000  # cells a second of an unhurried machine, a node of a tree counted as NODE of them
NODE = 1500
CPU = 10  # guards: seconds of CPU, and of the clock on the wall, for each second of work allowed
WALL = 50
MANY = 100_000  # cells of a node after which they are looked at in any case
SELDOM = 16  # nodes between two looks at the clock on the wall
LOOK = 0.02  # seconds between two looks at the processor's time and the memory held, which ask the system
OVER = 0.25  # of the limit, which an equation may add where the process held more before


class Clock:
    """The work of one equation and its limit; ten times the seconds of CPU time, or fifty on the wall, stop it too.

    `late` tells whether one of these, which depend on the machine, was what stopped it; they are far beyond what the
    work takes on a slow or busy machine, so that only a fault of the count meets them. `heavy` tells whether the
    memory the process holds was ever beyond its limit.
    """

    __slots__ = (
        "heavy", "late", "limit", "look", "looked", "most", "resident", "spent", "stop", "wall", "whole",
    )  # fmt: skip

    def __init__(self, seconds: float, megabytes: float = 0, resident: Callable[[], float] | None = None) -> None:
        self.spent = 0.0
        self.whole = self.limit = seconds * RATE
        self.stop = time.thread_time() + CPU * seconds
        self.wall = time.monotonic() + WALL * seconds
        self.late = self.heavy = False
        self.looked = 0
        self.resident = resident
        self.most = max(megabytes, resident() + OVER * megabytes) if resident else 0.0
        self.look = 0.0

    def spend(self, cells: float) -> None:
        """Count work; OutOfTime where none is left, TooLarge where too much memory is held."""
        self.spent += cells
        if self.spent > self.limit:
            raise OutOfTime("evaluate.too-long")
        self.looked += 1
        if self.looked % SELDOM and cells < MANY:
            return
        now = time.monotonic()
        if now < self.look and cells < MANY:  # what is large is looked at every time
            return
        self.look = now + LOOK
        if time.thread_time() > self.stop or now > self.wall:
            self.late = True
            raise OutOfTime("evaluate.too-slow", times=CPU)
        if self.resident is not None and self.resident() > self.most:
            self.heavy = True
            raise TooLarge("evaluate.too-large", most=round(self.most))

    def foresee(self, cells: float) -> None:
        """Stop now what would only stop later: work that is still to come, and is more than is left."""
        if self.spent + cells > self.limit:
            raise OutOfTime("evaluate.too-long")

    def left(self) -> float:
        """Return the seconds of work that are left."""
        return (self.whole - self.spent) / RATE

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
