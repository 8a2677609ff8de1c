"""Servers on real loopback sockets do to a crawl what servers do: stall, drip, hang up, lie about lengths, send broken
chunks and codings, headers without end, statuses that are none, redirects in circles, validators that lie, every kind
of robots.txt and Retry-After, and TLS as it should not be; over HTTP and, where it is another thing, over HTTPS.

The command is ``nianbao crawl`` with shorter limits. First every page is good; then the same URLs are faulty. Each URL
must have one capture with the one outcome that the fault has, the bytes that arrived must be kept as they were, the
good page must still be the last good one and its report must have no new version, nothing may be called fetched that
was not whole, and the crawl must end with its exit code and within its limits.
"""

from __future__ import annotations

import ssl
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.store import Archive
from crawler.politeness import LONGEST_PAUSE
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.wire_certificates import Service, context, handshakes, services, sign
from tests.batteries.wire_faults import PAGE, Fault, faults
from tests.batteries.wire_manners import LATER, NOW, PAGE_AT, Busy, Robots, busy, robots
from tests.batteries.wire_moves import OLD, Move, moves
from tests.batteries.wire_site import Ended, Seen, crawl, listing_of, looks, whole, write_site
from tests.portals.raw import RawServer
from tests.portals.shapes import sized

TITLE = "What servers do on the wire"
GOOD = whole(OLD)
End = tuple[str, str]


def run(scale: Scale) -> list[Row]:
    """The kinds of faults, each with what came of them."""
    # In the short form the limits are short too. The whole form has those of the program, but for the time allowed.
    limits = {
        "DOWNLOAD_TIMEOUT": scale.pick(3, 10),
        "DOWNLOAD_MAXSIZE": scale.pick(8, 64) << 20,
        "CONCURRENT_REQUESTS": scale.pick(48, 8),
    }
    return [*_crawled_twice(scale, limits), *_crawled_when_busy(scale, limits)]


@dataclass
class Stage:
    """A folder for the archive and the keeper's settings, and the servers of one portal."""

    folder: Path
    stack: ExitStack
    hosts: list[str]
    old: list[str]

    def serve(self, server: RawServer, host: str = "") -> RawServer:
        """Starts it; it is one of the portal's hosts, by its address or by the name given."""
        self.hosts.append(f"{host}:{server.port}" if host else server.netloc)
        return self.stack.enter_context(server)

    def go(self, portal: RawServer, limits: dict[str, int], roots: Path | None = None, now: str = "") -> Ended:
        """Crawls what the portal lists."""
        write_site(self.folder, portal, self.hosts, self.old)
        return crawl(self.folder, limits, roots, now)


@contextmanager
def _stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="nianbao-wire-") as name, ExitStack() as stack:
        yield Stage(Path(name), stack, [], [])


@dataclass(frozen=True)
class Part:
    """Some of what the portal lists: ``first`` in both crawls, ``later`` in the second alone.

    ``spoil`` makes it faulty; ``judge`` gives the rows, from the looks of the second crawl.
    """

    first: list[str]
    later: list[str]
    spoil: Callable[[], None]
    judge: Callable[[dict[str, Seen]], list[Row]]


