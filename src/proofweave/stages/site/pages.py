"""Print the pages around the posts, from what report says of all posts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from proofweave.core import labels
from proofweave.stages.site.dependencies import Result
from proofweave.stages.site.layout import drawn
from proofweave.text.html import Part, page

STATUS = ("complete", "pending", "refused")
PRIORITIES = ("high", "medium", "supplement")
STATES = ("verified", "weak", "cited", "plain", "open", "refuted")
RIGHT = ' class="align-right"'
MOST_FINDINGS = 20
"""Findings of one post that the dashboard lists."""

Post = Mapping[str, Any]
Words = Mapping[str, str]


def href(post: Post) -> str:
    """Return where a post's page is, below the site's root."""
    return f"posts/{quote(str(post['post']))}.html"


def index_page(posts: Sequence[Post], built: Iterable[str], totals: Mapping[str, Any], language: str) -> str:
    """Return the first page: search, tags and the plan's table of progress; `built` names the posts with a page."""
    have, words = set(built), labels("site", language)
    rows = "".join(_row(number, post, post["post"] in have, words) for number, post in enumerate(posts, start=1))
    names = [(f"status-{key}", words[key]) for key in STATUS if any(post["status"] == key for post in posts)]
    batches = sorted({post["batch"] for post in posts if post["batch"]})
    names += [(f"batch-{number}", words["batch"].format(number=number)) for number in batches]
    names += [(f"priority-{key}", words[key]) for key in PRIORITIES if any(post["priority"] == key for post in posts)]
    tags = "".join(
        f'<li><button type="button" aria-pressed="false" data-tag="{name}">{word}</button></li>' for name, word in names
    )
    lead = words["totals"].format(
        complete=totals["complete"], posts=totals["posts"], lines=totals["added_lines"], numbered=totals["numbered"]
    )
    heads = "".join(
        f"<th{'' if name in ('post', 'state') else RIGHT}>{words[name]}</th>"
        for name in ("row", "post", "state", "before", "now", "target", "equations", "done")
    )
    body = (
        f'<div class="site"><main id="content"><h1>{words["index"]}</h1><p class="lead">{lead}</p>'
        f'<div role="search"><label for="find">{words["search"]}</label>'
        f'<input class="find" id="find" type="search" autocomplete="off" placeholder="{words["search_for"]}"></div>'
        f'<div id="hits" aria-live="polite" data-found="{words["found"]}" data-none="{words["nothing_found"]}"></div>'
        f'<ul class="tags" aria-label="{words["filter"]}">{tags}</ul>'
        f'<div class="wide"><table id="posts"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></main></div>"
    )
    scripts = ("page.js", "search-index.js", "index.js")
    return page("proofweave", body, language=language, here="index.html", scripts=scripts, kind="index")


def _row(number: int, post: Post, built: bool, words: Words) -> str:
    title = escape(str(post["title"] or post["post"]))
    link = f'<a href="{href(post)}">{title}</a>' if built else title
    tags = " ".join(
        [f"status-{post['status']}"]
        + ([f"batch-{post['batch']}"] if post["batch"] else [])
        + ([f"priority-{post['priority']}"] if post["priority"] else [])
    )
    target = "" if post["least"] is None else f"{post['least']}–{post['most']}" if post["most"] else f"≥{post['least']}"
    cells = [post["source_lines"], post["lines"], target, post["numbered"] or "", f"{post['percent']}%"]
    numbers = "".join(f"<td{RIGHT}>{escape(str('' if cell is None else cell))}</td>" for cell in cells)
    state = f'<span class="state {post["status"]}">{words[post["status"]]}</span>'
    return f'<tr data-tags="{tags}"><td{RIGHT}>{number}</td><td>{link}</td><td>{state}</td>{numbers}</tr>'


