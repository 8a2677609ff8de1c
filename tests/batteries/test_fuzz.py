"""What fuzzing has found stays survived; the whole form fuzzes on."""

from __future__ import annotations

import subprocess

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.fuzz_battery import FOUND, LOCK, found_of, run
from tests.batteries.fuzz_targets import TARGETS, mistake_in, seeds_of

_LARGEST = 300_000  # bytes of all that is kept


def test_what_was_found_is_survived() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    assert {row.what.partition(":")[0] for row in rows} == set(TARGETS)
    assert all(row.tried >= 10 for row in rows), rows


def test_what_is_kept_is_small_and_each_another() -> None:
    kept = [path.read_bytes() for name in TARGETS for path in found_of(name)]
    assert sum(map(len, kept)) <= _LARGEST
    assert len(set(kept)) == len(kept)
    assert {path.name for path in FOUND.iterdir()} == set(TARGETS)


def test_every_target_reads_the_documents_it_begins_with() -> None:
    for name in TARGETS:
        seeds = seeds_of(name)
        assert len(seeds) > 3
        assert [mistake_in(name, seed) for seed in seeds[:3]] == ["", "", ""]


def test_a_mistake_is_seen(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def broken(payload: bytes) -> None:
        raise ValueError(len(payload))

    monkeypatch.setitem(TARGETS, "html", broken)
    assert mistake_in("html", b"123") == "ValueError: 3"


def test_the_lock_names_atheris_with_its_hashes() -> None:
    lines = LOCK.read_text("utf-8").splitlines()
    assert any(line.startswith("atheris==") for line in lines)
    assert any("--hash=sha256:" in line for line in lines)
    assert subprocess.run(["grep", "-c", "://", str(LOCK)], capture_output=True, check=False).stdout == b"0\n"
