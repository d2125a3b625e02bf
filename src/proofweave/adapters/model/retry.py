"""When a call to a model's server is repeated, and after how long: pure arithmetic, others wait."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""Statuses of HTTP that say: try again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is repeated, and the first and the longest wait in seconds."""

    retries: int
    first: float
    longest: float

    def pause(self, attempt: int, asked: float | None, chance: float) -> float | None:
        """Return the seconds to wait after failed attempt 1, 2, …; None when it is not repeated.

        `asked` is the server's Retry-After in seconds. `chance`, from 0 to 1, spreads the calls of many blocks.
        """
        if attempt > self.retries or (asked is not None and asked > self.longest):
            return None
        if asked is not None:
            return asked + chance * min(1.0, 0.1 * asked + 0.1 * self.first)
        return min(self.longest, self.first * 2.0 ** min(attempt - 1, 30)) * (0.5 + 0.5 * chance)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds a server asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    written = headers.get("retry-after")
    seconds = _number(written)
    if seconds is not None or not written:
        return seconds
    try:
        return max(0.0, email.utils.parsedate_to_datetime(written).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def _number(written: str | None) -> float | None:
    try:
        value = float(written) if written is not None else -1.0
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None
