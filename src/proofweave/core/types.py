"""The frozen values every stage reads and writes; this module imports nothing of proofweave."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops the merge of its post, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a text: file path as the user would type it, 1-based line and column (in characters)."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def after(self, text: str) -> "Where":
        """Return the place after a text that starts here."""
        lines = text.count("\n")
        column = len(text) - text.rindex("\n") if lines else self.column + len(text)
        return Where(self.file, self.line + lines, column)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in a text: what is wrong, what was expected, and the next step."""

    rule: str
    severity: Severity
    where: Where
    what: str
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        tail = f"; expected {self.expected}" if self.expected else ""
        tail += f"; {self.fix}" if self.fix else ""
        line = f"{self.where}: {self.severity}: {self.what}{tail} [{self.rule}]"
        return " ".join(line.split())


class Layer(StrEnum):
    """The five layers of a grown post; each has a share of its characters as a budget."""

    FOUNDATIONS = "foundations"
    DERIVATION = "derivation"
    CONVERGENCE = "convergence"
    INTUITION = "intuition"
    PRACTICE = "practice"


class BlockKind(StrEnum):
    """What a block is; its template is `templates/block/<kind>.md.j2` or the group's."""

    DEFINITION = "definition"
    THEOREM = "theorem"
    LEMMA = "lemma"
    PROPOSITION = "proposition"
    COROLLARY = "corollary"
    ALGORITHM = "algorithm"
    DERIVATION = "derivation"
    INTUITION = "intuition"
    GEOMETRY = "geometry"
    SPECIAL_CASE = "special_case"
    PRACTICE = "practice"
    REMARK = "remark"
    EXERCISE = "exercise"


THEOREM_LIKE = frozenset({BlockKind.THEOREM, BlockKind.LEMMA, BlockKind.PROPOSITION, BlockKind.COROLLARY})
NUMBERED = THEOREM_LIKE | {BlockKind.DEFINITION, BlockKind.ALGORITHM, BlockKind.EXERCISE}


REASONS = ("because", "stated")
"""The keys of an entry of `symbols:` that say why it is narrower than what is claimed, or where the text says so."""


@dataclass(frozen=True, slots=True)
class SymbolSpec:
    """One entry of `symbols:` or `instances:`: a TeX name and its type as written (text, or a mapping of texts).

    Where it narrows what is claimed, `because` says why no more is checked, and `stated` quotes the text that says so.
    """

    name: str
    value: str | Mapping[str, object]
    where: Where
    because: str = ""
    stated: str = ""

    @classmethod
    def read(cls, name: str, value: str | Mapping[str, object], where: Where, key: str = "type") -> "SymbolSpec":
        """Return an entry as written, reasons apart; a key alone beside them, type: or as:, holds all of the rest."""
        if isinstance(value, str):
            return cls(name, value, where)
        kept = {key: inner for key, inner in value.items() if key not in REASONS}
        alone = kept.get(key) if len(kept) == 1 else None
        spec = alone if isinstance(alone, str | Mapping) else kept
        return cls(name, spec, where, *(str(value.get(reason, "")) for reason in REASONS))

    def written(self, key: str = "type") -> str | Mapping[str, object]:
        """Return the value that `read` reads as this entry."""
        reasons = {name: text for name in REASONS if (text := getattr(self, name))}
        if not reasons:
            return self.value
        value = {key: self.value} if key == "as" or isinstance(self.value, str) else self.value
        return {**value, **reasons}


