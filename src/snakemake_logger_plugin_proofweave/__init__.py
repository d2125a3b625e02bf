"""Snakemake's logger plug-in `proofweave`: what happens in a build, a line of JSON each on standard output.

`snakemake --logger proofweave` finds this module by its name, and `proofweave build` listens to it. Snakemake's own
lines stay on standard error. Every `snakemake` in the same environment loads this module, so it loads little.
"""

from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase

from proofweave.adapters.snakemake_run import written


class LogHandler(LogHandlerBase):
    """Writes each event of a build that `proofweave.adapters.snakemake_run` knows."""

    has_filter = True
    has_formatter = True
    needs_rulegraph = False
    writes_to_file = False
    writes_to_stream = False  # or Snakemake's own lines were left out

    def emit(self, record: LogRecord) -> None:
        """Write an event; Snakemake handles its records one after another."""
        line = written(vars(record))
        if line:
            print(line, flush=True)
