"""Run Snakemake and hear what happens, as its logger plug-in `proofweave` writes it: a line of JSON for each event."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

Event = Mapping[str, Any]
"""`event`, and what Snakemake says of it under its own names."""

FIELDS = {
    "run_info": ("stats",),
    "job_info": ("jobid", "rule_name", "wildcards"),
    "job_finished": ("job_id",),
    "job_error": ("jobid", "rule_name"),
    "progress": ("done", "total"),
    "error": ("msg",),
}
"""The events that are written, by their names in `snakemake_interface_logger_plugins`, and what is written of each."""

START = '{"event": '


def written(record: Mapping[str, Any]) -> str:
    """Return the line for a record of Snakemake's log, "" where it is no event that is written."""
    event = str(record.get("event", ""))
    fields = FIELDS.get(event)
    return json.dumps({"event": event, **{name: record.get(name) for name in fields}}, default=str) if fields else ""


def snakemake(root: Path, arguments: Sequence[str], hear: Callable[[Event], None]) -> tuple[int, str]:
    """Run Snakemake in a folder and hand on each event; return its exit code and all else it said."""
    command = [sys.executable, "-m", "snakemake", "--logger", "proofweave", *arguments]
    with (
        TemporaryFile() as said,
        subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=said, text=True, errors="replace"
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(START):  # and not what a job printed
                    hear(json.loads(line))
            code = process.wait()
        except KeyboardInterrupt:
            process.communicate()  # it was interrupted too, and ends its jobs
            raise
        said.seek(0)
        return code, said.read().decode("utf-8", "replace")
