from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench_parse import FOLDER, counted

needs_corpus = pytest.mark.skipif(not FOLDER.is_dir(), reason="the corpus of real posts is not beside the repository")


@pytest.mark.slow
@needs_corpus
def test_every_display_of_the_corpus_is_read_or_refused_with_a_reason() -> None:
    posts, reasons = counted(FOLDER)
    assert len(posts) == 12
    assert all(reasons)
    assert sum(read for read, *_ in posts.values()) >= 110
