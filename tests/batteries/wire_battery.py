"""Servers on real loopback sockets do to a crawl what servers do: stall, drip, hang up, lie about lengths, send broken
chunks and codings, headers without end, statuses that are none, redirects in circles, validators that lie, every kind
of robots.txt and Retry-After, and TLS as it should not be; over HTTP and, where it is another thing, over HTTPS.

The command is `nianbao crawl` with shorter limits. First every page is good; then the same URLs are faulty. Each URL must
have one capture with the one outcome that the fault has, the bytes that arrived must be kept as they were, the good page
must still be the last good one and its report must have no new version, nothing may be called fetched that was not
whole, and the crawl must end with its exit code and within its limits.
"""

from __future__ import annotations

import ssl
import tempfile

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.store import Archive
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.wire_certificates import Service, context, cut, noise, services, shot, sign, stall
from tests.batteries.wire_faults import PAGE, Fault, faults
from tests.batteries.wire_manners import NOW, Busy, Robots, busy, robots
from tests.batteries.wire_moves import FIRST, Move, moves
from tests.batteries.wire_site import Ended, Seen, crawl, listing_of, looks, whole, write_site
from tests.portals.raw import RawServer
from tests.portals.shapes import sized

TITLE = "What servers do on the wire"
GOOD = whole(FIRST)
End = tuple[str, str]


def run(scale: Scale) -> list[Row]:
    """The kinds of faults, each with what came of them."""
    # In the short form the limits are short too. The whole form has those of the program, but for the time allowed.
    limits = {
        "DOWNLOAD_TIMEOUT": scale.pick(3, 10),
        "DOWNLOAD_MAXSIZE": scale.pick(8, 64) << 20,
        "CONCURRENT_REQUESTS": scale.pick(48, 16),
    }
    rows = [*_faults(limits, secure=False), *_moves(limits), *_manners(limits), *_busy(limits), *_tls(limits)]
    return [*rows, *_faults(limits, secure=True)]


@dataclass
class Stage:
    """A folder for the archive and the keeper's settings, and the servers of one crawl."""

    folder: Path
    stack: ExitStack
    servers: list[RawServer]
    old: list[str]

    def serve(self, server: RawServer) -> RawServer:
        """Starts it; it is one of the portal's hosts."""
        self.servers.append(server)
        return self.stack.enter_context(server)

    def go(self, portal: RawServer, limits: dict[str, int], roots: Path | None = None, now: str = "") -> Ended:
        """Crawls what the portal lists."""
        write_site(self.folder, portal, [server.netloc for server in self.servers], self.old)
        return crawl(self.folder, limits, roots, now)


@contextmanager
def _stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="nianbao-wire-") as name, ExitStack() as stack:
        yield Stage(Path(name), stack, [], [])


def _faults(limits: dict[str, int], *, secure: bool) -> list[Row]:
    """Every fault of one answer, where a good page was before."""
    with _stage() as stage:
        tls = _tls_of(stage.folder) if secure else None
        # What takes long takes no longer under TLS: there it is done once.
        chosen = [fault for fault in faults() if not (secure and fault.own)]
        main = stage.serve(RawServer({}, tls=tls))
        homes: dict[str, RawServer] = {}
        for number, fault in enumerate(chosen):
            own = fault.own
            homes[fault.path] = stage.serve(RawServer({}, tls=tls, address=f"127.0.71.{number + 1}")) if own else main
        urls = {fault.path: homes[fault.path].home + fault.path for fault in chosen}
        for fault in chosen:
            homes[fault.path].answers[fault.path] = GOOD
        main.answers["/nb/"] = listing_of(urls.values())
        first = stage.go(main, limits)
        before, wrong = looks(stage.folder)
        whole_before = all(before[url].outcome == "fetched" for url in urls.values())
        setting = [("first crawl", "" if whole_before and first.code == 0 and not wrong else f"{first} {wrong}")]
        for fault in chosen:
            homes[fault.path].answers[fault.path] = fault.script
        second = stage.go(main, limits)
        seen, wrong = looks(stage.folder)
        setting += _ending(second, wrong, 4)
        ends: dict[str, list[End]] = defaultdict(list)
        took: dict[str, float] = defaultdict(float)
        for fault in chosen:
            ends[fault.kind].append((fault.name, _judge(fault, seen.get(urls[fault.path]), secure=secure)))
            took[fault.kind] = max(took[fault.kind], homes[fault.path].seconds.get(fault.path, 0.0))
            allowed = limits["DOWNLOAD_TIMEOUT"] + 30  # of a machine that has much else to do
            if took[fault.kind] > allowed:
                ends[fault.kind].append((fault.name, f"held the server for {took[fault.kind]:.0f} s"))
        how = "HTTPS" if secure else "HTTP"
        rows = [row_of(f"{_TITLES[kind]}, {how}", of, took[kind]) for kind, of in ends.items()]
        return [*rows, row_of(f"the crawls of all these, {how}", setting, megabytes=max(first.megabytes, second.megabytes))]


