"""Lists as they were walked: rows counted on each page, and what changed since the list was walked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import NotFound
from archive.noted.looks import BLOCKED, DOWN
from archive.resources import ALIVE, NOT_LOOKED
from archive.store import Archive

# Ends that leave pages behind them unknown.
_CUT_SHORT = ("budget", "abandoned", "robots_unreachable")


@dataclass(frozen=True, slots=True)
class Listing:
    """What was counted on one page of a list.

    ``list_key`` is the ``url_key`` of the list's first page. ``rows`` are all entries of the page, ``reports`` those
    that are annual reports by their words; ``said``: how many rows the list says it has in all, None if it does not.
    """

    list_key: str
    rows: int
    reports: int
    said: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A list that is not as it should be.

    ``code``: ``shrank`` (fewer reports than when last walked), ``moved`` (its first page ended other than well, or
    was not come upon any more), ``empty`` (its pages have no rows and had some), ``incomplete`` (it says that it has
    more rows than were seen). ``before`` and ``now`` are counts of what the code is about.
    """

    code: str
    list_key: str
    site: str
    before: int
    now: int
    says: str


@dataclass(frozen=True, slots=True)
class _Walk:
    """One list in one run: sums over its pages."""

    site: str
    rows: int
    reports: int
    said: int | None


def note_listing(db: Database, capture_id: int, listing: Listing) -> None:
    """Keeps what was counted on a captured page; inside the caller's transaction."""
    db.execute(
        """
        INSERT INTO listings (capture, list, "rows", reports, said)
        VALUES (:capture, :list, :rows, :reports, :said)
        """,
        {
            "capture": capture_id,
            "list": listing.list_key,
            "rows": listing.rows,
            "reports": listing.reports,
            "said": listing.said,
        },
    )


def list_alarms(archive: Archive, run: int) -> tuple[Alarm, ...]:
    """What is wrong with the lists of a run, against the last run that is done and walked the same list before it.

    A list that nothing led to any more is ``moved`` only against the last run of the same targets and year that looked
    at its site, and only if both looked at that site whole. Raises NotFound for a run that is not.
    """
    if archive.db.execute("SELECT 1 FROM runs WHERE id = :run", {"run": run}).fetchone() is None:
        raise NotFound(f"expected a run {run}, found none; nianbao runs lists them")
    walked = _walks(archive, run)
    alarms: list[Alarm] = []
    for key, walk in walked.items():
        before = _walk_before(archive, run, key)
        if before is not None and walk.rows == 0 < before.rows:
            alarms.append(Alarm("empty", key, walk.site, before.rows, 0, f"no rows where there were {before.rows}"))
        elif before is not None and walk.reports < before.reports:
            says = f"{walk.reports} reports where there were {before.reports}"
            alarms.append(Alarm("shrank", key, walk.site, before.reports, walk.reports, says))
        if walk.said is not None and walk.said > walk.rows:
            says = f"says {walk.said} rows, {walk.rows} were seen"
            alarms.append(Alarm("incomplete", key, walk.site, walk.said, walk.rows, says))
    return (*alarms, *_moved(archive, run, set(walked)))


def sites_laid_out_anew(archive: Archive, run: int, alarms: Iterable[Alarm]) -> dict[str, tuple[int, int]]:
    """Sites of a run whose lists of reports have all moved, while others were found → (lists moved, lists found)."""
    moved = Counter(alarm.site for alarm in alarms if alarm.code == "moved")
    found: dict[str, list[bool]] = {}
    for site, is_known in archive.db.execute(
        """
        SELECT c.site, EXISTS (
            SELECT 1 FROM listings m JOIN captures k ON k.id = m.capture WHERE m.list = l.list AND k.run < c.run
        )
        FROM captures c JOIN listings l ON l.capture = c.id
        WHERE c.run = :run AND l.reports > 0
        GROUP BY c.site, l.list
        """,
        {"run": run},
    ).fetchall():
        found.setdefault(site, []).append(bool(is_known))
    return {site: (moved[site], len(known)) for site, known in found.items() if moved[site] and not any(known)}


