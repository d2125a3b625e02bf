"""Make the page of a post: before pandoc reads it, between reading and writing, and after it has written HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from proofweave.core import Finding, Numbering, Severity, Where, labels, told
from proofweave.stages.export.marked import Marked, labelled
from proofweave.stages.export.page.boxes import boxed
from proofweave.stages.export.page.checks import Checked, cards, marks_of
from proofweave.stages.export.page.equations import Pictured, Printer, needed
from proofweave.stages.export.page.fill import Filler
from proofweave.stages.export.page.leaked import leaks
from proofweave.stages.export.page.links import links_of
from proofweave.stages.export.page.tree import Node, clean, worded, words
from proofweave.text.html import page, printed, wording

HEADING = re.compile(r"<th( [^>]*)?>(.*?)</th>", re.DOTALL)
MATH = re.compile(r"<math.*?</math>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """A post on its way to a page: its tokens, its numbers and the verdicts on its equations."""

    marked: Marked
    title: str
    path: str
    language: str
    numbering: Numbering | None = None
    checked: tuple[Checked, ...] = ()
    date: str = ""

    @property
    def numbers(self) -> Mapping[str, str]:
        """Return the number that each label refers to."""
        return labelled(self.marked.displays)

    @property
    def counted(self) -> tuple[int, int]:
        """Return how many equations have a number, and how many of them are verified."""
        verified = (len(each.tags) for each in self.checked if each.verdict == "verified")
        return sum(len(each.tags) for each in self.checked), sum(verified)

    def wanted(self) -> list[Pictured]:
        """Return every formula that KaTeX has to picture: the post's, and the symbols' names."""
        told = [(tex, False) for each in self.checked for tex in each.formulas(self.language)]
        return list(dict.fromkeys([*needed(self.marked, self.numbers), *told]))


def filled(document: Document, blocks: Sequence[Node], pictures: Mapping[Pictured, str]) -> list[Node]:
    """Return the tree that pandoc writes as HTML, from the one it read."""
    return arranged(document, blocks, pictures, Printer)


def arranged(
    document: Document, blocks: Sequence[Node], pictures: Mapping[Pictured, str], printing: type[Printer]
) -> list[Node]:
    """Return the tree with boxes, links, and formulas as a printer prints them."""
    numbering = document.numbering
    printer = printing(pictures, document.numbers, marks_of(document.checked, document.language))
    picture = labels("page", document.language)["picture"]
    tree = boxed(clean(worded(blocks, picture)), document.marked, document.language)
    tree = _untitled(_levelled(tree), document)
    links = links_of(numbering) if numbering else None
    return Filler(document.marked, printer, links).blocks(tree)


def _levelled(blocks: Sequence[Node]) -> list[Node]:
    """Return the blocks with headings from the second level on, none left out, each with an anchor."""
    counter = 0
    deepest = 1

    def visit(found: Sequence[Node]) -> list[Node]:
        nonlocal counter, deepest
        out: list[Node] = []
        for block in found:
            if block["t"] == "Header":
                counter += 1
                level, attr, inner = block["c"]
                level = min(max(2, level), deepest + 1)
                deepest = level
                block = {"t": "Header", "c": [level, [attr[0] or f"h-{counter}", [], []], inner]}
            elif block["t"] == "Div":
                block = {"t": "Div", "c": [block["c"][0], visit(block["c"][1])]}
            out.append(block)
        return out

    return visit(blocks)


def _untitled(blocks: list[Node], document: Document) -> list[Node]:
    """Return the blocks without a first heading that is the title once more."""
    if blocks and blocks[0]["t"] == "Header":
        title = " ".join(words(blocks[0]["c"][2]).split())
        if title == " ".join(document.title.split()):
            return blocks[1:]
    return blocks


def whole(document: Document, contents: str, body: str, pictures: Mapping[Pictured, str], root: str = "../") -> str:
    """Return the page, from the table of contents and the body that pandoc wrote."""
    words = wording("page", document.language)
    printer = Printer(pictures, document.numbers, {})
    inner = printed(
        __name__,
        "post",
        title=document.title,
        contents=Markup(contents),
        counted=document.counted,
        body=Markup(HEADING.sub(lambda match: _heading(match, words["formula"]), body)),
        cards=cards(document.checked, document.language, printer.math),
        words=words,
    )
    return page(document.title, inner, language=document.language, root=root, kind="post")


def _heading(found: re.Match[str], formula: str) -> str:
    """Return a table's heading that says something: an empty one is a cell, a formula's is called what it is."""
    attributes, inner = found[1] or "", found[2]
    if not inner:
        return f"<td{attributes}></td>"
    if inner.startswith("<math") and not MATH.sub("", inner).strip():
        return f'<th{attributes}><span class="unseen">{formula} </span>{inner}</th>'
    return found[0]


def refused(title: str, findings: Sequence[Finding], language: str, root: str = "../") -> str:
    """Return the page of a post that cannot be grown: what is wrong, and where."""
    words, fix = wording("page", language), wording("finding", language)["fix"]
    lines = [(finding.where, told(finding.what, language), told(finding.fix, language)) for finding in findings]
    body = printed(__name__, "refused", title=title, findings=lines, fix=fix, words=words)
    return page(title, body, language=language, root=root, kind="refused-post")


def problems(document: Document, pictures: Mapping[Pictured, str], html: str) -> list[Finding]:
    """Return what a reader would miss: formulas that cannot be shown, references that lead nowhere, TeX left over."""
    where = Where(document.path)
    found = [
        ("export-formula", f"a formula cannot be shown: '{' '.join(tex.split())[:80]}'", "")
        for tex, display in document.wanted()
        if not pictures.get((tex, display))
    ]
    found += [
        ("export-reference", f"'{label}' is referred to, and no equation has that label", "a \\label of the post")
        for label in dict.fromkeys(document.marked.links)
        if label not in document.numbers
    ]
    found += [("export-leak", f"TeX stays in the page's text: '{leak}'", "") for leak in leaks(html)]
    return [Finding(rule, Severity.WARNING, where, what, expected) for rule, what, expected in found]
