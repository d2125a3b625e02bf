"""The format of an outline as a table of shapes (docs/outline.md says the same to a reader)."""

from proofweave.core import BlockKind, Layer
from proofweave.outline.shapes import Free, Key, Many, OneOf, Record, Scalar, Shape, Table

TEXT = Scalar()
LINE = Scalar("line", one_line=True)
ID = Scalar("id", r"[A-Za-z0-9_-]+", number=True)
COUNT = Scalar("count", r"0|[1-9][0-9]{0,8}", number=True)
POSITIVE = Scalar("positive", r"[1-9][0-9]{0,8}", number=True)
TAGS = Scalar("tags", r"[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})?", number=True)
LINES = Scalar("lines", r"[1-9][0-9]{0,8}(\.\.[1-9][0-9]{0,8})?", number=True)
SHARE = Scalar("share", r"[0-9]{1,3}\.\.[0-9]{1,3}")
NAME = Scalar("variable", r"[A-Za-z_][A-Za-z0-9_]*")
QUOTED = Scalar("quoted", r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", number=True)
FLAG = Scalar("flag", choices=("true", "false"), flag=True)
LAYER = Scalar("layer", choices=tuple(layer.value for layer in Layer))
LANGUAGE = Scalar("language", choices=("zh", "en"))
PRIORITY = Scalar("priority", choices=("high", "medium", "supplement"))
COUNTERS = Scalar("counters", choices=("theorems", "shared", "separate"))

SYMBOLS = Table("symbols", Free("type"))
INSTANCE = Record(
    "instance",
    {"as": Key(Free("type"), "instance-as", required=True), "because": Key(TEXT, "instance-because", required=True)},
)
INSTANCES = Table("instances", INSTANCE)
PREMISES = Many(TEXT, "premises", single=True)
ORDER = Record("order", {"in": Key(TEXT, "order-in"), "at_least": Key(Scalar("number", number=True), "order-least")})
CHECK_KEYS = {
    "defines": Key(TEXT, "equation-defines"),
    "assume": Key(TEXT, "equation-assume"),
    "skip": Key(TEXT, "equation-skip"),
    "given": Key(PREMISES, "equation-given"),
    "order": Key(ORDER, "equation-order"),
    "tight": Key(FLAG, "equation-tight"),
    "strict": Key(FLAG, "equation-strict"),
    "excuse": Key(Table("excuse", TEXT), "equation-excuse"),
    "symbols": Key(SYMBOLS, "equation-symbols"),
    "instances": Key(INSTANCES, "equation-instances"),
}
EQUATION = Record(
    "equation",
    {
        "id": Key(ID, "equation-id"),
        "tex": Key(TEXT, "equation-tex", required=True),
        "rows": Key(Scalar("one", choices=("one",)), "equation-rows"),
        "tag": Key(Scalar("none", choices=("none",)), "equation-tag"),
        **CHECK_KEYS,
    },
)
CLAIM = Record(
    "claim",
    {
        "id": Key(ID, "equation-id"),
        "says": Key(TEXT, "claim-says"),
        "tex": Key(TEXT, "claim-tex"),
        "premise": Key(FLAG, "claim-premise"),
        **{name: key for name, key in CHECK_KEYS.items() if name != "defines"},
    },
)
SLOT = Record("slot", {"write": Key(TEXT, "slot-write", required=True), "equations": Key(COUNT, "slot-equations")})
CODE = Record(
    "code",
    {
        "code": Key(TEXT, "code-code", required=True),
        "language": Key(LINE, "code-language"),
        "run": Key(ID, "code-run"),
        "values": Key(Table("values", QUOTED, NAME), "code-values"),
    },
)
STEP = Record(
    "step",
    {
        "because": Key(TEXT, "step-because", required=True),
        "equation": Key(EQUATION, "step-equation"),
        "intuition": Key(TEXT, "step-intuition"),
    },
)
FIGURE = Record(
    "figure",
    {"figure": Key(ID, "figure-figure", required=True), "caption": Key(TEXT, "figure-caption", required=True)},
)
DISPLAY = Record("display", {"equation": Key(EQUATION, "display-equation", required=True)})
PART = OneOf(
    "part",
    {"write": SLOT, "code": CODE, "because": STEP, "intuition": STEP, "equation": DISPLAY, "figure": FIGURE},
    TEXT,
)
PARTS = Many(PART, "parts", single=True)

_NAME = {"name": Key(LINE, "block-name")}
_STATED = {
    **_NAME,
    "statement": Key(PARTS, "block-statement"),
    "equations": Key(Many(EQUATION, "equations"), "block-equations"),
}
_PROVED = {**_STATED, "proof": Key(PARTS, "block-proof"), "cite": Key(Many(ID, "cite", single=True), "block-cite")}
_ASKED = {**_STATED, "solution": Key(PARTS, "block-solution")}
_ALGORITHM = {
    **_NAME,
    "input": Key(TEXT, "block-input"),
    "output": Key(TEXT, "block-output"),
    **{key: _STATED[key] for key in ("statement", "equations")},
    "steps": Key(Many(TEXT, "steps"), "block-steps"),
    "complexity": Key(TEXT, "block-complexity"),
}
_PROSE = {"id": Key(ID, "block-own-id"), **_NAME}

STATED = (BlockKind.DEFINITION, BlockKind.THEOREM, BlockKind.LEMMA, BlockKind.PROPOSITION, BlockKind.COROLLARY)
KEYS = {**dict.fromkeys(STATED, _PROVED), BlockKind.ALGORITHM: _ALGORITHM, BlockKind.EXERCISE: _ASKED}
"""The keys of the kinds whose value is an id; the others are prose."""


def _block(kind: BlockKind) -> Record:
    value: Shape = ID
    about, keys = "block-id", KEYS.get(kind, _PROSE)
    if kind not in KEYS:
        value, about = PARTS, "block-body"
    common = {
        "layer": Key(LAYER, "block-layer"),
        "symbols": Key(SYMBOLS, "block-symbols"),
        "claims": Key(Many(CLAIM, "claims"), "block-claims"),
        "instances": Key(INSTANCES, "block-instances"),
    }
    return Record(kind.value, {kind.value: Key(value, about, required=True), **keys, **common})


BLOCK = OneOf("block", {kind.value: _block(kind) for kind in BlockKind}, first=True)
_SECTION = {
    "id": Key(ID, "section-id", required=True),
    "title": Key(LINE, "section-title", required=True),
    "layer": Key(LAYER, "section-layer"),
    "symbols": Key(SYMBOLS, "section-symbols"),
    "instances": Key(INSTANCES, "section-instances"),
    "tags": Key(TAGS, "section-tags"),
    "anchor": Key(LINE, "section-anchor"),
    "blocks": Key(Many(BLOCK, "blocks"), "section-blocks"),
}
LEAF = Record("subsection", _SECTION)
SECTION = Record("section", {**_SECTION, "sections": Key(Many(LEAF, "sections"), "section-sections")})
REFERENCE = Record(
    "reference",
    {
        "author": Key(LINE, "reference-author"),
        "title": Key(LINE, "reference-title", required=True),
        "year": Key(Scalar("year", one_line=True, number=True), "reference-year"),
        "link": Key(LINE, "reference-link"),
    },
)
BUDGET = Record("budget", {layer.value: Key(SHARE, "budget-layer") for layer in Layer})
OUTLINE = Record(
    "outline",
    {
        "title": Key(LINE, "outline-title", required=True),
        "source": Key(LINE, "outline-source", required=True),
        "language": Key(LANGUAGE, "outline-language", required=True),
        "lines": Key(LINES, "outline-lines"),
        "order": Key(POSITIVE, "outline-order"),
        "batch": Key(POSITIVE, "outline-batch"),
        "priority": Key(PRIORITY, "outline-priority"),
        "heading": Key(LINE, "outline-heading"),
        "short": Key(LINE, "outline-short"),
        "counters": Key(COUNTERS, "outline-counters"),
        "budget": Key(BUDGET, "outline-budget"),
        "symbols": Key(SYMBOLS, "outline-symbols"),
        "instances": Key(INSTANCES, "outline-instances"),
        "references": Key(Table("references", REFERENCE, ID), "outline-references"),
        "sections": Key(Many(SECTION, "sections"), "outline-sections", required=True),
        "format": Key(POSITIVE, "outline-format"),
    },
)
