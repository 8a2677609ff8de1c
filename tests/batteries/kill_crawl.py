"""A crawl killed at its seven stages, again and again, and gone on with by the same command."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crawler.settings import CONCURRENT_REQUESTS
from tests.batteries.kill_facts import committed_urls, is_over, parting, said_by, what_is_wrong
from tests.batteries.kill_portal import Portal, Shot
from tests.batteries.kill_stable import Ended, Stable, Started
from tests.batteries.kill_strike import Strike

_ARCHIVE, _PAYLOADS = "archive.db", "payloads.db"
_SETTLE = "crawler.running.expedition:Expedition.settle"


@dataclass(slots=True)
class Tally:
    """What came of the kills of one kind: each by name, "" or what went wrong; the most memory of those killed."""

    ends: list[tuple[str, str]] = field(default_factory=list)
    megabytes: float = 0.0


Tallies = dict[str, Tally]


@dataclass(frozen=True, slots=True)
class _Kill:
    """One kill to come: its stage, a name to know it by, and how: by a strike, by the portal, or by the clock."""

    stage: str
    name: str
    strike: Strike | None = None
    shot: str = ""
    nth: int = 1
    wait: float = 0.0


def crawl_killed(stable: Stable, folder: Path, kills: int, seed: int, tallies: Tallies) -> int:
    """One crawl killed so many times, compared with one that was not; returns how many pages were asked for twice."""
    chance = random.Random(seed)
    with Portal(articles=6 + kills) as portal:
        whole = folder / f"whole-{seed}"
        done = stable.run(whole, *portal.words)
        assert done.code == 0, done.errors
        before = len(portal.log)
        expected = set(portal.urls())
        killed = _Killed(stable, folder / f"killed-{seed}", portal, tallies)
        for kill in _kills(chance, kills):
            killed.kill(kill)
            if is_over(killed.folder):
                break
        for told in killed.told_of_end(whole, expected):
            tallies["to the end"].ends.append((f"seed {seed}", told))
        asked = portal.urls(before)
        return len(asked) - len(set(asked))


class _Killed:
    """The crawl that is killed."""

    def __init__(self, stable: Stable, folder: Path, portal: Portal, tallies: Tallies) -> None:
        self.folder = folder
        self._stable = stable
        self._portal = portal
        self._tallies = tallies

    def kill(self, kill: _Kill) -> None:
        """Starts the crawl, kills it there, and looks at what it left."""
        portal = self._portal
        kept, before = committed_urls(self.folder), len(portal.log)
        started = self._stable.start(self.folder, *portal.words, strike=kill.strike)
        if kill.shot in ("headers", "body"):
            portal.shot = Shot(started.kill, kill.shot, kill.nth, kill.wait)
        elif kill.shot:
            threading.Thread(target=self._by_the_clock, args=(started, before, kill), daemon=True).start()
        ended = started.wait()
        portal.shot = None
        tally = self._tallies[kill.stage]
        tally.megabytes = max(tally.megabytes, ended.megabytes)
        tally.ends.append((kill.name, self._wrong(ended, kept, portal.urls(before))))

    def _by_the_clock(self, started: Started, before: int, aim: _Kill) -> None:
        self._portal.wait_for(before + aim.nth - 1, lambda: started.is_over)
        time.sleep(aim.wait)
        started.kill()

    def _wrong(self, ended: Ended, kept: set[str], asked: list[str]) -> str:
        if not ended.was_killed:
            return f"expected it to be killed, it ended with {ended.code}: {ended.errors[-300:]}"
        now = committed_urls(self.folder)
        if lost := kept - now:
            return f"{len(lost)} committed captures are gone: {sorted(lost)[:3]}"
        if again := kept.intersection(asked):
            return f"{len(again)} committed captures were asked for again: {sorted(again)[:3]}"
        if len(set(asked)) != len(asked):
            return "a URL was asked for twice by one process"
        if len(open_ := set(asked) - now) > CONCURRENT_REQUESTS:
            return f"{len(open_)} requests under way are lost, and {CONCURRENT_REQUESTS} go at once"
        return what_is_wrong(self.folder)

    def told_of_end(self, whole: Path, expected: set[str]) -> Iterator[str]:
        """The same command to the end, and the archive beside that of the crawl that was never killed."""
        kept, before = committed_urls(self.folder), len(self._portal.log)
        if not is_over(self.folder):
            ended = self._stable.run(self.folder, *self._portal.words)
            yield "" if ended.code == 0 else f"the last run ended with {ended.code}: {ended.errors[-300:]}"
        again = kept.intersection(self._portal.urls(before))
        yield f"committed, and asked for again: {sorted(again)[:3]}" if again else ""
        lost = expected - committed_urls(self.folder)
        yield f"{len(lost)} URLs are lost: {sorted(lost)[:3]}" if lost else ""
        yield parting(said_by(whole), said_by(self.folder))
        yield what_is_wrong(self.folder)


def _kills(chance: random.Random, kills: int) -> Iterator[_Kill]:
    """Of each stage about as many: those of fetching in any order, then reading, then publishing.

    The last one may fall behind the commit that ends the run, after which the command would begin another.
    """
    most = -(-kills // (len(_FETCHING) + 2))
    late = max(2, kills // (len(_FETCHING) + 2))
    fetching = [make for make in _FETCHING for _ in range(most)][: kills - 2 * late]
    chance.shuffle(fetching)
    for make in fetching:
        yield make(chance)
    for _ in range(late):
        yield _reading(chance)
    for _ in range(late - 1):
        yield _publishing(chance)
    yield _published(chance)


def _at_commit(chance: random.Random, stage: str, function: str, file: str, most: int) -> _Kill:
    moment = chance.choice(("before", "commit", "amid", "after"))
    strike = Strike(function, moment, chance.randint(1, most), file, chance.uniform(0, 0.002))
    return _Kill(stage, f"{moment} {function} {strike.nth}", strike)


def _lease(chance: random.Random) -> _Kill:
    return _at_commit(chance, "lease", "crawler.running.expedition:Expedition.next_asks", _ARCHIVE, 4)


def _headers(chance: random.Random) -> _Kill:
    return _Kill("headers received", "headers", shot="headers", nth=chance.randint(1, 4), wait=chance.uniform(0, 0.01))


def _body(chance: random.Random) -> _Kill:
    return _Kill("body partly received", "body", shot="body", nth=chance.randint(1, 4), wait=chance.uniform(0, 0.01))


def _payload(chance: random.Random) -> _Kill:
    return _at_commit(chance, "payload commit", _SETTLE, _PAYLOADS, 3)


def _row(chance: random.Random) -> _Kill:
    function = chance.choice((_SETTLE, "crawler.running.expedition:acknowledge", "archive.frontier:insert_capture"))
    if function != _SETTLE:
        nth = chance.randint(1, 3)
        return _Kill("row commit", f"in the transaction, {function} {nth}", Strike(function, "after", nth))
    return _at_commit(chance, "row commit", function, _ARCHIVE, 3)


def _statement(chance: random.Random) -> _Kill:
    moment = chance.choice(("before", "amid"))
    strike = Strike("", moment, chance.randint(1, 60), chance.choice((_ARCHIVE, "")), chance.uniform(0, 0.002))
    return _Kill("anywhere, by SQLite's statements", f"{moment} statement {strike.nth}", strike)


def _seal(chance: random.Random) -> _Kill:
    strike = Strike("pwrite", chance.choice(("before", "half", "after")), chance.randint(1, 20))
    return _Kill("a write of the seal", f"{strike.moment} write {strike.nth}", strike)


def _clock(chance: random.Random) -> _Kill:
    kill = _Kill("", "", None, "clock", chance.randint(1, 4), chance.uniform(0, 0.06))
    return _Kill(
        "anywhere, by the clock", f"request {kill.nth} + {kill.wait:.3f} s", None, "clock", kill.nth, kill.wait
    )


def _reading(chance: random.Random) -> _Kill:
    function, moments, most = chance.choice(
        (
            ("archive.ingest:_take", ("before", "after"), 3),
            ("archive.ingest:settle_reading", ("before", "after"), 3),
            ("archive.ingest:read_pending", ("commit", "amid"), 2),  # what is read within a second is one
            ("parsers.child:Child._exchange", ("before", "after"), 3),
        )
    )
    moment, nth = chance.choice(moments), chance.randint(1, most)
    strike = Strike(function, moment, nth, _ARCHIVE, chance.uniform(0, 0.002))
    return _Kill("reading", f"{moment} {function} {nth}", strike)


def _publishing(chance: random.Random) -> _Kill:
    function, moment = chance.choice(
        (
            ("archive.runs.run:end_run", "before"),
            ("archive.runs.run:end_run", "commit"),
            ("archive.runs.run:add_manifest", "before"),
            ("archive.runs.run:add_manifest", "after"),
            ("archive.runs.run:close_targets", "after"),
            ("crawler.running.expedition:Expedition.finish", "before"),
            ("crawler.running.expedition:Expedition.finish", "after"),
        )
    )
    return _Kill("publishing", f"{moment} {function}", Strike(function, moment))


def _published(chance: random.Random) -> _Kill:
    function, moment = chance.choice(
        (
            ("archive.runs.run:end_run", "amid"),
            ("archive.runs.run:end_run", "after"),
            ("archive.seals.sealing:Sealer.finish", "before"),
            ("archive.seals.sealing:Sealer.finish", "after"),
            ("archive.seals.sealing:Sealer._apply", "before"),
            ("archive.store:release", "before"),
        )
    )
    return _Kill("publishing", f"{moment} {function}", Strike(function, moment, 1, "", chance.uniform(0, 0.002)))


_FETCHING = (_lease, _headers, _body, _payload, _row, _statement, _seal, _clock)


def tallies() -> Tallies:
    """One for each stage that is met."""
    return defaultdict(Tally)