def _crawled_twice(scale: Scale, limits: dict[str, int]) -> list[Row]:
    """All good, then all faulty, in one archive."""
    step = scale.pick(4, 1)
    with _stage() as stage:
        portal = stage.serve(RawServer({}))
        hosts, roots = _tls(stage, scale)
        chosen = faults()[::step]
        parts = [
            _faults(stage, chosen, limits, None),
            _faults(stage, [one for one in faults()[:: step * 2] if not one.own], limits, _own_tls(stage.folder)),
            _moves(portal, moves()[:: scale.pick(3, 1)]),
            _manners(
                stage, [one for one in robots()[:: scale.pick(3, 1)] if scale is Scale.WHOLE or one.robots != "timeout"]
            ),
            hosts,
        ]
        listed = [url for part in parts for url in part.first]
        portal.answers["/nb/"] = listing_of(listed)
        first = stage.go(portal, limits, roots)
        seen, wrong = looks(stage.folder)
        bad = [url for url in listed if url not in seen or seen[url].outcome != "fetched"]
        ends = [("all good before", f"{first.errors} {bad[:3]} {wrong[:3]}" if first.code or bad or wrong else "")]
        portal.answers["/nb/"] = listing_of(url for part in parts for url in (*part.first, *part.later))
        for part in parts:
            part.spoil()
        second = stage.go(portal, limits, roots)
        seen, wrong = looks(stage.folder)
        ends.append(("exit code", "" if second.code == 4 else f"{second.code}, not 4: {second.errors}"))
        ends.append(("one look for every URL", "; ".join(wrong[:5])))
        # A body and what is decoded of it, for each answer without end; the crawl of good pages shows the rest.
        endless = sum(one.kind == "endless" for one in chosen)
        most = first.megabytes + 50 + 2 * endless * (limits["DOWNLOAD_MAXSIZE"] >> 20)
        ends.append(("memory", "" if second.megabytes <= most else f"{second.megabytes} MB, more than {most}"))
        rows = [row for part in parts for row in part.judge(seen)]
        return [*rows, row_of("the two crawls", ends, megabytes=max(first.megabytes, second.megabytes))]


def _faults(stage: Stage, chosen: list[Fault], limits: dict[str, int], tls: ssl.SSLContext | None) -> Part:
    """Faults of one answer. What takes long has a host of its own."""
    main = stage.serve(RawServer({}, tls=tls))
    homes = {
        fault.path: stage.serve(RawServer({}, tls=tls, address=f"127.0.71.{number}")) if fault.own else main
        for number, fault in enumerate(chosen, 1)
    }
    urls = {fault.path: homes[fault.path].home + fault.path for fault in chosen}
    for fault in chosen:
        homes[fault.path].answers[fault.path] = whole(fault.good)

    def spoil() -> None:
        for fault in chosen:
            homes[fault.path].answers[fault.path] = fault.script

    def judge(seen: dict[str, Seen]) -> list[Row]:
        allowed = limits["DOWNLOAD_TIMEOUT"] + 30  # on a machine that has much else to do
        ends: dict[str, list[End]] = defaultdict(list)
        took: dict[str, float] = defaultdict(float)
        for fault in chosen:
            held = homes[fault.path].seconds.get(fault.path, 0.0)
            took[fault.kind] = max(took[fault.kind], held)
            said = _judge(fault, seen.get(urls[fault.path]), secure=tls is not None)
            ends[fault.kind].append((fault.name, said or (f"held for {held:.0f} s" if held > allowed else "")))
        how = "HTTPS" if tls else "HTTP"
        return [row_of(f"{_TITLES[kind]}, {how}", of, took[kind]) for kind, of in ends.items()]

    return Part(list(urls.values()), [], spoil, judge)


_TITLES = {
    "stall": "stalls and drips", "reset": "connections reset", "hang up": "connections closed early",
    "length": "lengths", "chunks": "chunks", "coding": "content codings", "head": "header blocks",
    "status": "statuses", "endless": "answers without end",
}  # fmt: skip


def _own_tls(folder: Path) -> ssl.SSLContext:
    return context(folder, "main", sign("portal.example", addresses=("127.0.0.1",)))


