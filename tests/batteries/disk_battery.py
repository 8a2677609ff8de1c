"""Disks are filled, forbidden and broken under every verb that writes, and under those that read.

Full disks are real ones (tmpfs in a mount namespace), of every size in steps up to the one that is enough; steps that
fail one by one (write, truncate, sync, new name, read) fail in libc, below SQLite and Python alike. Each stop must say
in one line what is full or failing and where, with exit code 5 and no traceback; find on the spot, and again when
there is room, nothing damaged; keep all that was committed; and the same command must then end with what an
undisturbed run leaves. A crawl asks for nothing again that it had committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.batteries.disk_deeds import Deed, Portal, acknowledged, facts_of, prepared
from tests.batteries.disk_stage import FAILS, FULL, NAMES, READS, SYNCS, WRITES, End, Fault, Stage
from tests.batteries.figures import Row, Scale, row_of

TITLE = "Disk"
_ROOMY = 60_000  # KB
_STOPPED = ("nianbao: no_room: ", "nianbao: disk_fails: ")
_WRITERS = ("crawl", "import", "reparse", "merge", "correct", "withdraw", "migrate")
_EXPORTS = ("export sqlite", "export wacz", "export csv", "proof")


@dataclass(slots=True)
class Tally:
    """The tries of one row."""

    what: str
    ends: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0

    def take(self, name: str, wrong: str, end: End) -> None:
        self.ends.append((name, wrong))
        self.seconds = max(self.seconds, end.seconds)
        self.megabytes = max(self.megabytes, end.megabytes)

    def row(self) -> Row:
        """As the table has it."""
        return row_of(self.what, self.ends, self.seconds, self.megabytes)


@dataclass(frozen=True, slots=True)
class Whole:
    """An undisturbed run: how it ended, what the archive said then, how large everything was in KB."""

    end: End
    facts: dict[str, Any]
    kilobytes: int


class Ground:
    """Where the tries take place: archives are copied to it, run upon, judged and taken away."""

    def __init__(self, stage: Stage, deeds: dict[str, Deed], portal: Portal) -> None:
        self.stage = stage
        self.deeds = deeds
        self.portal = portal
        self._wholes: dict[str, Whole] = {}
        self._places = 0

    def place(self) -> Path:
        """A new empty folder on a disk with room."""
        self._places += 1
        place = self.stage.folder / f"place-{self._places}"
        place.mkdir()
        return place

    def put(self, deed: Deed, at: Path) -> Path:
        """The archive that a deed begins with, copied to a place."""
        if deed.start is not None:
            shutil.copytree(deed.start, self.stage.seen(at) / "a")
        return at / "a"

    def run(self, deed: Deed, at: Path, fault: Fault | None = None, **more: Any) -> End:
        """Runs a deed on the archive at a place."""
        return self.stage.run(["--archive", str(at / "a"), *deed.words(at)], fault, **more)

    def copied(self, at: Path) -> Path:
        """The archive at a place, copied to where this process can open it."""
        copy = self.stage.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        if (self.stage.seen(at) / "a").exists():
            shutil.copytree(self.stage.seen(at) / "a", copy)
        return copy

    def whole(self, deed: Deed) -> Whole:
        """The undisturbed run of a deed, made once."""
        if deed.name not in self._wholes:
            at = self.place()
            self.put(deed, at)
            end = self.run(deed, at)
            assert end.code in (0, 4), f"{deed.name}: {end}"
            size = sum(file.stat().st_size for file in at.rglob("*") if file.is_file()) // 1024
            self._wholes[deed.name] = Whole(end, facts_of(self.copied(at), deed), size)
            shutil.rmtree(at)
        return self._wholes[deed.name]

    def judge(self, deed: Deed, at: Path, end: End, give_room: Callable[[], None]) -> str:
        """A disturbed run → "" or what was wrong: with its end, on the spot, with room, after the same command."""
        whole = self.whole(deed)
        if wrong := _wrong_end(end, whole.end.code):
            return wrong
        if wrong := self._verified(at, "on the spot", may_stop=True):
            return wrong
        kept = acknowledged(self.copied(at))
        give_room()
        if wrong := self._verified(at, "with room"):
            return wrong
        if end.code == whole.end.code:
            return self._differs(deed, at, whole, kept, "at once")
        asked = len(self.portal.asked)
        again = self.run(deed, at)
        if again.code != whole.end.code:
            return f"the same command again ended with {again.code}: {again.last_line()}"
        had = {one[1].removeprefix(f"http://{self.portal.host_port}") for one in kept if one[0] == "captures"}
        if twice := had.intersection(self.portal.asked[asked:]) - {"/robots.txt"}:
            return f"asked again for {sorted(twice)}"
        return self._differs(deed, at, whole, kept, "after the same command") or self._verified(at, "at the end")

    def _verified(self, at: Path, when: str, *, may_stop: bool = False) -> str:
        end = self.stage.run(["--archive", str(at / "a"), "verify"])
        if end.code == 0 or (may_stop and not _wrong_end(end, 0)):
            return ""
        if end.code == 1 and "not_an_archive" in end.err and not acknowledged(self.copied(at)):
            return ""
        return f"verify {when} ended with {end.code}: {end.out.strip()[:300]} {end.last_line()}"

    def _differs(self, deed: Deed, at: Path, whole: Whole, kept: set[tuple[Any, ...]], when: str) -> str:
        copy = self.copied(at)
        if lost := kept - acknowledged(copy):
            return f"{when}: lost {sorted(lost, key=repr)[:3]}"
        facts = facts_of(copy, deed)
        parts = [name for name in whole.facts if facts[name] != whole.facts[name]]
        if deed.makes and not (self.stage.seen(at) / deed.makes).exists():
            parts.append(deed.makes)
        return f"{when}: {', '.join(parts)} are not as an undisturbed run leaves them" if parts else ""


def _wrong_end(end: End, whole: int) -> str:
    if "Traceback" in end.err or "Traceback" in end.out:
        return f"a traceback, exit code {end.code}: {end.last_line()[:300]}"
    if end.code == whole:
        return ""
    if end.code != 5:
        return f"exit code {end.code}: {end.last_line()[:300]}"
    said = [line for line in end.err.splitlines() if line.startswith("nianbao: ")]
    if len(said) != 1 or not end.last_line().startswith(_STOPPED):
        return f"expected one line that says what is full, found {end.err.strip()[:300]!r}"
    return ""


def spread(most: int, count: int) -> list[int]:
    """Up to ``count`` of the numbers 1 to ``most``: the first, the last and others evenly between."""
    if most <= count:
        return list(range(1, most + 1))
    return sorted({1 + round(at * (most - 1) / max(1, count - 1)) for at in range(count)})


def full_archive(ground: Ground, tally: Tally, names: Iterable[str], count: int) -> None:
    """The disk of the archive is full after so many KB, from those that it begins with to those that are enough."""
    for name in names:
        deed = ground.deeds[name]
        whole = ground.whole(deed)
        begins = 0 if deed.start is None else _kilobytes(deed.start)
        for more in spread((whole.kilobytes * 3 - begins) // 4, count):
            at = ground.stage.disk(_ROOMY)
            ground.put(deed, at)
            ground.stage.change(at, f"size={begins + 4 * more}k")
            end = ground.run(deed, at)
            wrong = ground.judge(deed, at, end, lambda at=at: ground.stage.change(at, f"size={_ROOMY}k"))
            tally.take(f"{name}, {4 * more} KB left", wrong, end)
            ground.stage.take_away(at)


def failing_steps(
    ground: Ground, tally: Tally, names: Iterable[str], count: int, kinds: int, error: int, below: str, lasting: bool
) -> None:
    """The n-th step fails, until a run passes untouched."""
    for name in names:
        deed = ground.deeds[name]
        at = ground.place()
        ground.put(deed, at)
        steps = ground.run(deed, at, Fault(at / below, kinds)).steps
        shutil.rmtree(at)
        for nth in spread(steps + 1, count):
            at = ground.place()
            ground.put(deed, at)
            end = ground.run(deed, at, Fault(at / below, kinds, nth, error, lasting))
            tally.take(f"{name}, step {nth} of {steps}", ground.judge(deed, at, end, lambda: None), end)
            shutil.rmtree(at)


def _kilobytes(folder: Path) -> int:
    return sum(-(-file.stat().st_size // 4096) * 4 for file in folder.rglob("*") if file.is_file())


def run(scale: Scale) -> list[Row]:
    """Raises disk_stage.Lacks where there is no Linux or no compiler."""
    few, some = scale.pick(2, 12), scale.pick(3, 25)
    rows: list[Row] = []
    with Stage() as stage, prepared(stage.folder / "prepared") as (deeds, portal):
        ground = Ground(stage, deeds, portal)
        tally = Tally("the archive's disk is full (tmpfs): " + ", ".join(_WRITERS))
        full_archive(ground, tally, _WRITERS, few)
        rows.append(tally.row())
        for what, kinds, error, below, lasting in (
            ("full from the n-th write on", WRITES | NAMES, FULL, "a", True),
            ("payloads.db alone full from the n-th write on", WRITES | NAMES, FULL, "a/payloads.db", True),
            ("the n-th write or sync fails (EIO)", WRITES | SYNCS, FAILS, "a", False),
            ("reading fails from the n-th time on (EIO)", READS, FAILS, "a", True),
        ):
            tally = Tally(f"{what}: {', '.join(_WRITERS)}")
            failing_steps(ground, tally, _WRITERS, few, kinds, error, below, lasting)
            rows.append(tally.row())
        tally = Tally(f"the file that is written has no room: {', '.join(_EXPORTS)}")
        failing_steps(ground, tally, _EXPORTS, some, WRITES | NAMES, FULL, "out", True)
        rows.append(tally.row())
    return rows
