"""Where the tries are made: sites, listeners, names and packets of one enclosed network, or an audit hook's log."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from archive.store import Archive
from tests.batteries.ssrf_enclosure import RESOLVER
from tests.batteries.ssrf_sockets import Ran, run_watched
from tests.batteries.ssrf_spellings import Try, tries
from tests.batteries.ssrf_stage import Names, Site, Stage
from tests.batteries.ssrf_watch import Contact, Packets, Traps, calls_in

ROOT = Path(__file__).parents[2]
PUBLIC, PUBLIC6 = "93.184.216.34", "2400:3200::1"
_HOOKED = Path(__file__).with_name("ssrf_hooked.py")
_USUAL_PORTS = (21, 22, 25, 80, 443, 445, 3306, 5900, 6379, 8080)
_UNASKED_PROXY = "http://10.0.0.1:3128"  # in the environment of every process; nobody is to ask it
_LONGEST = 900.0
_FIRST_TOKEN = 700_001


@dataclass(frozen=True, slots=True)
class Kept:
    """One capture of an archive."""

    url: str
    outcome: str
    status: int | None
    peer: str
    says: str
    location: str


class Ground:
    """Context manager. ``enclosed``: in a network of its own, where listeners stand at every address and every packet
    is seen; otherwise the audit hook of the crawling process lets nothing out, and only Python's own calls are seen."""

    def __init__(self, enclosed: bool, count: int, zone: dict[str, list[list[str]]]) -> None:
        self.enclosed = enclosed
        self._folder = tempfile.TemporaryDirectory(prefix="nianbao-ssrf-")
        self.folder = Path(self._folder.name)
        self.stage = Stage()
        self.packets = Packets() if enclosed else None
        self.traps = Traps(count, _USUAL_PORTS) if enclosed else None
        self.names: Names | None = None
        self.unscoped: set[str] = set()  # looked up where nobody said which hosts are followed
        self._zone = zone
        self._ports = list(self.traps.ports) if self.traps else list(range(20_000, 20_000 + count))
        self._token = _FIRST_TOKEN
        self._address = 0
        self._allowed: set[tuple[str, int]] = set()
        self._runs = 0
        self._stack = ExitStack()

    def __enter__(self) -> Ground:
        self._stack.enter_context(self.stage)
        for watched in (self.packets, self.traps):
            if watched is not None:
                self._stack.enter_context(watched)
        if self.enclosed:
            self.names = self.stage.names(RESOLVER, self._zone)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def site(self) -> Site:
        """A portal at a loopback address of its own, which may be asked."""
        self._address += 1
        site = self.stage.site(f"127.0.{41 + self._address // 250}.{1 + self._address % 250}")
        self.allow(site.address, site.port)
        return site

    def allow(self, address: str, port: int) -> None:
        """Whoever reaches this address and port does what it may."""
        self._allowed.add((address, port))

    def tries(self, templates: Sequence[str]) -> list[Try]:
        """Templates → tries with ports and tokens that no other has."""
        ports, self._ports = self._ports[: len(templates)], self._ports[len(templates) :]
        self._token += len(templates)
        return tries(list(templates), ports, self._token - len(templates))

    def run(self, program: str, *words: str, **environment: str) -> Ran:
        """Runs a Python program behind the audit hook, and looks at its sockets while it runs."""
        self._runs += 1
        options = {
            "log": str(self.folder / "calls"),
            "allow": sorted(self._allowed),
            "refuse": not self.enclosed,
            "names": None if self.enclosed else self._zone,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
        own = {"PYTHONPATH": str(ROOT), "NIANBAO_CONTACT": "keeper@archive.example", "HOME": str(self.folder)}
        own |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"), _UNASKED_PROXY)
        folder = self.folder / f"run{self._runs}"
        folder.mkdir()
        command = [sys.executable, str(_HOOKED), json.dumps(options), program, *words]
        return run_watched(command, {**kept, **own, **environment}, folder, _LONGEST)

    def contacts(self) -> Counter[Contact]:
        """Everybody who was reached, or meant to be, and may not be."""
        found: Counter[Contact] = Counter()
        for contact in calls_in(self.folder / "calls"):
            if contact.seen in ("connect", "sendto", "sendmsg"):
                found[contact] += 1
        if self.packets is not None:
            found += self.packets.contacts
        for (address, port), said in (self.traps.heard if self.traps else {}).items():
            found[Contact(f"{len(said)} bytes to", address, port)] += 1
        allowed = {*self._allowed, (RESOLVER, 53)}
        return Counter(
            {
                contact: times
                for contact, times in found.items()
                if (contact.address, contact.port) not in allowed and contact.address not in (PUBLIC, PUBLIC6)
            }
        )

    def looked_up(self) -> set[str]:
        """Names that were asked for, of the name server or of the system's resolver."""
        called = {
            contact.address.rstrip(".").lower() for contact in calls_in(self.folder / "calls") if contact.seen == "name"
        }
        return called | set(self.names.asked if self.names else ())


def captures_in(folder: Path) -> list[Kept]:
    """Every capture of an archive."""
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute(
            "SELECT url, outcome, status, coalesce(peer, ''), coalesce(says, ''), coalesce(location, '') FROM captures"
        ).fetchall()
    return [Kept(*row) for row in rows]
