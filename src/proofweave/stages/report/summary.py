"""Add up the posts of a project: the plan's table, totals, batches, priorities, level of detail."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from proofweave.core import Finding, findings_out, told
from proofweave.stages.report.post import MEASURED, PENDING, REFUSED, STATES, VERDICTS, PostReport, Values, post_report

PRIORITIES = ("high", "medium", "supplement")
LATE = 10**9
"""Where a post goes that says neither its order nor its batch: behind those that do."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over some posts; lines and numbers of the complete ones only, verdicts of all."""

    posts: int
    complete: int
    pending: int
    refused: int
    source_lines: int
    added_lines: int
    numbered: int
    verdicts: Mapping[str, int]
    conclusions: int
    conclusions_verified: int
    states: Mapping[str, int]
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Group:
    """The posts of one batch or priority, by their rows in the table."""

    name: str
    rows: tuple[int, ...]
    posts: tuple[PostReport, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Report:
    """All posts in the table's order; `compared` runs beside them, None where there is nothing to compare.

    `language` is the report's own, `told` that of findings and of what the checker says.
    """

    posts: tuple[PostReport, ...]
    totals: Totals
    batches: tuple[Group, ...]
    priorities: tuple[Group, ...]
    reference: str
    compared: tuple[Values | None, ...]
    language: str
    told: str


def report(documents: Sequence[Mapping[str, Any]], reference: str = "", language: str = "auto") -> Report:
    """Return the report of the posts that validate judged; `reference` names the post others are measured by.

    In the language `auto` it is that of most posts, Chinese where neither has more, and findings stay in English.
    """
    posts = sorted((post_report(document) for document in documents), key=table_order)
    written = Counter(document.get("language") for document in documents)
    batches = sorted({post.batch for post in posts if post.batch is not None})
    priorities = [name for name in PRIORITIES if any(post.priority == name for post in posts)]
    measure = next((post.detail for post in posts if post.post == reference), None)
    return Report(
        posts=tuple(posts),
        totals=totals(posts),
        batches=_groups(posts, [str(batch) for batch in batches], lambda post: str(post.batch or "")),
        priorities=_groups(posts, priorities, lambda post: post.priority if post.priority in PRIORITIES else ""),
        reference=reference if measure else "",
        compared=tuple(_compared(post.detail, measure) for post in posts),
        language=("en" if written["en"] > written["zh"] else "zh") if language == "auto" else language,
        told="en" if language == "auto" else language,
    )


def table_order(post: PostReport) -> tuple[int, int, str]:
    """Return what a post is sorted by: its own order, its batch, its file."""
    return (post.order or LATE, post.batch or LATE, post.file)


def totals(posts: Sequence[PostReport]) -> Totals:
    """Return the sums over some posts."""
    complete = [post for post in posts if post.complete]
    return Totals(
        posts=len(posts),
        complete=len(complete),
        pending=sum(post.status == PENDING for post in posts),
        refused=sum(post.status == REFUSED for post in posts),
        source_lines=sum(post.source_lines or 0 for post in posts),
        added_lines=sum(post.added_lines for post in complete),
        numbered=sum(post.numbered for post in complete),
        verdicts={verdict: sum(post.verdicts[verdict] for post in posts) for verdict in VERDICTS},
        conclusions=sum(post.conclusions for post in posts),
        conclusions_verified=sum(post.conclusions_verified for post in posts),
        states={state: sum(post.states[state] for post in posts) for state in STATES},
        errors=sum(len(post.errors) for post in posts),
        warnings=sum(len(post.warnings) for post in posts),
    )


def report_json(whole: Report, language: str = "en") -> dict[str, Any]:
    """Return the report as JSON values, with findings said in a language."""
    rows = zip(whole.posts, whole.compared, strict=True)
    return {
        "posts": [_values(row, post, compared, language) for row, (post, compared) in enumerate(rows, start=1)],
        "totals": asdict(whole.totals),
        "batches": [_group_values(group) for group in whole.batches],
        "priorities": [_group_values(group) for group in whole.priorities],
        "reference_post": whole.reference,
    }


def _groups(
    posts: Sequence[PostReport], names: Sequence[str], name_of: Callable[[PostReport], str]
) -> tuple[Group, ...]:
    """Return the posts by name, those without one last; none where no post has a name."""
    groups = []
    for name in (*names, "") if names else ():
        rows = tuple(row for row, post in enumerate(posts) if name_of(post) == name)
        those = tuple(posts[row] for row in rows)
        if those:
            groups.append(Group(name, tuple(row + 1 for row in rows), those, totals(those)))
    return tuple(groups)


def _compared(own: Values | None, other: Values | None) -> Values | None:
    """Return a post's level of detail in percent of the reference's; None where the reference has none of it."""
    if own is None or other is None:
        return None
    return {name: round(100 * own[name] / other[name]) if other[name] else None for name in MEASURED}


def _values(row: int, post: PostReport, compared: Values | None, language: str) -> dict[str, Any]:
    findings = findings_out([_said(finding, language) for finding in post.findings])
    return {**asdict(post), "row": row, "findings": findings, "compared": compared}


def _said(finding: Finding, language: str) -> Finding:
    what, expected, fix = (told(text, language) for text in (finding.what, finding.expected, finding.fix))
    return replace(finding, what=what, expected=expected, fix=fix)


def _group_values(group: Group) -> dict[str, Any]:
    return {"name": group.name, "posts": [post.post for post in group.posts], "totals": asdict(group.totals)}
