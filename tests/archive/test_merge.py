"""Archives merged: the order makes no difference, the second time changes nothing, nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from content import content_of, difference_of
from histories import HISTORIES, Step, build, one_worker
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive.changes import last_change, list_changes
from archive.changes.replay import State, present_state, replay
from archive.fixity.verify import read_sample, verify
from archive.merge import merge_archive
from archive.store import Archive


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One moment for all that is done; the times of looks are given."""
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-01T00:00:00Z")
    with one_worker():
        yield


def merged(root: Path, name: str, *folders: Path) -> Path:
    """A copy of the first folder with the others merged into it, one after the other."""
    target = root / name
    shutil.copytree(folders[0], target)
    with Archive.open(target, write=True) as archive:
        for folder in folders[1:]:
            merge_archive(archive, folder)
    return target


def expect_same(left: Path, right: Path) -> None:
    """Fails with the place where two archives part."""
    with Archive.open(left, write=False) as one, Archive.open(right, write=False) as other:
        told = difference_of(content_of(one), content_of(other))
    if told:
        pytest.fail(f"{left.name} and {right.name} part in {told}")


def changes_in(folder: Path) -> int:
    """How many changes the archive has ever told of."""
    with Archive.open(folder, write=False) as archive:
        return last_change(archive)


def expect_sound(folder: Path) -> None:
    """Nothing is damaged, and the change sequence adds up to what is there."""
    assert verify(folder, read_sample(None)).damages == []
    with Archive.open(folder, write=False) as archive:
        state = State()
        replay(state, list_changes(archive, 0, 100_000))
        assert state == present_state(archive)


def is_an_algebra(
    first: tuple[Step, ...], second: tuple[Step, ...], third: tuple[Step, ...], at: int, is_earlier: bool
) -> None:
    """Idempotent, commutative, associative; the third archive may be what the first was some steps ago."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        a, b, c = root / "a", root / "b", root / "c"
        build(a, first, c if is_earlier else None, at)
        build(b, second)
        if not is_earlier:
            build(c, third)
        ab, bc = merged(root, "ab", a, b), merged(root, "bc", b, c)
        expect_same(merged(root, "aa", a, a), a)
        expect_same(merged(root, "abb", ab, b), ab)
        expect_same(merged(root, "aba", ab, a), ab)
        assert changes_in(root / "abb") == changes_in(root / "aba") == changes_in(ab)
        expect_same(ab, merged(root, "ba", b, a))
        expect_same(merged(root, "ab-c", ab, c), merged(root, "a-bc", a, bc))
        expect_same(merged(root, "ca", c, a), merged(root, "ac", a, c))
        expect_sound(root / "ab-c")
        expect_sound(root / "a-bc")


# Not shrunk: an example takes seconds, and a failing one is short enough to be read.
_SETTINGS = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
_GIVEN = given(HISTORIES, HISTORIES, HISTORIES, st.integers(0, 4), st.booleans())


@settings(_SETTINGS, max_examples=3)
@_GIVEN
def test_merging_is_an_algebra(
    first: tuple[Step, ...], second: tuple[Step, ...], third: tuple[Step, ...], at: int, is_earlier: bool
) -> None:
    is_an_algebra(first, second, third, at, is_earlier)


@pytest.mark.full
@settings(_SETTINGS, max_examples=24)
@_GIVEN
def test_merging_is_an_algebra_of_many(
    first: tuple[Step, ...], second: tuple[Step, ...], third: tuple[Step, ...], at: int, is_earlier: bool
) -> None:
    is_an_algebra(first, second, third, at, is_earlier)
