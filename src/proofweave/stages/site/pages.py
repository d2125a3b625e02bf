"""Print the pages around the posts, from what report says of all posts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from proofweave.stages.site.dependencies import Result
from proofweave.stages.site.layout import STATES, drawn
from proofweave.text.html.frame import page
from proofweave.text.html.visible import Part

STATUS = {"complete": "✓ 完成", "pending": "待处理", "refused": "有误"}
LAYERS = {
    "foundations": "数学基础",
    "derivation": "推导",
    "convergence": "收敛性",
    "intuition": "直觉",
    "practice": "实践",
}
PRIORITIES = {"high": "优先级：高", "medium": "优先级：中", "supplement": "优先级：补充"}
VERDICTS = {
    "verified": "通过",
    "weak": "偏弱",
    "defined": "定义",
    "assumed": "假设",
    "skipped": "略过",
    "unchecked": "未检验",
    "refuted": "被推翻",
    "error": "无法检验",
}
MOST_FINDINGS = 20
"""Findings of one post that the dashboard lists."""

Post = Mapping[str, Any]


def href(post: Post) -> str:
    """Return where a post's page is, below the site's root."""
    return f"posts/{quote(str(post['post']))}.html"


def index_page(posts: Sequence[Post], built: Iterable[str], totals: Mapping[str, Any]) -> str:
    """Return the first page: search, tags and the plan's table of progress; `built` names the posts with a page."""
    have = set(built)
    rows = "".join(_row(number, post, post["post"] in have) for number, post in enumerate(posts, start=1))
    names = [("status-" + key, STATUS[key]) for key in STATUS if any(post["status"] == key for post in posts)]
    names += [(f"batch-{n}", f"第 {n} 批") for n in sorted({p["batch"] for p in posts if p["batch"]})]
    names += [(f"priority-{key}", word) for key, word in PRIORITIES.items() if any(p["priority"] == key for p in posts)]
    tags = "".join(
        f'<li><button type="button" aria-pressed="false" data-tag="{name}">{word}</button></li>' for name, word in names
    )
    body = (
        f'<div class="site"><main id="content"><h1>目录</h1><p class="lead">'
        f"{totals['complete']}/{totals['posts']} 篇完成，"
        f"新增 {totals['added_lines']} 行推导、{totals['numbered']} 个编号公式。</p>"
        '<div role="search"><label for="find">全文搜索</label>'
        '<input class="find" id="find" type="search" autocomplete="off" placeholder="定理、方法、一句话……"></div>'
        '<div id="hits" aria-live="polite"></div>'
        f'<ul class="tags" aria-label="按标签筛选">{tags}</ul>'
        '<div class="wide"><table id="posts"><thead><tr><th class="align-right">序号</th><th>文章</th><th>状态</th>'
        '<th class="align-right">原始</th><th class="align-right">现有</th><th class="align-right">目标</th>'
        '<th class="align-right">公式</th><th class="align-right">进度</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></main></div>"
    )
    return page("proofweave", body, here="index.html", scripts=("page.js", "search-index.js", "index.js"), kind="index")


def _row(number: int, post: Post, built: bool) -> str:
    title = escape(str(post["title"] or post["post"]))
    link = f'<a href="{href(post)}">{title}</a>' if built else title
    tags = " ".join(
        [f"status-{post['status']}"]
        + ([f"batch-{post['batch']}"] if post["batch"] else [])
        + ([f"priority-{post['priority']}"] if post["priority"] else [])
    )
    target = "" if post["least"] is None else f"{post['least']}–{post['most']}" if post["most"] else f"≥{post['least']}"
    cells = [post["source_lines"], post["lines"], target, post["numbered"] or "", f"{post['percent']}%"]
    numbers = "".join(f'<td class="align-right">{escape(str("" if cell is None else cell))}</td>' for cell in cells)
    state = f'<span class="state {post["status"]}">{STATUS[post["status"]]}</span>'
    return f'<tr data-tags="{tags}"><td class="align-right">{number}</td><td>{link}</td><td>{state}</td>{numbers}</tr>'


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


def dashboard_page(posts: Sequence[Post]) -> str:
    """Return the page of progress: per post its layers against their budgets, its verdicts, its findings."""
    panels = "".join(_panel(post) for post in posts)
    body = (
        '<div class="site"><main id="content"><h1>进展</h1><p class="lead">每篇的五层内容占比与预算（虚线框），'
        f"公式的检验结果，以及校验发现的问题。</p>{panels}</main></div>"
    )
    return page("进展 · proofweave", body, here="dashboard.html", kind="dashboard")


