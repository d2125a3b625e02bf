"""Stages and adapters composed: what a rule does, what `build` and `serve` do; no arguments, no terminal."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.check import check_files, watched
    from proofweave.pipeline.export import export_post
    from proofweave.pipeline.figure import draw_figure
    from proofweave.pipeline.generate import estimated, generate_posts, is_budget
    from proofweave.pipeline.live import build, serve_site, status_of
    from proofweave.pipeline.locks import LOCKED, accept, built, compared, differences, reproduce_build, write_manifest
    from proofweave.pipeline.merge import merge_post
    from proofweave.pipeline.migrate import migrate_files
    from proofweave.pipeline.outlines import new_post, retag_outline, write_schema
    from proofweave.pipeline.project import Project, outline_paths
    from proofweave.pipeline.recordings import adopt_replies, clear_recordings
    from proofweave.pipeline.render import render_post, rendered
    from proofweave.pipeline.report import write_report
    from proofweave.pipeline.run import run_post
    from proofweave.pipeline.site import write_assets, write_site
    from proofweave.pipeline.validate import validate_post
else:
    __getattr__ = lazily(__name__)
