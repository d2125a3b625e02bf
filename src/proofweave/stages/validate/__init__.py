"""The judgement on the text that would be merged."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.validate.judgement import View, judge_source, validate
    from proofweave.stages.validate.length import BUDGET, line_count
    from proofweave.stages.validate.results import check_claims, check_premises, judge_results, told_unbacked
    from proofweave.stages.validate.source import check_whole
else:
    __getattr__ = lazily(__name__)