def _walks(archive: Archive, run: int) -> dict[str, _Walk]:
    """Each list of a run → its sums."""
    rows = archive.db.execute(
        """
        SELECT l.list, min(c.site), sum(l."rows"), sum(l.reports), max(l.said)
        FROM captures c JOIN listings l ON l.capture = c.id
        WHERE c.run = :run
        GROUP BY l.list ORDER BY min(c.id)
        """,
        {"run": run},
    ).fetchall()
    return {row[0]: _Walk(*row[1:]) for row in rows}


def _walk_before(archive: Archive, run: int, key: str) -> _Walk | None:
    row = archive.db.execute(
        """
        SELECT min(c.site), sum(l."rows"), sum(l.reports), max(l.said)
        FROM listings l JOIN captures c ON c.id = l.capture JOIN runs r ON r.id = c.run
        WHERE l.list = :key AND r.state = 'done'
            AND (r.started_at, r.id) < (SELECT w.started_at, w.id FROM runs w WHERE w.id = :run)
        GROUP BY r.id ORDER BY r.started_at DESC, r.id DESC LIMIT 1
        """,
        {"key": key, "run": run},
    ).fetchone()
    return None if row is None else _Walk(*row)


def _moved(archive: Archive, run: int, walked: set[str]) -> list[Alarm]:
    """Lists that had rows when last walked, and were not read in this run."""
    alarms: list[Alarm] = []
    known = [key for (key,) in archive.db.execute("SELECT DISTINCT list FROM listings").fetchall()]
    before_this = _keys_of_looks_before(archive, run)
    for key in known:
        if key in walked:
            continue
        row = archive.db.execute(
            "SELECT outcome FROM frontier WHERE run = :run AND url_key = :key", {"run": run, "key": key}
        ).fetchone()
        outcome = None if row is None else row[0]
        ended_badly = outcome is not None and outcome not in ALIVE | NOT_LOOKED
        if not ended_badly and not (row is None and key in before_this):
            continue
        before = _walk_before(archive, run, key)
        if before is not None and before.rows:
            says = f"its first page ended as {outcome}" if ended_badly else "nothing leads to it any more"
            alarms.append(Alarm("moved", key, before.site, before.rows, 0, says))
    return alarms


def _keys_of_looks_before(archive: Archive, run: int) -> set[str]:
    """Lists of each site that the run looked at whole, as of the last whole look at that site in a run of one scope.

    Site by site: of a season's runs, which share their scope, each looks at the portals that were due on its night.
    """
    earlier = archive.db.execute(
        """
        SELECT b.id FROM runs r JOIN runs b ON b.scope = r.scope AND b.state = 'done'
        WHERE r.id = :run AND (b.started_at, b.id) < (r.started_at, r.id) ORDER BY b.started_at DESC, b.id DESC
        """,
        {"run": run},
    ).fetchall()
    sites, found = _whole_sites(archive, run), set[str]()
    for (before,) in earlier:
        if not sites:
            break
        settled = sites & _whole_sites(archive, before)
        found |= {key for key, walk in _walks(archive, before).items() if walk.site in settled} if settled else set()
        sites -= settled
    return found


def _whole_sites(archive: Archive, run: int) -> set[str]:
    """Sites that a run looked at and of which it left nothing unasked and lost no column: what leads where is known."""
    looked = archive.db.execute("SELECT DISTINCT site FROM captures WHERE run = :run", {"run": run}).fetchall()
    lost = sorted(BLOCKED | DOWN)
    cut = archive.db.execute(
        f"""
        SELECT DISTINCT site FROM frontier
        WHERE run = ? AND (
            outcome IS NULL OR outcome IN ({_marks(_CUT_SHORT)}) OR (kind = 'column' AND outcome IN ({_marks(lost)}))
        )
        """,
        (run, *_CUT_SHORT, *lost),
    ).fetchall()
    return {site for (site,) in looked} - {site for (site,) in cut}


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" for _ in values)
