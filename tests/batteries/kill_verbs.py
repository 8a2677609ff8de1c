"""The other commands that write, killed again and again: reparse, merge, import, import warc, schema migration."""

from __future__ import annotations

import random
import shutil
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.errors import NotAnArchive
from archive.store import ARCHIVE_DB, Archive
from tests.archive.county import article, crawl, figures_of
from tests.batteries.figures import Scale
from tests.batteries.kill_crawl import Tallies
from tests.batteries.kill_facts import Said, half_visible, is_over, parting, said_by, what_is_wrong
from tests.batteries.kill_stable import Ended, Stable, Started
from tests.batteries.kill_strike import Strike

_TESTS = Path(__file__).parents[1]
_KEPT = _TESTS / "archive" / "kept"
_URL = "http://www.shili.example/zfxxgknb/202501/t20250120_{}.html"
_READERS = (("status", "--json"), ("runs", "--json"), ("show", "r1", "--json"), ("search", "行政复议", "--json"))
_NOTHING: Said = {"reports": []}


@dataclass(frozen=True, slots=True)
class _Trial:
    """A command that writes: ``begin`` makes the archive that it is run on (or leaves none), again and again alike.

    ``done``: the exit code at the end. ``between``: what is wrong with a half-done archive beside what always is.
    """

    name: str
    words: tuple[str, ...]
    begin: Callable[[Path], None]
    done: int = 0
    has_run: bool = False
    is_migration: bool = False


def verbs_killed(stable: Stable, folder: Path, scale: Scale, tallies: Tallies) -> None:
    """Each command killed some times (a migration, on the archive of each release), and compared with one that was
    not."""
    kills = scale.pick(1, 20)
    for number, trial in enumerate(_trials(stable, folder, scale)):
        scene = folder / f"verb-{number}"
        scene.mkdir()
        _Trying(stable, scene, trial, random.Random(f"{trial.name} {number}"), tallies).kill(kills)


class _Trying:
    """One command, and the archives that it is killed on."""

    def __init__(self, stable: Stable, scene: Path, trial: _Trial, chance: random.Random, tallies: Tallies) -> None:
        self._stable = stable
        self._scene = scene
        self._trial = trial
        self._chance = chance
        self._tally = tallies[trial.name]
        start, whole, counted = scene / "start", scene / "whole", scene / "counted"
        trial.begin(start)
        self._before = _NOTHING if trial.is_migration or not (start / ARCHIVE_DB).exists() else said_by(start)
        trial.begin(whole)
        began = time.monotonic()
        done = stable.run(whole, *trial.words, counted=counted)
        self._takes = time.monotonic() - began
        assert done.code == trial.done, done.errors
        self._statements = int(counted.read_text())
        self._after = said_by(whole)
        self._shown = [stable.run(whole, *reader).out for reader in _READERS] if trial.is_migration else []

    def kill(self, kills: int) -> None:
        """Again and again on one archive until the command comes to its end; then on the next."""
        number = killed = 0
        while killed < kills:
            number += 1
            folder = self._scene / f"killed-{number}"
            self._trial.begin(folder)
            while killed < kills and not (self._trial.has_run and is_over(folder)):
                name, ended = self._struck(folder)
                if not ended.was_killed:
                    break
                killed += 1
                self._tally.megabytes = max(self._tally.megabytes, ended.megabytes)
                self._tally.ends.append((name, self._wrong_between(folder)))
            self._tally.ends[-1] = self._with_end(folder, ended)
            shutil.rmtree(folder)

    def _with_end(self, folder: Path, ended: Ended) -> tuple[str, str]:
        """The last kill's end with what is wrong at the end of all."""
        name, wrong = self._tally.ends[-1]
        if wrong:
            return name, wrong
        # An import whose run has ended would begin another.
        if ended.was_killed and not (self._trial.has_run and is_over(folder)):
            ended = self._stable.run(folder, *self._trial.words)
        if not ended.was_killed and ended.code != self._trial.done:
            return name, f"the last run ended with {ended.code}: {ended.errors[-300:]}"
        return name, parting(self._after, said_by(folder)) or what_is_wrong(folder)

    def _struck(self, folder: Path) -> tuple[str, Ended]:
        chance = self._chance
        how = chance.choice(("statement", "statement", "amid", "seal", "clock"))
        if how == "clock":
            wait = chance.uniform(0, self._takes / 2)
            started = self._stable.start(folder, *self._trial.words)
            threading.Thread(target=_kill_after, args=(started, wait), daemon=True).start()
            return f"after {wait:.3f} s", started.wait()
        if how == "seal":
            strike = Strike("pwrite", chance.choice(("before", "half", "after")), chance.randint(1, 30))
        else:
            most = self._statements if self._trial.is_migration else self._statements // 2
            nth = chance.randint(1, max(2, most))
            moment = "amid" if how == "amid" else "before"
            strike = Strike("", moment, nth, wait=chance.uniform(0, 0.002))
        named = f"{strike.moment} {strike.function or 'statement'} {strike.nth}"
        return named, self._stable.run(folder, *self._trial.words, strike=strike)

    def _wrong_between(self, folder: Path) -> str:
        if wrong := what_is_wrong(folder):
            return wrong
        if self._trial.is_migration:
            return self._wrong_to_readers(folder)
        try:
            return half_visible(said_by(folder), self._before, self._after)
        except (NotAnArchive, FileNotFoundError):
            return ""  # killed before there was an archive

    def _wrong_to_readers(self, folder: Path) -> str:
        """An archive of an earlier release is refused by name, or shows what the migrated one shows."""
        for reader, shown in zip(_READERS, self._shown, strict=True):
            ended = self._stable.run(folder, *reader)
            if ended.code == 0 and ended.out != shown:
                return f"{reader[0]} shows {ended.out[:300]}, and at the end {shown[:300]}"
            if ended.code != 0 and not ended.errors.startswith("nianbao: "):
                return f"{reader[0]} ended with {ended.code}: {ended.errors[-300:]}"
        return ""


