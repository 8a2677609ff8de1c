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
_WITHOUT_LOG = "nianbao: the run goes on without "
_STOPPED = ("nianbao: no_room: ", "nianbao: disk_fails: ")
_WRITERS = ("crawl", "import", "reparse", "merge", "correct", "withdraw", "migrate")
_READERS = (
    ("search", "行政复议"), ("show", "r1"), ("history", "r1"), ("status",), ("runs",), ("changes",),
    ("coverage", "--year", "2024"), ("export", "jsonl"), ("export", "csv"), ("correct", "list"),
)  # fmt: skip
_TAKERS = ("crawl", "import", "merge")
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
        """Runs a deed on the archive at a place. ``more``: as for Stage.run."""
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

    def judge(self, deed: Deed, at: Path, end: End, give_room: Callable[[], None] | None = None) -> str:
        """A disturbed run → "" or what was wrong: with its end, on the spot, with room, after the same command."""
        whole = self.whole(deed)
        if wrong := _wrong_end(end, whole.end.code):
            return wrong
        if give_room is not None and (wrong := self._verified(at, "on the spot", may_stop=True)):
            return wrong
        kept = acknowledged(self.copied(at))
        if give_room is not None:
            give_room()
        # A withdrawal is said in the archive before bytes are overwritten; verify names the command that ends it.
        is_begun = deed.name == "withdraw" and end.code != whole.end.code
        if wrong := self._verified(at, "with room", may_be_begun=is_begun):
            return wrong
        if end.code == whole.end.code:
            return self._differs(deed, at, whole, kept, "at once")
        asked = len(self.portal.asked)
        again = self.run(deed, at)
        if again.code != whole.end.code:
            return f"the same command again ended with {again.code}: {again.last_line()}"
        had = {one[1].removeprefix(f"http://{self.portal.host_port}") for one in kept if one[0] == "captures"}
        # A run that had ended before the stop is done; the command is a new crawl then.
        goes_on = deed.name == "crawl" and not any(one[0] == "runs" for one in kept)
        if goes_on and (twice := had.intersection(self.portal.asked[asked:]) - {"/robots.txt"}):
            return f"asked again for {sorted(twice)}"
        return self._differs(deed, at, whole, kept, "after the same command") or self._verified(at, "at the end")

    def _verified(self, at: Path, when: str, *, may_stop: bool = False, may_be_begun: bool = False) -> str:
        end = self.stage.run(["--archive", str(at / "a"), "verify"])
        if end.code == 0 or (may_stop and not _wrong_end(end, 0)):
            return ""
        # Nothing was begun, or nothing of it was migrated: the archive of the earlier release lies as it lay.
        as_it_lay = "earlier release" in end.err or not acknowledged(self.copied(at))
        if end.code == 1 and "not_an_archive" in end.err and as_it_lay:
            return ""
        said = end.out.partition("looked at: ")[0].splitlines()
        if may_be_begun and said and all(line.startswith("note: ") or line.endswith(" ends it") for line in said):
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
    said = [line for line in end.err.splitlines() if line.startswith("nianbao: ") and not line.startswith(_WITHOUT_LOG)]
    if len(said) != 1 or not end.last_line().startswith(_STOPPED):
        return f"expected one line that says what is full, found {end.err.strip()[:300]!r}"
    return ""


def spread(most: int, count: int) -> list[int]:
    """Up to ``count`` of the numbers 1 to ``most``, evenly; from five on the first and the last are among them."""
    if most <= count:
        return list(range(1, most + 1))
    ends = {1, most} if count >= 5 else set()
    inner = count - len(ends)
    return sorted(ends | {max(1, round((at + 0.5) * most / inner)) for at in range(inner)})