@dataclass(frozen=True, slots=True)
class Check:
    """What the author says about the truth of an equation; at most one of defines, assume, skip is set.

    With none of them set, the equation is checked numerically from its own TeX.
    """

    defines: str | None = None
    assume: str | None = None
    skip: str | None = None
    given: tuple[str, ...] = ()
    order: Mapping[str, str] | None = None
    tight: bool = False
    strict: bool = False
    excuse: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Equation:
    """A displayed formula: TeX without environment or tag; `rows` > 1 means an align with a tag on each row.

    `tex` of several rows is separated by TeX's own double backslash at top level.
    """

    id: str
    tex: str
    where: Where
    check: Check = Check()
    symbols: tuple[SymbolSpec, ...] = ()
    numbered: bool = True
    rows: int = 1
    instances: tuple[SymbolSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of Markdown with inline math; no heading, no display, no HTML."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Code:
    """A listing; `code` ends with a newline. One with an id in `run` is executed and gives `values`, as quoted."""

    code: str
    language: str
    where: Where
    run: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: a sentence of reason, an equation or none, and an optional intuition."""

    because: str
    equation: Equation | None
    intuition: str
    where: Where


@dataclass(frozen=True, slots=True)
class Slot:
    """A place left to a model: an instruction and the number of numbered equations its reply must hold.

    `name` is unique in its block ("proof", "body", "body-2", …) and keys the reply.
    """

    name: str
    write: str
    equations: int
    where: Where


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture drawn by `figures/<post>/<id>.py`, with its caption."""

    id: str
    caption: str
    where: Where


Part = Text | Equation | Code | Step | Slot | Figure


@dataclass(frozen=True, slots=True)
class Claim:
    """An unnumbered check on what a block says in words or inline: `says` is what it backs, `equation` the check.

    `says` is a piece of the block's text as written, or empty where the formula itself stands there inline. With no
    equation the excerpt is a premise, and claims nothing.
    """

    says: str
    equation: Equation | None
    where: Where


@dataclass(frozen=True, slots=True)
class Block:
    """A definition, theorem, derivation, …: hand-written parts and slots, in document order.

    `statement` is what is claimed (or an algorithm's preamble), `body` prose parts (or an algorithm's steps), `proof`
    the proof's parts, or an exercise's solution; `proof` and `cite` are both empty for a statement nobody proved.
    `claims` back what the text says beside its displays; they are not printed, and no model is told of them.
    """

    kind: BlockKind
    id: str
    where: Where
    name: str = ""
    layer: Layer | None = None
    symbols: tuple[SymbolSpec, ...] = ()
    statement: tuple[Part, ...] = ()
    proof: tuple[Part, ...] = ()
    body: tuple[Part, ...] = ()
    cite: tuple[str, ...] = ()
    inputs: str = ""
    outputs: str = ""
    complexity: str = ""
    claims: tuple[Claim, ...] = ()
    instances: tuple[SymbolSpec, ...] = ()

    def parts(self) -> tuple[Part, ...]:
        """Return all parts in the order they are printed."""
        return self.statement + self.proof + self.body

    def checks(self) -> tuple[Equation, ...]:
        """Return the equations that back the block's claims."""
        return tuple(claim.equation for claim in self.claims if claim.equation is not None)

    def slots(self) -> tuple[Slot, ...]:
        """Return the parts left to a model, in document order."""
        return tuple(part for part in self.parts() if isinstance(part, Slot))


@dataclass(frozen=True, slots=True)
class TagRange:
    """The equation numbers a section owns, both ends included."""

    first: int
    last: int
    where: Where

    def __len__(self) -> int:
        return max(0, self.last - self.first + 1)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the grown part; it holds blocks or sections, and a leaf owns a tag range."""

    id: str
    title: str
    where: Where
    layer: Layer | None = None
    tags: TagRange | None = None
    symbols: tuple[SymbolSpec, ...] = ()
    blocks: tuple[Block, ...] = ()
    sections: "tuple[Section, ...]" = ()
    anchor: str = ""
    instances: tuple[SymbolSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A work in the bibliography."""

    id: str
    author: str
    title: str
    year: str
    link: str
    where: Where


@dataclass(frozen=True, slots=True)
class LineTarget:
    """How many lines the grown post should have; `most` is None where only a minimum is asked."""

    least: int
    most: int | None
    where: Where


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole outline file; `post` is the file's stem and names everything built from it."""

    post: str
    path: str
    title: str
    source: str
    language: str
    lines: LineTarget | None
    where: Where
    source_where: Where
    heading: str = ""
    short: str = ""
    order: int | None = None
    batch: int | None = None
    priority: str = ""
    counters: str = ""
    budget: Mapping[Layer, tuple[int, int]] = field(default_factory=dict)
    symbols: tuple[SymbolSpec, ...] = ()
    references: tuple[Reference, ...] = ()
    sections: tuple[Section, ...] = ()
    instances: tuple[SymbolSpec, ...] = ()

    def leaves(self) -> tuple[Section, ...]:
        """Return the sections that hold blocks themselves, in document order."""
        return tuple(leaf for section in self.sections for leaf in (section.sections or (section,)))

    def placed(self) -> Iterator[tuple[Section, Section, Block]]:
        """Yield every block with the section and the leaf it stands in, in document order."""
        return ((top, leaf, block) for top in self.sections for leaf in top.sections or (top,) for block in leaf.blocks)

    def blocks(self) -> tuple[Block, ...]:
        """Return every block in document order."""
        return tuple(block for leaf in self.leaves() for block in leaf.blocks)

    def runs(self) -> tuple[Code, ...]:
        """Return the listings that are run, in document order."""
        parts = (part for block in self.blocks() for part in block.parts())
        return tuple(part for part in parts if isinstance(part, Code) and part.run)


class SpanKind(StrEnum):
    """What a piece of a post's text is."""

    FRONT_MATTER = "front_matter"
    HEADING = "heading"
    TEXT = "text"
    CODE = "code"
    INLINE_CODE = "inline_code"
    INLINE_MATH = "inline_math"
    DISPLAY_MATH = "display_math"
    HTML = "html"
    COMMENT = "comment"
    GROWN = "grown"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a post, exactly as it stands in the file; `tex` is a formula's unescaped TeX.

    `closed` is False for a fence, comment or math that runs to the end of the file; `escaped` is True where
    the text carries html2text's doubled backslashes.
    """

    kind: SpanKind
    text: str
    line: int
    column: int
    tex: str = ""
    closed: bool = True
    escaped: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post read without loss: the spans' texts joined are the file."""

    path: str
    spans: tuple[Span, ...]
    front: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the file's text."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who or which model wrote a reply, when, and with which parameters; never part of what is built."""

    by: str
    date: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    prompt: str = ""
    tokens: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What a block asks of a model: `spec` hashes the block's own specification, `key` adds the model."""

    post: str
    block: str
    key: str
    spec: str
    prompt: str
    schema: Mapping[str, object]
    slots: tuple[Slot, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Reply:
    """A block's filled slots, by slot name; `path` is the recording it came from."""

    block: str
    key: str
    spec: str
    slots: Mapping[str, tuple[Part, ...]]
    provenance: Provenance
    path: str


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers templates print: tags by equation id, labels (定理1.1) by block id, the others by id too."""

    tags: Mapping[str, tuple[int, ...]]
    labels: Mapping[str, str]
    sections: Mapping[str, str]
    citations: Mapping[str, int]
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another post as references to it need it: what it is called, its language and its numbers, none of its text."""

    title: str
    language: str
    numbering: Numbering


@dataclass(frozen=True, slots=True)
class Origin:
    """Lines `first`..`last` (1-based) of a woven text come from `where`."""

    first: int
    last: int
    where: Where
    part: Part | None = None
    block: Block | None = None
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class Woven:
    """The grown part (without markers) and where each of its lines comes from.

    `pieces` maps an anchor (a heading of the source, "" for the end of the post) to the text that goes there.
    """

    pieces: Mapping[str, str]
    origins: Mapping[str, tuple[Origin, ...]]
    numbering: Numbering
