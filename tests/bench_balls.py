"""Compares the two evaluators on random trees: `python tests/bench_balls.py [trees] [seed]` prints the figures."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from trees import compare, matrix, read, scalar, vector, world

WORLD = 500  # trees to a set of instances
TOLD = 5000


def main() -> None:
    """Print how often the evaluators agree, and each tree on which they do not."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    rng = random.Random(seed)
    started = time.perf_counter()
    found: Counter[str] = Counter()
    beyond = unread = done = 0
    while done < count:
        known = world(rng.randrange(1 << 30))
        for _ in range(WORLD):
            tex = rng.choice((scalar, scalar, vector, matrix))(rng, rng.randint(1, 5))
            tree = read(tex, known)
            if tree is None:
                unread += 1
                continue
            one = compare(tree, known, rng.randrange(known.env.batch))
            found[one.what] += 1
            beyond += one.what == "agree" and one.off > 1
            done += 1
            if one.what == "apart" or (one.what == "open" and "-v" in sys.argv):
                print(one.what, tex, one.off, one.fast, one.slow, flush=True)
        if done // TOLD > (done - WORLD) // TOLD:
            tell(found, unread, beyond)
    tell(found, unread, beyond)
    print(f"measured in {time.perf_counter() - started:.0f} s")


def tell(found: Counter[str], unread: int, beyond: int) -> None:
    """Print the figures so far."""
    valued = sum(found.values()) - found["none"]
    print(
        f"{sum(found.values())} trees, {unread} not read: {dict(found)}, {beyond} agree beyond one bound, within eight"
    )
    print(f"undecided: {100 * found['open'] / max(valued, 1):.2f}% of {valued} with a value", flush=True)


if __name__ == "__main__":
    main()
