"""How to quote a report: GB/T 7714—2015 for electronic resources, and BibTeX, with capture times and digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone
from urllib.parse import quote

from archive.clock import parse_time
from archive.errors import NotFound
from archive.store import Archive

_CHINA = timezone(timedelta(hours=8))
# LaTeX, and BibTeX around it: these ten characters mean something else than themselves.
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """What a reference is made of.

    ``url`` is where the version was last seen, "" for a file that was brought in under no address; ``published`` is
    the printed date or None; ``withdrawn`` says why the bytes are not kept any more, "" where they are.
    """

    report: int
    version: int
    organisation: str
    title: str
    report_year: int
    published: str | None
    url: str
    first_captured: str
    last_captured: str
    payload_digest: str
    withdrawn: str


def citation_of(archive: Archive, version: int) -> Citation:
    """A version's id → what a reference to it is made of. Raises NotFound."""
    row = archive.db.execute(
        """
        SELECT w.report, o.name, r.organisation, r.title, p.report_year, r.published, w.url, w.first_captured,
            w.last_captured, w.payload_digest, coalesce(k.why, '')
        FROM report_versions w
        JOIN reports p ON p.id = w.report
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.id = w.reading
        LEFT JOIN withdrawals k ON k.payload_digest = w.payload_digest
        WHERE w.version = :version
        """,
        {"version": version},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a version v{version}, found none")
    report, body, printed, title, year, published, url, first, last, digest, withdrawn = row
    organisation = printed or body
    return Citation(
        report, version, organisation, title or f"{organisation}{year}年政府信息公开工作年度报告", year, published,
        url if url.startswith(("http://", "https://")) else "", first, last, digest, withdrawn,
    )  # fmt: skip


def cite_gbt(one: Citation) -> str:
    """主要责任者. 题名[EB/OL]. (发布日期)[引用日期]. 获取和访问路径. – and a note with times and digest.

    Source: GB/T 7714—2015, 4.6 and 8.5 (date of update in round brackets, date of citation in square ones).
    The date of citation is the day, in China, on which the version was last seen.
    """
    dated = f"({one.published})" if one.published else ""
    where = f"{_address(one.url)}. " if one.url else ""
    return f"{one.organisation}. {one.title}[EB/OL]. {dated}[{_day(one.last_captured)}]. {where}{_kept(one)}"


def cite_bibtex(one: Citation) -> str:
    """An @misc entry; names of bodies are braced twice, or BibTeX would take them apart into first and last names."""
    fields = {
        "author": f"{{{_latex(one.organisation)}}}",
        "title": f"{{{_latex(one.title)}}}",
        "year": one.published[:4] if one.published else None,
        "date": one.published,
        "url": _address(one.url) or None,
        "urldate": _day(one.last_captured),
        "note": _latex(_kept(one)),
        "langid": "chinese",
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text is not None]
    return "\n".join([f"@misc{{nianbao-{one.payload_digest[:16]},", *lines, "}"])


def _kept(one: Citation) -> str:
    withdrawn = f"原件已撤下: {one.withdrawn}. " if one.withdrawn else ""
    until = "" if one.last_captured == one.first_captured else f"至{one.last_captured}"
    return f"存档: {one.first_captured}{until}所见. {withdrawn}SHA-256: {one.payload_digest}."


def _day(captured: str) -> str:
    return parse_time(captured).astimezone(_CHINA).date().isoformat()


def _address(url: str) -> str:
    """An address as every program reads it: what RFC 3986 does not allow bare is percent-encoded, braces among it."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]-._")


def _latex(text: str) -> str:
    """
    >>> _latex("100%_{a}")
    '100\\\\%\\\\_\\\\{a\\\\}'
    """
    return "".join(_LATEX.get(one, one) for one in text)