def search_index(pages: Mapping[str, Sequence[Part]], posts: Sequence[Post]) -> str:
    """Return the script that holds what search looks through: each section of each page."""
    entries = [
        [str(post["title"] or post["post"]), href(post), part.title, part.anchor, " ".join(part.text.split())]
        for post in posts
        for part in pages.get(post["post"], ())
        if part.text.strip() and not part.anchor.startswith("check-")
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return f"window.proofweaveSections = {text};\n".replace("\u2028", " ").replace("\u2029", " ")


def dashboard_page(posts: Sequence[Post], language: str) -> str:
    """Return the page of progress: per post its layers against their budgets, its verdicts, its findings."""
    words = labels("site", language)
    fix = labels("finding", language)["fix"]
    panels = "".join(_panel(post, words, fix) for post in posts)
    body = (
        f'<div class="site"><main id="content"><h1>{words["progress"]}</h1>'
        f'<p class="lead">{words["progress_lead"]}</p>{panels}</main></div>'
    )
    title = f"{words['progress']} · proofweave"
    return page(title, body, language=language, here="dashboard.html", kind="dashboard")


def _panel(post: Post, words: Words, fix: str) -> str:
    title = escape(str(post["title"] or post["post"]))
    state = f'<span class="state {post["status"]}">{words[post["status"]]}</span>'
    parts = [f"<h2>{title}</h2><p>{state}"]
    if post["lines"]:
        before, after, numbered, proofs = (post[key] for key in ("source_lines", "lines", "numbered", "proofs"))
        parts.append(words["grown"].format(before=before, after=after, numbered=numbered, proofs=proofs))
    parts.append("</p>")
    if post["layers"]:
        parts.append(f"<h3>{words['layers']}</h3>{_layers(post['layers'], words)}")
    if sum(post["verdicts"].values()):
        parts.append(f"<h3>{words['checks']}</h3>{_verdicts(post['verdicts'], str(post['title']), words)}")
    findings = [each for each in post["findings"] if each["severity"] != "info"]
    if findings:
        lines = "".join(_finding(each, fix) for each in findings[:MOST_FINDINGS])
        more = words["more_findings"].format(count=len(findings) - MOST_FINDINGS)
        parts.append(
            f"<details{' open' if post['errors'] else ''}>"
            f"<summary>{words['findings'].format(count=len(findings))}</summary>"
            f'<ul class="findings">{lines}</ul>{f"<p>{more}</p>" if len(findings) > MOST_FINDINGS else ""}</details>'
        )
    return f'<section class="panel">{"".join(parts)}</section>'


def _finding(finding: Mapping[str, Any], fixing: str) -> str:
    where = f"{finding['file']}:{finding['line']}:{finding['column']}"
    fix = fixing.format(fix=finding["fix"]) if finding["fix"] else ""
    name = ' class="error-line"' if finding["severity"] == "error" else ""
    return f"<li{name}><code>{escape(where)}</code> {escape(finding['what'])}{escape(fix)}</li>"


def _layers(layers: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Return the layers as bars: each one's share in percent, in front of its budget."""
    most = max(60.0, *(float(layer["share"]) for layer in layers))
    rows = []
    for layer in layers:
        share, least, top = float(layer["share"]), int(layer["least"]), int(layer["most"])
        bar, start, span = (round(1000 * value / most) for value in (share, least, top - least))
        rows.append(
            f"<div><dt>{words[layer['layer']]}</dt><dd>"
            '<svg class="bars" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="track" width="1000" height="20"/>'
            f'<rect class="{layer["place"]}" y="4" width="{bar}" height="12"/>'
            f'<rect class="budget" x="{start}" y="1" width="{span}" height="18"/></svg></dd>'
            f"<dd>{share:g}%<small>{words['budget'].format(least=least, most=top)}</small></dd></div>"
        )
    return f'<dl class="layers">{"".join(rows)}</dl>'


def _verdicts(verdicts: Mapping[str, int], title: str, words: Words) -> str:
    """Return the verdicts as one bar."""
    total, x, width = sum(verdicts.values()), 0.0, 640
    bars = []
    for name, count in verdicts.items():
        if count:
            span = width * count / total
            kind = name if name in ("verified", "weak") else "refuted" if name in ("refuted", "error") else "other"
            bars.append(f'<rect class="{kind}" x="{x:.1f}" y="0" width="{span:.1f}" height="14"/>')
            x += span
    says = words["comma"].join(f"{words[f'verdict_{name}']} {count}" for name, count in verdicts.items() if count)
    return (
        f'<svg class="bars" viewBox="0 0 {width} 14" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(words["verdicts_of"].format(title=title, verdicts=says))}">'
        f"{''.join(bars)}</svg>"
        f"<p>{says}</p>"
    )


def graph_page(posts: Sequence[Post], graphs: Mapping[str, Sequence[Result]], language: str) -> str:
    """Return the page of graphs: for each post which result uses which."""
    parts = []
    words = labels("site", language)
    for number, post in enumerate(posts, start=1):
        found = graphs.get(post["post"], ())
        if found:
            title = escape(str(post["title"] or post["post"]))
            says = words["graph_of"].format(title=post["title"])
            picture = drawn(found, str(number), href(post), says, words)
            box = f'<div class="graph" tabindex="0" role="group" aria-label="{title}">{picture}</div>'
            parts.append(f'<section><h2 id="g-{number}">{title}</h2>{box}</section>')
    key = "".join(f'<li class="{state}"><i></i>{words[f"state_{state}"]}</li>' for state in STATES)
    body = (
        f'<div class="site"><main id="content"><h1>{words["graph"]}</h1><p class="lead">{words["graph_lead"]}</p>'
        f'<ul class="key">{key}</ul>{"".join(parts)}</main></div>'
    )
    title = f"{words['graph']} · proofweave"
    scripts = ("page.js", "graph.js")
    return page(title, body, language=language, here="graph.html", scripts=scripts, kind="graphs")
