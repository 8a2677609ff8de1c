"""What the tests of the reading layer share: where the corpus of real documents is, and how a reading is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents (seeds, gold, docx, pdf); they are not part of the repository."""
    folder = os.environ.get("NIANBAO_CORPUS", "")
    if not folder:
        if os.environ.get("CI") == "true":
            pytest.fail("NIANBAO_CORPUS is not set, and CI must read the real documents")
        pytest.skip("NIANBAO_CORPUS is not set: the real documents are not here")
    path = Path(folder)
    assert (path / "gold").is_dir(), f"NIANBAO_CORPUS={folder} holds no folder gold"
    return path
