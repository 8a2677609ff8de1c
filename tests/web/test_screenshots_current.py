"""The pictures of the guides show the pages as they look today, are small, and are all shown somewhere."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

from benchmarks.newsroom.screenshots import GUIDES, MOST, TAKEN, looks_digest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "screenshots"
AGAIN = "python -m benchmarks.newsroom.screenshots FOLDER docs/screenshots --guides (its docstring says how)"


def test_they_were_taken_of_these_templates_styles_and_words() -> None:
    noted = json.loads((PICTURES / TAKEN).read_text("utf-8"))
    assert noted["looks"] == looks_digest(), f"the pages look otherwise now; take the pictures again: {AGAIN}"
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in PICTURES.glob("*.png")}
    assert found == noted["pictures"], f"a picture was not taken by the command: {AGAIN}"


def test_they_are_of_the_size_that_is_said_and_small() -> None:
    for shot in GUIDES:
        picture = (PICTURES / f"{shot.name}.png").read_bytes()
        assert struct.unpack(">II", picture[16:24]) == (shot.width, shot.height)  # PNG, 11.2.2: IHDR
        assert len(picture) <= MOST


def test_each_is_shown_in_a_guide() -> None:
    pages = "".join(path.read_text("utf-8") for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
    assert [shot.name for shot in GUIDES if f"screenshots/{shot.name}.png" not in pages] == []