def _panel(post: Post) -> str:
    title = escape(str(post["title"] or post["post"]))
    state = f'<span class="state {post["status"]}">{STATUS[post["status"]]}</span>'
    parts = [f"<h2>{title}</h2><p>{state}"]
    if post["lines"]:
        parts.append(
            f"，{post['source_lines']} → {post['lines']} 行，{post['numbered']} 个编号公式，{post['proofs']} 个证明"
        )
    parts.append("</p>")
    if post["layers"]:
        parts.append(f"<h3>五层内容</h3>{_layers(post['layers'])}")
    if sum(post["verdicts"].values()):
        parts.append(f"<h3>公式检验</h3>{_verdicts(post['verdicts'], str(post['title']))}")
    findings = [each for each in post["findings"] if each["severity"] != "info"]
    if findings:
        lines = "".join(_finding(each) for each in findings[:MOST_FINDINGS])
        more = f"<p>另有 {len(findings) - MOST_FINDINGS} 条。</p>" if len(findings) > MOST_FINDINGS else ""
        parts.append(
            f"<details{' open' if post['errors'] else ''}><summary>校验发现 {len(findings)} 条</summary>"
            f'<ul class="findings">{lines}</ul>{more}</details>'
        )
    return f'<section class="panel">{"".join(parts)}</section>'


def _finding(finding: Mapping[str, Any]) -> str:
    where = f"{finding['file']}:{finding['line']}:{finding['column']}"
    fix = f"；{finding['fix']}" if finding["fix"] else ""
    name = ' class="error-line"' if finding["severity"] == "error" else ""
    return f"<li{name}><code>{escape(where)}</code> {escape(finding['what'])}{escape(fix)}</li>"


def _layers(layers: Sequence[Mapping[str, Any]]) -> str:
    """Return the layers as bars: each one's share in percent, in front of its budget."""
    most = max(60.0, *(float(layer["share"]) for layer in layers))
    rows = []
    for layer in layers:
        share, least, top = float(layer["share"]), int(layer["least"]), int(layer["most"])
        bar, start, span = (round(1000 * value / most) for value in (share, least, top - least))
        rows.append(
            f"<div><dt>{LAYERS.get(str(layer['layer']), str(layer['layer']))}</dt><dd>"
            '<svg class="bars" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="track" width="1000" height="20"/>'
            f'<rect class="{layer["place"]}" y="4" width="{bar}" height="12"/>'
            f'<rect class="budget" x="{start}" y="1" width="{span}" height="18"/></svg></dd>'
            f"<dd>{share:g}%<small>（{least}–{top}%）</small></dd></div>"
        )
    return f'<dl class="layers">{"".join(rows)}</dl>'


def _verdicts(verdicts: Mapping[str, int], title: str) -> str:
    """Return the verdicts as one bar."""
    total, x, width = sum(verdicts.values()), 0.0, 640
    bars = []
    for name, count in verdicts.items():
        if count:
            span = width * count / total
            kind = name if name in ("verified", "weak") else "refuted" if name in ("refuted", "error") else "other"
            bars.append(f'<rect class="{kind}" x="{x:.1f}" y="0" width="{span:.1f}" height="14"/>')
            x += span
    says = "，".join(f"{VERDICTS[name]} {count}" for name, count in verdicts.items() if count)
    return (
        f'<svg class="bars" viewBox="0 0 {width} 14" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(title)}：{says}">'
        f"{''.join(bars)}</svg>"
        f"<p>{says}</p>"
    )


def graph_page(posts: Sequence[Post], graphs: Mapping[str, Sequence[Result]]) -> str:
    """Return the page of graphs: for each post which result uses which."""
    parts = []
    for number, post in enumerate(posts, start=1):
        found = graphs.get(post["post"], ())
        if found:
            title = escape(str(post["title"] or post["post"]))
            picture = drawn(found, str(number), href(post), f"{post['title']}：定理之间的依赖")
            box = f'<div class="graph" tabindex="0" role="group" aria-label="{title}">{picture}</div>'
            parts.append(f'<section><h2 id="g-{number}">{title}</h2>{box}</section>')
    key = "".join(f'<li class="{state}"><i></i>{words}</li>' for state, words in STATES.items())
    body = (
        '<div class="site"><main id="content"><h1>定理图</h1><p class="lead">箭头从被引用的结果指向用到它的结果；'
        f"指向一个方框，可以看清它依赖什么、支撑什么，点开就到原文。</p>"
        f'<ul class="key">{key}</ul>{"".join(parts)}</main></div>'
    )
    return page("定理图 · proofweave", body, here="graph.html", scripts=("page.js", "graph.js"), kind="graphs")
