"""Make an outline of nodes: sections, blocks and their parts, with names for what its author left unnamed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import PurePosixPath

from proofweave.core import (
    Block,
    BlockKind,
    Claim,
    Equation,
    Layer,
    LineTarget,
    Outline,
    Reference,
    Section,
    Severity,
    TagRange,
    say,
    with_displays,
)
from proofweave.outline.conformity import chosen, problem
from proofweave.outline.format import BLOCK
from proofweave.outline.parts import Mention, PartReader, misfit, number_in, number_of, text_of
from proofweave.text.yaml import ListNode, MapNode, Node, ScalarNode

PROSE_KINDS = frozenset(
    {
        BlockKind.DERIVATION,
        BlockKind.INTUITION,
        BlockKind.GEOMETRY,
        BlockKind.SPECIAL_CASE,
        BlockKind.PRACTICE,
        BlockKind.REMARK,
    }
)


class Builder(PartReader):
    """Makes one outline; `leaf_nodes` are the nodes of the leaves, in document order."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.leaf_nodes: list[MapNode] = []
        self.uncounted: set[str] = set()
        self.malformed: set[str] = set()
        self.sections_dropped = False

    def outline(self, root: MapNode) -> Outline:
        """Return the outline of a file."""
        source = root.get("source")
        sections = tuple(self.sections(root.get("sections"), None, top=True))
        references = tuple(self.references(root.get("references")))
        return Outline(
            post=PurePosixPath(self.path.replace("\\", "/")).stem,
            path=self.path,
            title=text_of(root.get("title")).strip(),
            source=self.source(source),
            language=language if (language := text_of(root.get("language"))) in ("zh", "en") else "zh",
            lines=self.lines(root.get("lines")),
            where=root.where,
            source_where=source.place() if isinstance(source, ScalarNode) else root.where,
            heading=text_of(root.get("heading")).strip(),
            short=text_of(root.get("short")).strip(),
            order=number_of(root.get("order")),
            batch=number_of(root.get("batch")),
            priority=text_of(root.get("priority")),
            counters=text_of(root.get("counters")),
            budget=dict(self.budget(root.get("budget"))),
            symbols=self.symbols(root.get("symbols")),
            instances=self.symbols(root.get("instances"), "as"),
            references=references,
            sections=_with_ids(sections, {name for _, name, _ in self.named}),
        )

    def source(self, node: Node | None) -> str:
        """Return the path of the source; one that is not below blogs_raw/ is reported."""
        path = text_of(node).strip()
        parts = path.replace("\\", "/").split("/")
        drive = len(parts[0]) == 2 and parts[0][1] == ":"
        fault = ""
        if path.startswith(("/", "\\", "~")) or drive:
            fault = "absolute"
        elif ".." in parts:
            fault = "leaves"
        elif "\\" in path:
            fault = "backslash"
        elif parts[0] != "blogs_raw" or len(parts) < 2 or not parts[-1]:
            fault = "outside"
        if node is not None and path and fault:
            self.findings.append(misfit(node, f"source-{fault}", say("outline.source-path"), path=path))
        return path

    def lines(self, node: Node | None) -> LineTarget | None:
        """Return the number of lines asked for."""
        first, dots, last = text_of(node).partition("..")
        least, most = number_in(first), number_in(last)
        if not isinstance(node, ScalarNode) or least is None or (dots and most is None):
            return None
        if most is not None and most < least:
            self.findings.append(misfit(node, "lines-reversed", f"{most}..{least}", lines=node.value))
            return None
        return LineTarget(least, most, node.place())

    def budget(self, node: Node | None) -> Iterator[tuple[Layer, tuple[int, int]]]:
        """Yield the layers with a share of their own, in percent."""
        for key, value in node.items if isinstance(node, MapNode) else ():
            first, _, last = text_of(value).partition("..")
            least, most = number_in(first), number_in(last)
            if key.value not in set(Layer) or least is None or most is None:
                continue
            if least > most or most > 100:
                self.findings.append(misfit(value, "share", least=least, most=most))
                continue
            yield Layer(key.value), (least, most)

    def references(self, node: Node | None) -> Iterator[Reference]:
        """Yield the works of the bibliography."""
        for key, value in node.items if isinstance(node, MapNode) else ():
            if isinstance(value, MapNode):
                self.name("reference", key)
                author, title, year, link = (
                    text_of(value.get(field)).strip() for field in ("author", "title", "year", "link")
                )
                yield Reference(key.value, author, title, year, link, key.where)

    def sections(self, node: Node | None, inherited: Layer | None, top: bool = False) -> Iterator[Section]:
        """Yield the sections of a list; `inherited` is the layer of the section around it."""
        self.sections_dropped |= node is not None and not isinstance(node, ListNode)
        for position, item in enumerate(node.items if isinstance(node, ListNode) else (), start=1):
            if not isinstance(item, MapNode):
                self.sections_dropped = True
                continue
            id = self.name("section", item.get("id")) or f"{'section' if top else 'subsection'}-{position}"
            layer = _layer(item.get("layer")) or inherited
            inner = item.get("sections") if top else None
            if inner is None:
                self.leaf_nodes.append(item)
            before = self.dropped
            blocks = tuple(self.blocks(item.get("blocks")))
            if self.dropped > before:
                self.uncounted.add(id)
            children = tuple(self.sections(inner, layer))
            self.check_content(item, id, top)
            yield Section(
                id=id,
                title=text_of(item.get("title")).strip(),
                where=item.where,
                layer=layer,
                tags=None if inner is not None else self.tags(item.get("tags"), id),
                symbols=self.symbols(item.get("symbols")),
                instances=self.symbols(item.get("instances"), "as"),
                blocks=blocks if inner is None else (),
                sections=children,
                anchor=text_of(item.get("anchor")).strip(),
            )

    def check_content(self, node: MapNode, id: str, top: bool) -> None:
        """Report a section with both blocks and sections, with neither, or with sections and tags of its own."""
        blocks, inner, tags = node.key("blocks"), node.key("sections"), node.key("tags")
        if blocks and inner and top:
            self.findings.append(problem("section", inner.where, "blocks-and-sections", section=id))
        elif not blocks and not inner:
            expected = say("outline.blocks-or-sections") if top else "blocks: […]"
            self.findings.append(problem("section", node.where, "section-empty", expected, section=id))
        if inner and tags and top:
            self.findings.append(problem("section", tags.where, "tags-above", section=id))

    def tags(self, node: Node | None, section: str) -> TagRange | None:
        """Return a section's range of numbers; one that cannot be read makes the section `malformed`."""
        written, dash, end = text_of(node).partition("-")
        first, last = number_in(written), number_in(end)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or not first or (dash and not last):
            self.malformed.add(section)
            return None
        return TagRange(first, last or first, node.place())

    def blocks(self, node: Node | None) -> Iterator[Block]:
        """Yield the blocks of a list."""
        self.dropped += isinstance(node, ScalarNode) and not node.absent
        for item in node.items if isinstance(node, ListNode) else ():
            record = chosen(item, BLOCK) if isinstance(item, MapNode) else None
            if isinstance(item, MapNode) and record is not None:
                yield self.block(item, BlockKind(record.name))
            else:
                self.dropped += 1

    def block(self, node: MapNode, kind: BlockKind) -> Block:
        """Return a block, which has no id yet where its author gave none."""
        prose = kind in PROSE_KINDS
        claims = tuple(self.claims(node.get("claims")))
        id = self.name("block", node.get("id" if prose else kind.value))
        layer, name = _layer(node.get("layer")), self.prose(node.get("name"))
        symbols, instances = self.symbols(node.get("symbols")), self.symbols(node.get("instances"), "as")
        if prose:
            body = self.parts(node.get(kind.value), "body")
            return Block(kind, id, node.where, name, layer, symbols, body=body, claims=claims, instances=instances)
        inputs, outputs = self.prose(node.get("input")), self.prose(node.get("output"))
        statement = self.parts(node.get("statement"), "statement") + tuple(self.displays(node.get("equations")))
        algorithm = kind is BlockKind.ALGORITHM
        stating = ("steps",) if algorithm else ("statement", "equations")
        if not statement and not any(node.get(key) for key in stating):
            missing = "algorithm-empty" if algorithm else "no-statement"
            self.findings.append(problem("statement", node.where, missing, kind=say(f"kind.{kind}"), id=id))
        arguing = "solution" if kind is BlockKind.EXERCISE else "proof"
        proof = self.parts(node.get(arguing), arguing)
        if kind is BlockKind.EXERCISE and node.get(arguing) is None:
            unsolved = problem("exercise", node.where, "exercise-unsolved", id=id)
            self.findings.append(replace(unsolved, severity=Severity.WARNING))
        steps = node.get("steps")
        return Block(
            kind,
            id,
            node.where,
            name,
            layer,
            symbols,
            statement,
            proof,
            self.parts(steps, "body") if isinstance(steps, ListNode) else (),
            tuple(self.cited(node.get("cite"))),
            inputs,
            outputs,
            self.prose(node.get("complexity")),
            claims,
            instances,
        )

    def claims(self, node: Node | None) -> Iterator[Claim]:
        """Yield the checks on what a block's text says; they count nothing, and one that cannot be read is left out."""
        before = self.dropped
        for item in node.items if isinstance(node, ListNode) else ():
            if not isinstance(item, MapNode):
                continue
            says = " ".join(text_of(item.get("says")).split())
            if text_of(item.get("premise")) == "true" and says and item.get("tex") is None:
                yield Claim(says, None, item.where)
            elif (equation := self.equation(item)) is not None and item.get("premise") is None:
                yield Claim(says, replace(equation, numbered=False), item.where)
            else:
                self.findings.append(problem("claim", item.where, "claim"))
        self.dropped = before

    def displays(self, node: Node | None) -> Iterator[Equation]:
        """Yield the equations of an `equations:`."""
        self.dropped += isinstance(node, ScalarNode) and not node.absent
        for item in node.items if isinstance(node, ListNode) else ():
            equation = self.equation(item)
            if equation is not None:
                yield equation

    def cited(self, node: Node | None) -> Iterator[str]:
        """Yield the reference ids of a `cite:`."""
        for item in node.items if isinstance(node, ListNode) else (node,):
            if isinstance(item, ScalarNode) and text_of(item):
                self.mentions.append(Mention("ref", item.value, None, item.place()))
                yield item.value


