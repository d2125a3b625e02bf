"""Run Snakemake as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def snakemake(root: Path, *arguments: str) -> int:
    """Run Snakemake in a folder and return its exit code; what it says goes where this process says things."""
    with subprocess.Popen([sys.executable, "-m", "snakemake", *arguments], cwd=root) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()  # it was interrupted too, and ends its jobs
            raise
