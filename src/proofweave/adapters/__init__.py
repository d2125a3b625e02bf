"""The world: files, KaTeX, pandoc, typst, drawing, the web; the only room that touches it."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.adapters.drawing import draw
    from proofweave.adapters.epub import book
    from proofweave.adapters.files import inside, read_text, write_bytes, write_text
    from proofweave.adapters.katex import KaTeX, start_v8
    from proofweave.adapters.listing import run_listing
    from proofweave.adapters.model import (
        Answer, Batches, Chat, Dialect, Patience, Refused, Server, Standing, Unanswered, adapted, key_in, request_body,
    )
    from proofweave.adapters.pandoc import read_markdown, write_html
    from proofweave.adapters.process import resident
    from proofweave.adapters.recordings import check_writable, claimed, leftovers, removed
    from proofweave.adapters.snakemake_run import Event, snakemake
    from proofweave.adapters.terminal import Row, Screen, say, say_rows
    from proofweave.adapters.typst import compiled, ready, write_typst
    from proofweave.adapters.watch import Watch
    from proofweave.adapters.web import PageServer
    from proofweave.adapters.workers import cores, shared
else:
    __getattr__ = lazily(__name__)