def _kill_after(started: Started, wait: float) -> None:
    time.sleep(wait)
    started.kill()


def _trials(stable: Stable, folder: Path, scale: Scale) -> list[_Trial]:
    ours, theirs = folder / "ours", folder / "theirs"
    reports = scale.pick(3, 14)
    _newsroom(ours, (0, 10), reports, counter=0)
    _newsroom(theirs, (5, 15), reports, counter=7)
    package, papers = folder / "looks.wacz", folder / "papers"
    told = stable.run(ours, "export", "wacz", "--output", str(package))
    assert told.code == 0, told.errors
    _lay_out(papers, scale.pick(1, 4))
    import_files, import_warc = ("import", str(papers), "--json"), ("import", "warc", str(package), "--json")
    migrate = ("reparse", "--where", "year=1999", "--json")  # which finds nothing to read again
    trials = [
        _Trial("Reparse killed", ("reparse", "--json"), lambda to: _older_readings(ours, to)),
        _Trial("Merge killed", ("merge", str(theirs), "--json"), lambda to: _copy(ours, to)),
        _Trial("Import killed", import_files, lambda to: None, has_run=True),
        _Trial("Import of a web archive killed", import_warc, lambda to: None, has_run=True),
    ]
    name = "Migration of an earlier release's archive killed"
    for kept in sorted(_KEPT.glob("*.tar.xz"))[: scale.pick(1, 99)]:
        trials.append(_Trial(name, migrate, partial(_unpack, kept), is_migration=True))
    return trials


def _newsroom(folder: Path, days: tuple[int, int], reports: int, counter: int) -> None:
    """Reports looked at on two days; a few were edited between, one is gone, one is new."""
    with Archive.open(folder, write=True) as archive:
        for look, day in enumerate(days):
            edited = {number: number + look + day for number in range(0, reports, 4)}
            portal = {
                _URL.format(number): article(
                    f"示例县第{number}局", 2024, figures_of(edited.get(number, number)), counter=counter + look
                )
                for number in range(look, reports - 1 + look)
            }
            crawl(archive, day, portal)


def _copy(folder: Path, to: Path) -> None:
    shutil.copytree(folder, to)


def _older_readings(folder: Path, to: Path) -> None:
    _copy(folder, to)
    with Archive.open(to, write=True) as archive, archive.writing() as db:
        db.execute("UPDATE readings SET parser = '0'")


def _lay_out(papers: Path, of_each: int) -> None:
    for kind in ("html", "docx", "xlsx"):
        for file in sorted((_TESTS / "documents" / kind).glob(f"*.{kind}"))[:of_each]:
            (papers / kind).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, papers / kind / file.name)


def _unpack(kept: Path, to: Path) -> None:
    to.mkdir()
    with tarfile.open(kept) as tar:
        tar.extractall(to, filter="data")
