"""The format of an outline as a table of shapes (docs/outline.md says the same to a reader)."""

from __future__ import annotations

from proofweave.core.types import BlockKind, Layer
from proofweave.outline.shapes import Free, Key, Many, OneOf, Record, Scalar, Shape, Table

TEXT = Scalar()
LINE = Scalar("one line of text", one_line=True)
ID = Scalar("an id (letters, digits, - and _)", r"[A-Za-z0-9_-]+", number=True)
COUNT = Scalar("a whole number", r"0|[1-9][0-9]{0,8}", number=True)
POSITIVE = Scalar("a whole number above 0", r"[1-9][0-9]{0,8}", number=True)
TAGS = Scalar("equation numbers such as 7 or 3-6", r"[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})?", number=True)
FLAG = Scalar("true or false", choices=("true", "false"), flag=True)
LAYER = Scalar("a layer", choices=tuple(layer.value for layer in Layer))

SYMBOLS = Table(
    "symbols", "symbols and their types", Free("a type, such as vector(d), or a mapping such as {define: …}")
)
PREMISES = Many(TEXT, "a list of premises", single=True)
ORDER = Record(
    "order",
    "the order of an approximation",
    {
        "in": Key(TEXT, "The quantity that goes to 0, as TeX: `1/k`."),
        "at_least": Key(Scalar("a number", number=True), "The least order in which the error falls."),
    },
)
CHECK_KEYS = {
    "defines": Key(TEXT, "The symbol this equation defines; it binds for the equations after it."),
    "assume": Key(TEXT, "Why this equation is taken as true without a check."),
    "skip": Key(TEXT, "Why this equation cannot be checked."),
    "given": Key(PREMISES, "Premises under which the equation holds."),
    "order": Key(ORDER, "For ≈ and O(·): how fast the error falls."),
    "tight": Key(FLAG, "true: the check fails if the inequality is never near equality."),
    "strict": Key(FLAG, "true: the check fails if equality occurs."),
    "excuse": Key(
        Table("excuse", "parts of the equation and reasons", TEXT),
        "Parts that no mutant exposes, each with the reason.",
    ),
    "symbols": Key(SYMBOLS, "Symbols of this equation alone."),
}
EQUATION = Record(
    "equation",
    "an equation",
    {
        "id": Key(ID, "Needed to refer to it as @eq:id."),
        "tex": Key(
            TEXT,
            "TeX without environment, \\tag, \\label or $; rows separated by \\\\ take a number each.",
            required=True,
        ),
        "rows": Key(Scalar("one", choices=("one",)), "one: several rows take one number together."),
        "tag": Key(Scalar("none", choices=("none",)), "none: the display has no number."),
        **CHECK_KEYS,
    },
)
SLOT = Record(
    "slot",
    "a slot left to a model",
    {
        "write": Key(TEXT, "What the model is to write.", required=True),
        "equations": Key(COUNT, "How many numbered equations the reply holds; 0 when left out."),
    },
)
CODE = Record(
    "code",
    "a listing",
    {
        "code": Key(TEXT, "The listing.", required=True),
        "language": Key(LINE, "The language that colours it: python, text, …"),
    },
)
STEP = Record(
    "step",
    "a step",
    {
        "because": Key(TEXT, "The sentence that gives the reason.", required=True),
        "equation": Key(EQUATION, "What the step arrives at."),
        "intuition": Key(TEXT, "What the step means."),
    },
)
FIGURE = Record(
    "figure",
    "a figure",
    {
        "figure": Key(ID, "Its id; figures/<post>/<id>.py draws it, and @fig:id refers to it.", required=True),
        "caption": Key(TEXT, "What it shows.", required=True),
    },
)
DISPLAY = Record("display", "a display", {"equation": Key(EQUATION, "A displayed formula.", required=True)})
PART = OneOf(
    "part",
    "a part",
    {"write": SLOT, "code": CODE, "because": STEP, "intuition": STEP, "equation": DISPLAY, "figure": FIGURE},
    TEXT,
)
PARTS = Many(PART, "one part or a list of parts", single=True)
STEPS = Many(TEXT, "a list of texts")
EQUATIONS = Many(EQUATION, "a list of equations")
CITE = Many(ID, "a list of reference ids", single=True)


def _block(kind: BlockKind, value: Shape, about: str, keys: dict[str, Key]) -> Record:
    common = {
        "layer": Key(LAYER, "The layer whose share of the characters it counts for; else the section's."),
        "symbols": Key(SYMBOLS, "Symbols of this block alone."),
    }
    words = kind.value.replace("_", " ")
    article = "an" if words[0] in "aeiou" else "a"
    return Record(kind.value, f"{article} {words}", {kind.value: Key(value, about, required=True), **keys, **common})