def full_archive(ground: Ground, tally: Tally, names: Iterable[str], count: int) -> None:
    """The disk of the archive is full after so many KB, from those that it begins with to those that are enough."""
    for name in names:
        deed = ground.deeds[name]
        whole = ground.whole(deed)
        begins = 0 if deed.start is None else _kilobytes(deed.start)
        for more in [0, *spread((whole.kilobytes * 3 - begins) // 4, count)]:
            at = ground.stage.disk(_ROOMY)
            ground.put(deed, at)
            ground.stage.change(at, f"size={max(4, begins + 4 * more)}k")  # of 0 KB is without a limit
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
            tally.take(f"{name}, step {nth} of {steps}", ground.judge(deed, at, end), end)
            shutil.rmtree(at)


def full_scratch(ground: Ground, tally: Tally, names: Iterable[str], kilobytes: Iterable[int]) -> None:
    """The disk for temporary files alone is full after so many KB."""
    for name in names:
        deed = ground.deeds[name]
        for size in kilobytes:
            scratch, at = ground.stage.disk(size), ground.place()
            ground.put(deed, at)
            roomy = [f"{variable}={scratch}" for variable in ("TMPDIR", "SQLITE_TMPDIR")]
            end = ground.run(deed, at, env=dict(one.split("=", 1) for one in roomy))
            tally.take(f"{name}, {size} KB for temporary files", ground.judge(deed, at, end), end)
            ground.stage.take_away(scratch)
            shutil.rmtree(at)


def short_files(ground: Ground, tally: Tally, names: Iterable[str], kilobytes: Iterable[int]) -> None:
    """No file may be longer than so many KB (RLIMIT_FSIZE, as ``ulimit -f``; a FAT disk has such a bound too)."""
    for name in names:
        deed = ground.deeds[name]
        for size in kilobytes:
            at = ground.place()
            ground.put(deed, at)
            end = ground.run(deed, at, file_size=size * 1024)
            tally.take(f"{name}, files of {size} KB", ground.judge(deed, at, end), end)
            shutil.rmtree(at)


def read_only(ground: Ground, tally: Tally) -> None:
    """Verbs that write say that they cannot; those that read work, beside a log that a killed writer has left too."""
    for name in (*_WRITERS[1:], "verify"):
        deed = ground.deeds[name]
        at = ground.stage.disk(_ROOMY)
        ground.put(deed, at)
        ground.stage.change(at, "ro")
        end = ground.run(deed, at)
        wrong = _wrong_end(end, 0 if name == "verify" else 5)
        tally.take(f"{name} on a read-only disk", wrong or ("" if end.code in (0, 5) else str(end.code)), end)
        ground.stage.change(at, "rw")
        tally.take(f"{name} after it", ground.judge(deed, at, ground.run(deed, at)), end)
        ground.stage.take_away(at)
    at = ground.stage.disk(_ROOMY)
    ground.put(ground.deeds["verify"], at)
    ground.stage.change(at, "ro")
    for words in _READERS:
        end = ground.stage.run(["--archive", str(at / "a"), *words])
        tally.take(
            " ".join(words), "" if end.code == 0 and end.out + end.err else f"{end.code}: {end.last_line()}", end
        )
    ground.stage.take_away(at)


def _kilobytes(folder: Path) -> int:
    return sum(-(-file.stat().st_size // 4096) * 4 for file in folder.rglob("*") if file.is_file())


def run(scale: Scale) -> list[Row]:
    """Raises disk_stage.Lacks where there is no Linux or no compiler. Without mounts (a stranger's container) the
    rows that need a real disk are left out."""
    few, some = scale.pick(1, 5), scale.pick(1, 8)
    writers = ("merge", "correct") if scale is Scale.SHORT else _WRITERS
    exports = ("export sqlite", "export csv") if scale is Scale.SHORT else _EXPORTS
    rows: list[Row] = []
    with Stage() as stage, prepared(stage.folder / "prepared") as (deeds, portal):
        ground = Ground(stage, deeds, portal)

        def row(what: str, fill: Callable[[Tally], None]) -> None:
            tally = Tally(what)
            fill(tally)
            rows.append(tally.row())

        def steps(names: Iterable[str], count: int, *fault: Any) -> Callable[[Tally], None]:
            return lambda tally: failing_steps(ground, tally, names, count, *fault)

        named = ", ".join(writers)
        if stage.has_mounts:
            row(f"archive's disk full (tmpfs), by size: {named}", lambda one: full_archive(ground, one, writers, few))
            row(
                "temporary files' disk full (tmpfs), by size: export sqlite, merge of an earlier release, import",
                lambda one: full_scratch(
                    ground,
                    one,
                    ("export sqlite", "merge old", "import")[: scale.pick(1, 3)],
                    (4, 8, 64, 256, 600, 1200)[: scale.pick(2, 6)],
                ),
            )
        row(f"full from the n-th write on: {named}", steps(writers, some, WRITES | NAMES, FULL, "a", True))
        row(
            f"payloads.db alone full from the n-th write on: {', '.join(_TAKERS)}",
            steps(_TAKERS[-scale.pick(1, 3) :], few, WRITES | NAMES, FULL, "a/payloads.db", True),
        )
        row(
            f"the n-th write or sync fails once (EIO): {named}", steps(writers, some, WRITES | SYNCS, FAILS, "a", False)
        )
        row(f"reading fails from the n-th time on (EIO): {named}", steps(writers, few, READS, FAILS, "a", True))
        row(f"no file may be longer: {named}", lambda one: short_files(ground, one, writers, (4, 64, 300)[: few + 1]))
        row(
            f"what is written beside has no room: {', '.join(exports)}",
            steps(exports, some, WRITES | NAMES, FULL, "out", True),
        )
        if stage.has_mounts and scale is Scale.WHOLE:
            row("a read-only disk: verbs that write, verbs that read", lambda one: read_only(ground, one))
    return rows
