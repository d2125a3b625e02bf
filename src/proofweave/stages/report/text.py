"""Print a report as Markdown through templates/report/; tables and code spans hold any text."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from proofweave.core import Finding, labels, line_of, told
from proofweave.stages.report.post import EquationReport, PostReport, ResultReport
from proofweave.stages.report.summary import Report
from proofweave.text.press import environment_of, print_template

FOLDER = "templates/report"
TEMPLATE = "report.md.j2"

EXCUSED = ("skipped", "assumed")
MOST_LINES = 40
"""The most findings of one severity that a post shows; report.json has them all."""
TICKS = re.compile(r"`+")


def report_text(whole: Report, templates: Mapping[str, str]) -> str:
    """Return the report in Markdown; `templates` maps names below templates/report/ to texts."""
    environment = environment_of(templates, labels("report", whole.language))
    environment.filters.update(
        **{"cell": cell, "code": code, "share": share, "shown": shown, "cut": cut},
        **{"excused": excused, "open_conclusions": open_conclusions, "unbacked": unbacked},
    )
    environment.filters["line"] = lambda finding: line_of(finding, whole.told)
    environment.filters["told"] = lambda text: told(text, whole.told)
    rows = tuple(zip(whole.posts, whole.compared, strict=True))
    text = print_template(environment, FOLDER, TEMPLATE, {"report": whole, "rows": rows})
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def cell(text: object) -> str:
    """Return a text as the cell of a table: one line, no bar that ends it, no HTML."""
    line = " ".join(str(text).split())
    return line.replace("|", r"\|").replace("<", "&lt;")


def code(text: object) -> str:
    """Return a text as a code span that shows every character as it is."""
    line = " ".join(str(text).split())
    fence = "`" * (max((len(run) for run in TICKS.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def share(part: int, whole: int) -> str:
    """Return a part in percent of the whole, such as 97%; of nothing it is a dash."""
    return f"{100 * part // whole}%" if whole else "—"


def excused(post: PostReport) -> list[dict[str, Any]]:
    """Return what was not tested and why, one entry a reason, in document order."""
    found: dict[tuple[str, str], list[EquationReport]] = {}
    for equation in post.equations:
        if equation.verdict in EXCUSED:
            found.setdefault((equation.verdict, equation.reason), []).append(equation)
    return [{"verdict": verdict, "reason": reason, "equations": those} for (verdict, reason), those in found.items()]


def open_conclusions(post: PostReport) -> tuple[EquationReport, ...]:
    """Return the conclusions of theorems and their like that are not verified in full."""
    return tuple(equation for equation in post.equations if equation.conclusion and equation.verdict != "verified")


def unbacked(post: PostReport) -> tuple[ResultReport, ...]:
    """Return the results of which something is claimed that nothing backs."""
    return tuple(result for result in post.results if result.state == "unbacked")


def shown(equation: EquationReport) -> str:
    """Return an equation's number as a reader sees it, (3) or (3)–(5); its id where it has none."""
    if not equation.tags:
        return code(equation.id)
    first, last = equation.tags[0], equation.tags[-1]
    return f"({first})" if first == last else f"({first})–({last})"


def cut(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings a post shows."""
    return tuple(findings[:MOST_LINES])
