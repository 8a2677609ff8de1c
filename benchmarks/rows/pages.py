"""Pages of the site over generated reports: the front page, who has published in a place, figures compared.

Each request goes through the whole ASGI application to the last byte of its HTML; CPU of all threads, 95th percentile
of requests that are drawn by chance and always the same. Beside it, so that this machine is known again, the median
of a piece of work that never changes (60,000 numbers written and sorted). Reports are generated, one in six bodies
on a register of its region, one body in ten without a report.
"""

from __future__ import annotations

from statistics import median, quantiles

from archive.store import Archive
from benchmarks.generated.archives import generated
from benchmarks.generated.asking import ask_pages, yardstick
from benchmarks.generated.filling import fill
from benchmarks.table.deed import do
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Pages over many reports"
_ROUNDS = 3


def measure(scale: Scale) -> list[Row]:
    """The 95th percentile of each kind of page."""
    folder = (scale.folder or generated(scale.pick(2_000, 20_000)).folder) / "archive"
    fill(folder)
    with Archive.open(folder, write=False) as archive:
        (reports,) = archive.db.execute("SELECT count(*) FROM reports").fetchone()
    rounds = [(do(ask_pages, str(folder), scale.pick(20, 60)), do(yardstick, 25)) for _ in range(_ROUNDS)]
    peak = max(pages.peak for pages, _ in rounds)
    return [
        beside(
            f"{kind}, {reports:,} reports", "60,000 numbers, sorted",
            [(quantiles(pages.value[kind], n=20)[-1], median(other.value)) for pages, other in rounds],
            "ms", Required(own=100.0), (peak, None),
        )
        for kind in rounds[0][0].value
    ]  # fmt: skip
