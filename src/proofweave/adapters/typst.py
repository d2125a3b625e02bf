"""Ask Typst, inside this process, for a PDF; a missing engine or font is told before any work."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proofweave.adapters.pandoc import write
from proofweave.core import ToolError

ENGINE = "pip install typst"
FONT = "Noto Serif CJK SC"
FONT_FIX = "apt-get install fonts-noto-cjk, or put its files into a folder that TYPST_FONT_PATHS names"
EPOCH = 946684800
"""The time a PDF says it was made at, 2000-01-01: the same bytes on every day."""


def ready(chinese: bool = True, fonts: Sequence[Path] = ()) -> None:
    """Raise ToolError where the engine is missing, or the font that Chinese needs."""
    families = _fonts(fonts).families()
    if chinese and FONT not in families:
        raise ToolError(f"PDF needs the font {FONT}, and it is not installed", FONT_FIX)


def write_typst(blocks: Sequence[dict[str, Any]]) -> str:
    """Return blocks as pandoc writes them for Typst."""
    return write(blocks, ["-t", "typst", "--wrap=none"])


def compiled(source: str, pictures: Mapping[str, bytes], fonts: Sequence[Path] = ()) -> bytes:
    """Return the PDF of a Typst source; `pictures` are the files it names."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in pictures.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        main = root / "handout.typ"
        main.write_text(source, encoding="utf-8")
        try:
            compiler = typst.Compiler(main, root=root, font_paths=_fonts(fonts))
            pdf = compiler.compile(format="pdf", timestamp=EPOCH)
        except typst.TypstError as error:
            said = " ".join(str(error.diagnostic or error).split())[:300]
            raise ToolError(f"Typst failed: {said}", "please report it, with the post") from None
    if not isinstance(pdf, bytes):
        raise ToolError("Typst wrote no PDF", "please report it, with the post")
    return pdf


def _fonts(paths: Sequence[Path]) -> Any:
    """Return the fonts of the system, of the engine, and of some folders."""
    try:
        import typst
    except ImportError as error:
        raise ToolError("PDF needs the engine Typst", ENGINE) from error
    return typst.Fonts(font_paths=[str(path) for path in paths])
