"""The findings of all posts to the report."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.report.post import PostReport
    from proofweave.stages.report.summary import Report, report, report_json, table_order, totals
    from proofweave.stages.report.text import report_text
else:
    __getattr__ = lazily(__name__)