_TITLES = {
    "stall": "stalls and drips", "reset": "connections reset", "hang up": "connections closed early",
    "length": "lengths", "chunks": "chunks", "coding": "content codings", "head": "header blocks",
    "status": "statuses", "endless": "answers without end",
}  # fmt: skip


def _tls_of(folder: Path) -> ssl.SSLContext:
    return context(folder, "main", sign("portal.example", addresses=("127.0.0.1",)))


def _ending(ended: Ended, wrong: list[str], code: int) -> list[End]:
    """The crawl's own ends: its exit code, and one capture for every URL."""
    said = "" if ended.code == code else f"exit code {ended.code}, not {code}: {ended.errors}"
    return [("exit code", said), ("one look for every URL", "; ".join(wrong[:5]))]


def _judge(fault: Fault, seen: Seen | None, *, secure: bool) -> str:
    """"" or what was not as it must be."""
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
    if seen.good != FIRST:
        return f"the last good page has {len(seen.good)} bytes, not the {len(FIRST)} it had"
    return "" if seen.versions == 1 else f"{seen.versions} versions of a report that had one"


def _moves(limits: dict[str, int]) -> list[Row]:
    """Redirects, refreshes and validators."""
    with _stage() as stage:
        main = stage.serve(RawServer({}))
        all_moves = moves()
        starts = {move.name: next(iter(move.answers)) for move in all_moves}
        for move in all_moves:
            main.answers[starts[move.name]] = move.before or GOOD
        main.answers["/nb/"] = listing_of(main.home + path for path in starts.values())
        stage.go(main, limits)
        for move in all_moves:
            main.answers |= move.answers
        main.requests.clear()
        second = stage.go(main, limits)
        asked = main.paths
        seen, wrong = looks(stage.folder)
        kinds: dict[str, list[End]] = defaultdict(list)
        for move in all_moves:
            kinds[move.kind].append((move.name, _judge_move(move, seen, main.home, asked)))
        rows = [row_of(kind, ends) for kind, ends in kinds.items()]
        return [*rows, row_of("the crawl of these", _ending(second, wrong, 4), megabytes=second.megabytes)]


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


def _manners(limits: dict[str, int]) -> list[Row]:
    """robots.txt of every kind."""
    with _stage() as stage:
        main = stage.serve(RawServer({}))
        hosts: list[tuple[Robots, RawServer]] = []
        for number, one in enumerate(robots()):
            answers = {"/r": whole(PAGE), "/rx": whole(PAGE), **one.answers}
            hosts.append((one, stage.serve(RawServer(answers, address=f"127.0.72.{number + 1}"))))
        main.answers["/nb/"] = listing_of(f"{server.home}/r" for _, server in hosts)
        ended = stage.go(main, limits)
        seen, wrong = looks(stage.folder)
        with Archive.open(stage.folder / "archive", write=False) as archive:
            states = dict(archive.db.execute("SELECT netloc, state FROM robots").fetchall())
        ends: list[End] = []
        for one, server in hosts:
            page, asked = seen.get(f"{server.home}/r"), seen.get(f"{server.home}/robots.txt")
            got = (page and page.outcome, states.get(server.netloc), asked and asked.outcome)
            fits = got[:2] == (one.page, one.state) and got[2] in one.robots.split("|")
            said = "" if fits else f"{got}, not {(one.page, one.state, one.robots)}; {page and page.says}"
            if not said and ("/r" in server.paths) != (one.page == "fetched"):
                said = "asked for against its robots.txt"
            ends.append((one.name, said))
        took = max(server.seconds.get("/robots.txt", 0.0) for _, server in hosts)
        return [
            row_of("robots.txt", ends, took),
            row_of("the crawl of these hosts", _ending(ended, wrong, 4), megabytes=ended.megabytes),
        ]


