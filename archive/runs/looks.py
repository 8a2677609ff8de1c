"""What one run asked for and got, look by look and host by host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.runs.run import NO_REQUEST
from archive.store import Archive, naming_errors


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a run, as it was kept.

    ``bytes``: head and body of the answer as received, of a body that was withdrawn only the head. ``asked``: a
    request was sent. ``revisit``: it brought nothing that was not kept before.
    """

    capture: int
    time: str
    url: str
    site: str
    kind: str
    outcome: str
    status: int | None
    bytes: int
    asked: bool
    revisit: bool


@dataclass(slots=True)
class HostLooks:
    """What one host and port was asked for: requests that were sent, bytes received, every look by its outcome."""

    host: str
    requests: int = 0
    bytes: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)


def list_looks(archive: Archive, run: int) -> Iterator[Look]:
    """Every look of a run, the first one first. Raises Damaged, NoRoom."""
    with naming_errors(archive.folder):
        rows = archive.db.execute(
            """
            SELECT id, captured_at, url, site, kind, outcome, status, length(header), coalesce(wire, payload),
                revisit_of IS NOT NULL
            FROM captures WHERE run = :run AND third_party = '' ORDER BY id
            """,
            {"run": run},
        )
        for identity, time, url, site, kind, outcome, status, head, body, revisit in rows:
            length = head + (_length_of(archive, body) if body is not None else 0)
            asked = outcome not in NO_REQUEST
            yield Look(identity, time, url, site, kind, outcome, status, length, asked, bool(revisit))


def _length_of(archive: Archive, digest: str) -> int:
    row = archive.payloads.execute("SELECT length FROM payload WHERE digest = :digest", {"digest": digest}).fetchone()
    return 0 if row is None else int(row[0])


def sum_hosts(looks: Iterable[Look]) -> list[HostLooks]:
    """Looks → one entry for each host and port, that with most requests first."""
    hosts: dict[str, HostLooks] = {}
    for look in looks:
        name = urlsplit(look.url).netloc
        host = hosts.setdefault(name, HostLooks(name))
        host.requests += look.asked
        host.bytes += look.bytes
        host.outcomes[look.outcome] = host.outcomes.get(look.outcome, 0) + 1
    return sorted(hosts.values(), key=lambda host: (-host.requests, host.host))
