"""Ask pandoc for a book, then put its figures in, and write it with the same bytes on every day."""

import io
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proofweave.adapters.pandoc import run_pandoc
from proofweave.core import ToolError

TIME = (2000, 1, 1, 0, 0, 0)
EPOCH = "2000-01-01T00:00:00Z"
MODIFIED = re.compile(r'(<meta property="dcterms:modified">)[^<]*(</meta>)')
DATE = re.compile(r"<dc:date[^>]*>[^<]*</dc:date>\s*")
DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*>\s*")
BLANK = re.compile(rb"<path(?![^>]*\sd=)")
"""A path without a shape, which is how a drawing's blanks are written and what a book may not hold."""

KINDS = {"svg": "image/svg+xml", "woff2": "font/woff2"}


def book(
    blocks: Sequence[dict[str, Any]], title: str, language: str, name: str, style: str, pictures: Mapping[str, bytes]
) -> bytes:
    """Return the EPUB of some blocks; `name` decides its identifier, `pictures` are its figures and fonts."""
    identity = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
    meta = {
        "title": _inlines(title),
        "lang": _inlines("zh-CN" if language == "zh" else language),
        "identifier": _inlines(identity),
    }
    document = {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": list(blocks)}
    with tempfile.TemporaryDirectory() as folder:
        sheet, target = Path(folder) / "book.css", Path(folder) / "book.epub"
        sheet.write_text(style, encoding="utf-8")
        options = ["-f", "json", "-t", "epub3", "--wrap=none", "--toc", "--toc-depth=2", "--split-level=1"]
        run_pandoc([*options, f"--css={sheet}", "-o", str(target)], json.dumps(document))
        try:
            return _finished(target.read_bytes(), pictures)
        except (OSError, zipfile.BadZipFile) as error:
            raise ToolError("pandoc wrote no book", "please report it, with the post") from error


def _inlines(text: str) -> dict[str, Any]:
    return {"t": "MetaString", "c": text}


def _finished(book: bytes, pictures: Mapping[str, bytes]) -> bytes:
    """Return a book with its figures in it, its files in a fixed order with a fixed time."""
    with zipfile.ZipFile(io.BytesIO(book)) as read:
        files = {name: read.read(name) for name in read.namelist()}
    for name, content in pictures.items():
        drawn = name.endswith(".svg")
        files[f"EPUB/{name}"] = BLANK.sub(rb'\g<0> d="M0 0"', DOCTYPE.sub(b"", content, count=1)) if drawn else content
    files["EPUB/content.opf"] = _package(files, pictures).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name in sorted(files, key=lambda each: (each != "mimetype", each)):
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            written.writestr(entry, files[name])
    return out.getvalue()


def _package(files: Mapping[str, bytes], pictures: Mapping[str, bytes]) -> str:
    """Return the list of what is in the book, with the figures and which chapters hold formulas or drawings."""
    package = files["EPUB/content.opf"].decode("utf-8")
    package = MODIFIED.sub(rf"\g<1>{EPOCH}\g<2>", DATE.sub("", package))
    items = "".join(
        f'    <item id="file_{number}" href="{name}" media-type="{KINDS[name.rpartition(".")[2]]}" />\n'
        for number, name in enumerate(sorted(pictures), 1)
    )
    package = package.replace("  </manifest>", f"{items}  </manifest>")

    def properties(match: re.Match[str]) -> str:
        item = re.sub(r'\s*properties="[^"]*"', "", match[0]) if 'properties="nav"' not in match[0] else match[0]
        text = files.get(f"EPUB/{match[1]}", b"")
        if 'properties="nav"' in item:
            return item.replace('properties="nav"', 'properties="nav mathml"') if b"<math" in text else item
        return item.replace(" />", ' properties="mathml" />') if b"<math" in text else item

    return re.sub(r'<item [^>]*href="([^"]+\.xhtml)"[^>]*/>', properties, package)