_NAME = {"name": Key(LINE, "The name in brackets: **定理1.1 (name)**.")}
_STATED = {
    **_NAME,
    "statement": Key(PARTS, "What is claimed."),
    "equations": Key(EQUATIONS, "Equations that stand after the statement."),
}
_PROVED = {
    **_STATED,
    "proof": Key(PARTS, "Its proof: parts or steps."),
    "cite": Key(CITE, "Where it is proved, when there is no proof here."),
}
_ALGORITHM = {
    **_NAME,
    "input": Key(TEXT, "What it takes."),
    "output": Key(TEXT, "What it gives."),
    **{key: _STATED[key] for key in ("statement", "equations")},
    "steps": Key(STEPS, "Its steps, one text each."),
    "complexity": Key(TEXT, "What it costs."),
}
_PROSE = {"id": Key(ID, "An id; one is made from the section's when left out."), **_NAME}

STATED = (BlockKind.DEFINITION, BlockKind.THEOREM, BlockKind.LEMMA, BlockKind.PROPOSITION, BlockKind.COROLLARY)

BLOCK = OneOf(
    "block",
    "a block",
    {
        kind.value: (
            _block(kind, ID, "Its id: refer to it as @thm:id.", _PROVED)
            if kind in STATED
            else _block(kind, ID, "Its id: refer to it as @thm:id.", _ALGORITHM)
            if kind is BlockKind.ALGORITHM
            else _block(kind, PARTS, "Its text: one part or a list of parts.", _PROSE)
        )
        for kind in BlockKind
    },
    first=True,
)
_SECTION = {
    "id": Key(ID, "Refer to it as @sec:id.", required=True),
    "title": Key(LINE, "The heading, without its number.", required=True),
    "layer": Key(LAYER, "The layer its blocks count for."),
    "symbols": Key(SYMBOLS, "Symbols of this section."),
    "tags": Key(TAGS, "The equation numbers it owns: 7 or 3-6. `proofweave retag` sets them."),
    "anchor": Key(LINE, "A heading of the source at the end of whose section this one goes."),
    "blocks": Key(Many(BLOCK, "a list of blocks"), "What it holds."),
}
LEAF = Record("subsection", "a section of the second level", _SECTION)
SECTION = Record(
    "section",
    "a section",
    {
        **_SECTION,
        "sections": Key(Many(LEAF, "a list of sections"), "Sections of the second level, in place of blocks."),
    },
)
REFERENCE = Record(
    "reference",
    "a reference",
    {
        "author": Key(LINE, "Who wrote it."),
        "title": Key(LINE, "Its title.", required=True),
        "year": Key(Scalar("a year", one_line=True, number=True), "When it appeared."),
        "link": Key(LINE, "Where to find it."),
    },
)
_SHARE = Scalar("percents such as 5..15", r"[0-9]{1,3}\.\.[0-9]{1,3}")
BUDGET = Record(
    "budget",
    "layers and their shares",
    {layer.value: Key(_SHARE, f"The {layer.value} layer's share of the characters, in percent.") for layer in Layer},
)
OUTLINE = Record(
    "outline",
    "an outline",
    {
        "title": Key(LINE, "The post's title.", required=True),
        "source": Key(LINE, "The post it grows from, below blogs_raw/.", required=True),
        "language": Key(Scalar("a language", choices=("zh", "en")), "The language of the grown part.", required=True),
        "lines": Key(
            Scalar("a number of lines such as 400 or 400..450", r"[1-9][0-9]{0,8}(\.\.[1-9][0-9]{0,8})?", number=True),
            "How many lines the grown post should have.",
        ),
        "order": Key(POSITIVE, "Its place in the report's table: 1 is the first row."),
        "batch": Key(POSITIVE, "The batch it belongs to: `snakemake batch_1`."),
        "priority": Key(
            Scalar("a priority", choices=("high", "medium", "supplement")), "Its priority: `snakemake priority_high`."
        ),
        "heading": Key(LINE, "The `##` heading the grown part stands under."),
        "counters": Key(
            Scalar("a way of counting", choices=("theorems", "shared", "separate")),
            "Which numbered blocks share a counter; theorems when left out.",
        ),
        "budget": Key(BUDGET, "Each layer's share of the characters."),
        "symbols": Key(SYMBOLS, "Symbols of the whole post and their types."),
        "references": Key(Table("references", "ids and works", REFERENCE, ID), "The works it cites, by id."),
        "sections": Key(Many(SECTION, "a list of sections"), "The sections of the first level.", required=True),
        "format": Key(POSITIVE, "The version of this format: 2; 1 when left out. `proofweave migrate` sets it."),
    },
)