def _judge(fault: Fault, seen: Seen | None, *, secure: bool) -> str:
    """ "" or what was not as it must be."""
    if seen is None:
        return "no capture"
    outcomes = (fault.outcome or "reset|bad_http|truncated").split("|")
    if seen.outcome not in outcomes:
        return f"{seen.outcome} ({seen.says}), not {' or '.join(outcomes)}"
    if fault.says not in seen.says:
        return f"says {seen.says!r}, not {fault.says!r}"
    if secure != ("certificate: self-signed" in seen.says):
        return f"of the certificate it says {seen.says!r}"
    if fault.wire is not None and seen.wire != fault.wire:
        return f"kept {len(seen.wire)} bytes as sent, not the {len(fault.wire)} that were"
    if fault.payload is not None and seen.payload != fault.payload:
        return f"kept {len(seen.payload)} bytes of payload, not {len(fault.payload)}"
    if seen.outcome == "fetched":
        return "" if seen.status in (200, 203) and seen.good == seen.payload else "fetched, and not the last good page"
    if seen.good != fault.good:
        return f"the last good page has {len(seen.good)} bytes, not the {len(fault.good)} it had"
    return "" if seen.versions == 1 else f"{seen.versions} versions of a report that had one"


def _moves(main: RawServer, chosen: list[Move]) -> Part:
    """Redirects, refreshes and validators, on the portal's own host."""
    starts = [next(iter(move.answers)) for move in chosen]
    for path, move in zip(starts, chosen, strict=True):
        main.answers[path] = move.before or GOOD

    def spoil() -> None:
        main.requests.clear()
        for move in chosen:
            main.answers |= move.answers

    def judge(seen: dict[str, Seen]) -> list[Row]:
        kinds: dict[str, list[End]] = defaultdict(list)
        for move in chosen:
            kinds[move.kind].append((move.name, _judge_move(move, seen, main.home, main.paths)))
        return [row_of(kind, ends) for kind, ends in kinds.items()]

    linked = [main.home + path for move in chosen for path in move.linked]
    return Part([main.home + path for path in starts], linked, spoil, judge)


def _judge_move(move: Move, seen: dict[str, Seen], home: str, asked: list[str]) -> str:
    for path, (outcomes, says) in move.ends.items():
        look = seen.get(path if "://" in path else home + path)
        if look is None:
            return f"{path}: no capture"
        if look.outcome not in outcomes.split("|") or says not in look.says:
            return f"{path}: {look.outcome} ({look.says}), not {outcomes} ({says})"
        if move.good and look.good != move.good:
            return f"{path}: the last good page has {len(look.good)} bytes, not {len(move.good)}"
    for path, times in move.asks.items():
        if asked.count(path) != times:
            return f"{path}: asked {asked.count(path)} times, not {times}"
    return ""


def _manners(stage: Stage, chosen: list[Robots]) -> Part:
    """robots.txt of every kind, each at a host of its own with one page."""
    hosts: list[tuple[Robots, RawServer]] = []
    for number, one in enumerate(chosen, 1):
        answers = {PAGE_AT: whole(PAGE), **one.answers}
        hosts.append((one, stage.serve(RawServer(answers, address=f"127.0.72.{number}"))))

    def judge(seen: dict[str, Seen]) -> list[Row]:
        with Archive.open(stage.folder / "archive", write=False) as archive:
            states = dict(archive.db.execute("SELECT netloc, state FROM robots").fetchall())
        ends: list[End] = []
        for one, server in hosts:
            page, asked = seen.get(server.home + PAGE_AT), seen.get(f"{server.home}/robots.txt")
            got = (page and page.outcome, states.get(server.netloc), asked and asked.outcome)
            fits = got[:2] == (one.page, one.state) and got[2] in one.robots.split("|")
            said = "" if fits else f"{got}, not {(one.page, one.state, one.robots)}"
            if not said and (PAGE_AT in server.paths) != (one.page == "fetched"):
                said = "its page was asked for against it, or not at all"
            ends.append((one.name, said))
        return [row_of("robots.txt", ends, max(server.seconds.get("/robots.txt", 0.0) for _, server in hosts))]

    return Part([], [server.home + PAGE_AT for _, server in hosts], lambda: None, judge)


