"""Draw figures: run a script's `draw` on an empty matplotlib figure and return the SVG."""

import io
import re
import runpy
import traceback
import warnings
from pathlib import Path
from typing import Any

from proofweave.core import FileError, FindingsError, ToolError, Where, finding_of, say

SETTINGS: Any = {
    "svg.hashsalt": "proofweave",
    "svg.fonttype": "path",
    "figure.figsize": (6.4, 4.0),
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
"""matplotlib's settings: nothing of the machine or the day goes into a file, and figures look alike."""


FRACTION = re.compile(r"-?\d+\.\d{4,}(?![\w.])")


def draw(script: Path, name: str) -> str:
    """Return the SVG that a script draws; what goes wrong in the script is a finding at its line.

    `name` is the script's path as messages print it. The script defines `draw(figure)`; figures are 6.4 by 4 inches.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ToolError("figures need the Python package matplotlib", "pip install matplotlib") from error
    if not script.is_file():
        raise FileError(f"{name} cannot be read: there is no such file or folder", "check the path")
    matplotlib.use("svg")
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # a missing glyph, a layout that does not fit
        warnings.simplefilter("error", RuntimeWarning)  # an overflow, a division by zero
        figure = Figure(layout="constrained")
        try:
            found = runpy.run_path(str(script), run_name="proofweave_figure").get("draw")
            if not callable(found):
                raise _problem(name, 1, "no-draw")
            found(figure)
            written = io.StringIO()
            figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
        except FindingsError:
            raise
        except SyntaxError as error:
            raise _problem(name, error.lineno or 1, "unreadable", error.msg) from None
        except Exception as error:
            raise _problem(name, _line(error, script), "failed", f"{type(error).__name__}: {error}") from None
    lines = (line.rstrip() for line in written.getvalue().splitlines())
    return "\n".join(FRACTION.sub(_rounded, line) for line in lines) + "\n"


def _rounded(number: re.Match[str]) -> str:
    """Return a coordinate to a thousandth of a point: what a processor rounds otherwise is not seen, nor written."""
    short = f"{float(number[0]):.3f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _line(error: Exception, script: Path) -> int:
    """Return the last line of the script that an error passed through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    return lines[-1] or 1 if lines else 1


def _problem(name: str, line: int, what: str, said: str = "") -> FindingsError:
    words, fix = " ".join(said.split()), say("adapters.figure-fix")
    where = Where(name, line)
    return FindingsError([finding_of(f"adapters.figure-{what}", where, rule="figure-broken", fix=fix, said=words)])
