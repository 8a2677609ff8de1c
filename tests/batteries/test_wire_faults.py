"""What servers do on the wire is survived, in the short form."""

from __future__ import annotations

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.wire_battery import run

LEAST = {
    "stalls and drips, HTTP": 3, "connections reset, HTTP": 1, "connections closed early, HTTP": 2, "lengths, HTTP": 5,
    "chunks, HTTP": 5, "content codings, HTTP": 6, "header blocks, HTTP": 6, "statuses, HTTP": 9,
    "answers without end, HTTP": 1, "redirects": 10, "refreshes": 1, "validators": 6, "robots.txt": 14,
    "certificates and TLS": 24, "429 and 503 with Retry-After": 18,
}  # fmt: skip


def test_what_servers_do_on_the_wire_is_survived() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    tried = {row.what: row.tried for row in rows}
    assert {what: least for what, least in LEAST.items() if tried.get(what, 0) < least} == {}, tried
    assert sum(row.tried for row in rows if "HTTPS" in row.what) >= 15
    assert sum(tried.values()) >= 130