def _crawled_when_busy(scale: Scale, limits: dict[str, int]) -> list[Row]:
    """429 and 503 with every Retry-After: how long each host is left alone, and that all is had in the end."""
    with _stage() as stage:
        portal = stage.serve(RawServer({}))
        hosts: list[tuple[Busy, RawServer]] = []
        for number, one in enumerate(busy()[:: scale.pick(2, 1)], 1):
            line = [b"Retry-After: " + one.said] if one.said else []
            answer = sized(b"", *line, status=b"HTTP/1.1 %d Busy" % one.status)
            hosts.append((one, stage.serve(RawServer({PAGE_AT: answer}, address=f"127.0.73.{number}"))))
        portal.answers["/nb/"] = listing_of(server.home + PAGE_AT for _, server in hosts)
        first = stage.go(portal, limits, now=NOW)
        with Archive.open(stage.folder / "archive", write=False) as archive:
            asked = "SELECT host_group, unixepoch(until) - unixepoch(?) FROM pauses"
            pauses = dict(archive.db.execute(asked, (NOW,)).fetchall())
        ends: list[End] = []
        for one, server in hosts:
            paused, tries = pauses.get(server.netloc.partition(":")[0], 0), server.paths.count(PAGE_AT)
            fits = paused == one.seconds and tries == (1 if one.seconds > LONGEST_PAUSE else 3)
            said = "" if fits else f"asked {tries} times, left alone for {paused} s, not {one.seconds}"
            ends.append((one.name, said))
            server.answers[PAGE_AT] = GOOD
        codes = [first.code]
        if scale is Scale.WHOLE:
            # Some asked for two hours and some for a week: the same command goes on, and a run of a week is closed.
            codes += [stage.go(portal, limits, now=later).code for later in LATER]
            seen, wrong = looks(stage.folder)
            missing = [one.name for one, server in hosts if seen[server.home + PAGE_AT].outcome != "fetched"]
            ends.append(("all is had in the end", ", ".join([*missing, *wrong[:5]])))
        wanted = [4, 4, 0][: len(codes)]
        ends.append(("exit codes", "" if codes == wanted else f"{codes}, not {wanted}"))
        return [row_of("429 and 503 with Retry-After", ends, megabytes=first.megabytes)]


def _tls(stage: Stage, scale: Scale) -> tuple[Part, Path]:
    """Certificates, protocols and handshakes, and the file of the one root that is known."""
    found, roots = services(stage.folder, [f"127.0.74.{number}" for number in range(1, 60)])
    hosts: list[tuple[Service, str]] = []
    for number, service in enumerate(found, 1):
        address = "127.0.0.1" if service.host else f"127.0.74.{number}"
        server = stage.serve(RawServer({PAGE_AT: GOOD}, tls=service.tls, address=address), service.host)
        stage.old += [stage.hosts[-1]] if service.old else []
        hosts.append((service, f"https://{stage.hosts[-1]}{PAGE_AT}"))
    for number, one in enumerate(handshakes(), 100):
        if one.outcome != "timeout" or scale is Scale.WHOLE:
            server = stage.serve(RawServer({}, address=f"127.0.74.{number}", instead=one.script))
            hosts.append((one, f"https://{server.netloc}{PAGE_AT}"))

    def judge(seen: dict[str, Seen]) -> list[Row]:
        return [row_of("certificates and TLS", [(one.name, _judge_service(one, seen, url)) for one, url in hosts])]

    return Part([], [url for _, url in hosts], lambda: None, judge), roots


def _judge_service(service: Service, seen: dict[str, Seen], url: str) -> str:
    look = seen.get(url)
    robots = seen.get(url.removesuffix(PAGE_AT) + "/robots.txt")
    if look is None or robots is None:
        return "no capture"
    # Where nobody answers robots.txt, nothing else is asked: that is where the name stands.
    at = look if service.outcome == "fetched" else robots
    if at.outcome not in service.outcome.split("|"):
        return f"{at.outcome} ({at.says}), not {service.outcome}"
    if service.outcome != "fetched":
        return "" if look.outcome == "robots_unreachable" else f"its page: {look.outcome}"
    if not service.says and "certificate" in at.says:
        return f"says {at.says!r} of a good certificate"
    return "" if service.says in at.says else f"says {at.says!r}, not {service.says!r}"
