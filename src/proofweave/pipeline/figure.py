"""What `figure` does: a drawing script makes an SVG, the same bytes each time."""

from pathlib import Path

from proofweave.pipeline.project import Project


def draw_figure(project: Project, script: Path, output: Path) -> None:
    """Draw one figure of a post."""
    from proofweave.adapters import draw, write_text

    write_text(output, draw(script, project.name(script)))
