"""What is drawn is kept within bounds, whole or not at all, and forgotten with its bytes."""

from __future__ import annotations

import os
from pathlib import Path

from archive.pictures import Shelf, forget_pictures, shelf_of

ONE, TWO = "1" * 64, "2" * 64


def test_what_was_wanted_longest_ago_goes_first(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, room=1000)
    for number in range(9):
        shelf.put(ONE, f"page-{number}.png", b"x" * 100)
        os.utime(tmp_path / "11" / f"{ONE}-page-{number}.png", (number, number))
    assert shelf.get(ONE, "page-0.png") == b"x" * 100  # wanted again: now the latest
    shelf.put(TWO, "page-1.png", b"y" * 200)
    left = {path.name for path in tmp_path.rglob("*.png")}
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.png")) <= 800
    assert {f"{ONE}-page-0.png", f"{TWO}-page-1.png"} <= left
    assert f"{ONE}-page-1.png" not in left


def test_an_archive_that_cannot_be_written_has_a_shelf_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_bytes(b"no folder")
    shelf = shelf_of(tmp_path)
    shelf.put(ONE, "a", b"1")
    assert shelf.get(ONE, "a") == b"1"
    assert tmp_path not in shelf.folder.parents


def test_a_full_disk_costs_nothing_but_the_picture(tmp_path: Path) -> None:
    (tmp_path / "11").write_bytes(b"in the way")
    shelf = Shelf(tmp_path)
    shelf.put(ONE, "a", b"1")
    assert shelf.get(ONE, "a") is None


def test_what_is_forgotten_is_gone_and_nothing_else(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    for digest in (ONE, TWO):
        shelf.put(digest, "page-1.png", b"1")
        shelf.put(digest, "shown.json", b"{}")
    forget_pictures(tmp_path, [ONE, "0" * 64])
    assert not shelf.has(ONE, "page-1.png")
    assert not shelf.has(ONE, "shown.json")
    assert shelf.has(TWO, "page-1.png")
    assert not list(tmp_path.rglob("*.unfinished"))
