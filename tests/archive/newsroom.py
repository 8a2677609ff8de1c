"""An archive with everything that an export can stumble over: odd texts, odd cells, corrections, a withdrawal."""

from __future__ import annotations

from decimal import Decimal

from county import Answer, article, crawl, figures_of

from archive.corrections import Correction, put_correction
from archive.store import Archive
from archive.withdraw import withdraw
from parsers.report import Number
from tests.parsers.statistics.source import ALL, page_of

HOST = "http://www.shili.example/zfxxgknb"
EDUCATION, FORMULA, STATISTICS, BROKEN, WITHDRAWN = (f"{HOST}/{name}.html" for name in "abcde")
HUGE = "123456789012345678901234567890"
NEGATIVE, BLANK, FILLER, UNREAD, TOO_LARGE = (
    "proactive.normative_documents.issued", "proactive.regulations.issued", "proactive.regulations.repealed",
    "proactive.regulations.in_force", "proactive.coercion.decisions",
)  # fmt: skip
ODD = {
    NEGATIVE: "-3",
    BLANK: "",
    FILLER: "/",
    UNREAD: '=1+1,"x"',
    TOO_LARGE: HUGE,
    "requests.granted.research": "——",
}
AMOUNT = "proactive.fees.amount"
RECEIVED = "requests.received.enterprise"


def fill(archive: Archive) -> None:
    """Two crawls of 示例县, and corrections: five reports in the end, of which four are read."""
    crawl_first(archive)
    crawl_again(archive)
    say(archive, EDUCATION, RECEIVED, 78)
    say(archive, EDUCATION, AMOUNT, Decimal("3.5"))
    say(archive, FORMULA, UNREAD, None, "blank")


def crawl_first(archive: Archive) -> None:
    """Everything as it was on the first day."""
    crawl(archive, 0, _portal())


def crawl_again(archive: Archive) -> None:
    """The day after: one report was edited."""
    edited = article("示例县教育局", 2024, figures_of(3) | {RECEIVED: "77"}, note="已修改。")
    crawl(archive, 1, _portal() | {EDUCATION: edited})


def _portal() -> dict[str, Answer]:
    kept = ALL[1]
    title = f"{kept.organisation}{kept.year}年政府信息公开工作年度报告"
    return {
        EDUCATION: article("示例县教育局", 2024, figures_of(3)),
        FORMULA: article("示例县民政局", 2023, figures_of(8) | ODD),
        STATISTICS: Answer(page_of(kept).encode(), link_text=title, title=title),
        BROKEN: Answer(b"%PDF-1.4 nothing else", "attachment", "示例县财政局2024年政府信息公开工作年度报告"),
        WITHDRAWN: article("示例县司法局", 2024, figures_of(5)),
    }


def digest_at(archive: Archive, url: str) -> str:
    """The bytes of the version seen last at a URL."""
    (digest,) = archive.db.execute(
        "SELECT payload_digest FROM report_versions WHERE url = ? ORDER BY version DESC LIMIT 1", (url,)
    ).fetchone()
    return str(digest)


def say(archive: Archive, url: str, key: str, value: Number | None, status: str = "number") -> None:
    """A desk's correction of a cell of what stands at a URL."""
    at = "2025-02-01T00:00:00Z"
    put_correction(archive, Correction(digest_at(archive, url), key, status, value, "编辑部", "按原件核对", "", at))


def take_out(archive: Archive) -> None:
    """A person asked for it: one report's bytes are withdrawn."""
    withdraw(archive, digest_at(archive, WITHDRAWN), "当事人要求")
