"""Run a listing of Python in a process of its own: bounded, without network, and without a file to write."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

GUARD = Path(__file__).with_name("listing_guard.py")
SECONDS = 120
"""Of the clock; the guard bounds the processor's time and the memory."""


def run_listing(code: str) -> tuple[dict[str, str], str, int]:
    """Return the numbers that a listing's variables hold at its end, what went wrong ("" for nothing), and its line.

    The process starts in an empty folder that goes away with it, knows none of the environment's secrets, and says
    what it has as JSON.
    """
    with tempfile.TemporaryDirectory(prefix="proofweave-run-") as folder:
        command = [sys.executable, "-I", "-X", "utf8", str(GUARD)]
        few = {"PATH": "", "HOME": folder, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        try:
            run = subprocess.run(
                command,
                input=code,
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=folder,
                env=few,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return {}, f"it has not ended after {SECONDS} seconds", 0
    try:
        said = json.loads(run.stdout.splitlines()[-1])
        return dict(said["values"]), str(said["error"]), int(said["line"])
    except (ValueError, IndexError, KeyError, TypeError):
        return {}, f"it was stopped (exit code {run.returncode}); it may use 60 s of the processor and 2 GB", 0