def _layer(node: Node | None) -> Layer | None:
    text = text_of(node)
    return Layer(text) if text in set(Layer) else None


def _with_ids(sections: tuple[Section, ...], taken: set[str]) -> tuple[Section, ...]:
    """Give each block and equation without an id one made from its section's or block's, and not taken."""

    def free(name: str, start: int = 1) -> str:
        while (candidate := name if start < 2 else f"{name}-{start}") in taken:
            start += 1
        taken.add(candidate)
        return candidate

    def block_with_ids(block: Block, section: Section) -> Block:
        id = block.id or free(f"{section.id}-{block.kind.value}")
        numbers = count(1)

        def with_id(equation: Equation, kind: str = "eq") -> Equation:
            number = next(numbers)
            return equation if equation.id else replace(equation, id=free(f"{id}-{kind}{number}"))

        statement, proof, body = (with_displays(parts, with_id) for parts in (block.statement, block.proof, block.body))
        numbers = count(1)
        claims = tuple(
            replace(claim, equation=claim.equation and with_id(claim.equation, "claim")) for claim in block.claims
        )
        return replace(block, id=id, statement=statement, proof=proof, body=body, claims=claims)

    return tuple(
        replace(
            section,
            blocks=tuple(block_with_ids(block, section) for block in section.blocks),
            sections=_with_ids(section.sections, taken),
        )
        for section in sections
    )
