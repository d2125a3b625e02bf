"""Run a listing of Python in a process of its own: bounded, without network, and without a file to write."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from proofweave.core import say

GUARD = Path(__file__).with_name("listing_guard.py")
SECONDS = 120
"""Of the clock; the guard bounds the processor's time and the memory."""


def run_listing(code: str) -> tuple[dict[str, str], str, int]:
    """Return the numbers that a listing's variables hold at its end, what went wrong ("" for nothing), and its line.

    The process starts in a folder of the listing alone, which goes away with it, knows none of the environment's
    secrets, and says what it has as JSON.
    """
    with tempfile.TemporaryDirectory(prefix="proofweave-run-") as folder:
        listing = Path(folder, "listing.py")
        listing.write_text(code, encoding="utf-8")
        command = [sys.executable, "-I", "-X", "utf8", str(GUARD), str(listing)]
        few = {"PATH": "", "HOME": folder, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        try:
            run = subprocess.run(
                command,
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=folder,
                env=few,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return {}, say("run.endless", seconds=SECONDS), 0
    try:
        said = json.loads(run.stdout.splitlines()[-1])
        return dict(said["values"]), str(said["error"]), int(said["line"])
    except (ValueError, IndexError, KeyError, TypeError):
        return {}, say("run.stopped", code=run.returncode), 0