def _busy(limits: dict[str, int]) -> list[Row]:
    """429 and 503 with every Retry-After: how long each host is left alone, and that all is had in the end."""
    with _stage() as stage:
        main = stage.serve(RawServer({}))
        hosts: list[tuple[Busy, RawServer]] = []
        for number, one in enumerate(busy()):
            line = [b"Retry-After: " + one.said] if one.said else []
            answer = sized(b"", *line, status=b"HTTP/1.1 %d Busy" % one.status)
            hosts.append((one, stage.serve(RawServer({"/b": answer}, address=f"127.0.73.{number + 1}"))))
        main.answers["/nb/"] = listing_of(f"{server.home}/b" for _, server in hosts)
        first = stage.go(main, limits, now=NOW)
        with Archive.open(stage.folder / "archive", write=False) as archive:
            rows = archive.db.execute("SELECT host_group, unixepoch(until) - unixepoch(?) FROM pauses", (NOW,)).fetchall()
        pauses = dict(rows)
        ends: list[End] = []
        for one, server in hosts:
            paused = pauses.get(server.netloc.partition(":")[0], 0)
            said = "" if paused == one.seconds else f"left alone for {paused} s, not {one.seconds}"
            tries = server.paths.count("/b")
            if not said and tries != (1 if one.seconds else 3):
                said = f"asked {tries} times"
            ends.append((one.name, said))
            server.answers["/b"] = GOOD
        # What is left waits for hosts that asked for two hours and for a week: the same command goes on.
        later = stage.go(main, limits, now="2026-01-20T04:00:00+00:00")
        week = stage.go(main, limits, now="2026-01-27T03:00:00+00:00")
        seen, wrong = looks(stage.folder)
        had = sum(look.outcome == "fetched" and url.endswith("/b") for url, look in seen.items())
        ends.append(("all is had in the end", "" if had == len(hosts) else f"{had} of {len(hosts)}"))
        codes = (first.code, later.code, week.code)
        ends.append(("exit codes", "" if codes == (4, 4, 0) else f"{codes}: {week.errors}"))
        ends.append(("one look for every URL", "; ".join(wrong[:5])))
        return [row_of("429 and 503 with Retry-After", ends, megabytes=first.megabytes)]


def _tls(limits: dict[str, int]) -> list[Row]:
    """Certificates, protocols and handshakes."""
    with _stage() as stage:
        main = stage.serve(RawServer({}))
        addresses = [f"127.0.74.{number}" for number in range(1, 60)]
        found, roots = services(stage.folder, addresses)
        hosts: list[tuple[Service, RawServer, str]] = []
        for service, address in zip(found, addresses, strict=False):
            at = "127.0.0.1" if service.host else address
            server = stage.serve(RawServer({"/t": GOOD}, tls=service.tls, address=at))
            netloc = f"{service.host}:{server.port}" if service.host else server.netloc
            server.netloc = netloc
            stage.old += [netloc] if service.old else []
            hosts.append((service, server, f"https://{netloc}/t"))
        broken = {"stalled": (stall, "timeout"), "of no TLS": (noise, "tls_failed"), "cut": (cut, "tls_failed|reset"),
                  "reset": (shot, "tls_failed|reset")}  # fmt: skip
        for number, (name, (script, outcome)) in enumerate(broken.items(), 100):
            server = stage.serve(RawServer({}, address=f"127.0.74.{number}", instead=script))
            service = Service(f"handshake {name}", found[0].tls, outcome, "")
            hosts.append((service, server, f"https://{server.netloc}/t"))
        main.answers["/nb/"] = listing_of(url for _, _, url in hosts)
        ended = stage.go(main, limits, roots)
        seen, wrong = looks(stage.folder)
        ends = [(service.name, _judge_service(service, seen, url)) for service, _, url in hosts]
        return [row_of("certificates and TLS", [*ends, *_ending(ended, wrong, 4)], megabytes=ended.megabytes)]


def _judge_service(service: Service, seen: dict[str, Seen], url: str) -> str:
    look = seen.get(url)
    robots = seen.get(url.removesuffix("t") + "robots.txt")
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
