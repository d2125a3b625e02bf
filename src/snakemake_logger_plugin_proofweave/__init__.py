"""Snakemake's logger plug-in `proofweave`: what happens in a build, told to the run that shows it.

`snakemake --logger proofweave` finds this module by its name; `proofweave build` is that command. It is loaded by every
`snakemake` in the same environment, so it loads the rest of proofweave only when it is asked for.
"""

from dataclasses import dataclass, field
from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """What the command line may say: `--logger-proofweave-quiet`."""

    quiet: bool = field(default=False, metadata={"help": "Print the summary and what is wrong, and nothing else."})


class LogHandler(LogHandlerBase):
    """Hands each event of a build to a Run; of a dry run, which builds nothing, Snakemake itself tells."""

    has_filter = True
    has_formatter = True
    writes_to_file = False
    needs_rulegraph = False

    @property
    def writes_to_stream(self) -> bool:
        """Whether Snakemake's own lines are left out."""
        return not self.common_settings.dryrun

    def __post_init__(self) -> None:
        from proofweave.pipeline.run import Run

        self.run = Run(bool(getattr(self.settings, "quiet", False)))

    def emit(self, record: LogRecord) -> None:
        """Tell the run what a record says; records are handled one after another, in a thread of Snakemake's."""
        said = vars(record)
        if self.common_settings.dryrun:
            return
        match said.get("event"):
            case LogEvent.WORKFLOW_STARTED:
                self.run.begin(said["basedir"])
            case LogEvent.JOB_INFO:
                self.run.start(said["jobid"], said["rule_name"], said["wildcards"].get("post", ""))
            case LogEvent.JOB_FINISHED:
                self.run.finish(said["job_id"])
            case LogEvent.JOB_ERROR:
                self.run.fail(said["jobid"])
            case LogEvent.PROGRESS:
                self.run.advance(said["done"], said["total"])
            case LogEvent.ERROR:
                self.run.errors.append(record.getMessage())

    def close(self) -> None:
        """End the run: Snakemake has nothing more to say."""
        self.run.end()
        super().close()
