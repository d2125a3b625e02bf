"""How much memory this process holds, as the system tells it."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

MEGABYTE = 1 << 20
STATM = Path("/proc/self/statm")


def resident() -> float:
    """Return the megabytes this process holds; where the system tells only the most it ever held, that."""
    with suppress(OSError):
        return int(STATM.read_bytes().split()[1]) * resource.getpagesize() / MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (MEGABYTE if sys.platform == "darwin" else 1024)
