"""The public views that compare readings: across years, with peers, between renditions; kept stable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from archive.schema.form_columns import BY_TABLE_AND_FORM

CARRIED_OVER = "requests.carried_over"
"""上年结转 of a year = 结转下年度继续办理 of the year before, for each of the seven kinds of applicants."""
IN_FORCE = "proactive.in_force"
"""现行有效 of a year = that of the year before + 本年制发 − 本年废止. Soft: documents expire without being repealed."""

_APPLICANTS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
_DOCUMENTS = ("regulations", "normative_documents")
_FORMS = ("2019", "2021")

_OF_DISPUTES = ("review.total", "litigation_direct.total", "litigation_after_review.total")
_OF_REQUESTS = ("received.total", "handled_total.total", "carried_out.total")
_OF_DECISIONS = ("licensing.decisions", "penalties.decisions", "coercion.decisions")
# What notes are made of: form's table → its cells that are compared, and whether with peers too. What a body licenses
# or fines depends on which body it is; how many ask it for information does less so.
_HEADLINES: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("requests", "2019", _OF_REQUESTS, True),
    ("requests", "2021", _OF_REQUESTS, True),
    ("disputes", "2019", _OF_DISPUTES, True),
    ("proactive", "2019", ("normative_documents.made", *_OF_DECISIONS), False),
    ("proactive", "2021", ("normative_documents.issued", "normative_documents.in_force", *_OF_DECISIONS), False),
    ("proactive", "2021", ("fees.amount",), False),
    ("statistics", "2014", ("disclosed.count", "complaints.count"), False),
    ("statistics", "2014", ("received.count", "reviews.count", "lawsuits.count"), True),
)

TIMES, MORE = 10, 50
"""A jump: at least so many times the largest of the others, and at least so many more."""
PEERS = 5
"""A body is compared with at least so many others."""
ZERO_YEARS = 3
"""Report years one after the other in which every figure is 0."""

# Kinds of bodies by the end of their name, the first that fits; other names have no peers.
_KINDS = (
    ("subdistrict", ("街道办事处", "街道")),
    ("township", ("乡人民政府", "镇人民政府")),
    ("government", ("人民政府",)),
    ("zone", ("管理委员会", "管委会")),
    ("commission", ("委员会", "委")),
    ("office", ("办公室", "办")),
    ("bureau", ("局",)),
    ("department", ("厅",)),
)
_WHENS = " ".join(f"WHEN o.name LIKE '%{end}' THEN '{kind}'" for kind, ends in _KINDS for end in ends)
KIND = f"CASE {_WHENS} END"


def _years_apart(check: str, severity: str, later: str, earlier: str, sides: Iterable[tuple[str, str, str]]) -> str:
    """One arm of ``checks_across_years``; ``sides`` are (column or row, SQL of the left side, SQL of the right one)."""
    pairs = ", ".join(f"json_array('{across}', {left}, {right})" for across, left, right in sides)
    return f"""
    SELECT
        p.id AS report, q.id AS earlier_report, o.name AS organisation,
        p.report_year AS report_year, q.report_year AS earlier_year,
        '{check}' AS id,
        json_extract(e.value, '$[0]') AS across,
        CASE
            WHEN json_extract(e.value, '$[1]') IS NULL OR json_extract(e.value, '$[2]') IS NULL THEN 'UNKNOWN'
            WHEN json_extract(e.value, '$[1]') = json_extract(e.value, '$[2]') THEN 'HOLDS'
            ELSE 'BROKEN'
        END AS state,
        json_extract(e.value, '$[1]') AS "left",
        json_extract(e.value, '$[2]') AS "right",
        '{severity}' AS severity
    FROM reports p
    JOIN reports q ON q.organisation = p.organisation AND q.report_year = p.report_year - 1
    JOIN organisations o ON o.id = p.organisation
    JOIN {later} a ON a.reading = p.reading
    JOIN {earlier} b ON b.reading = q.reading
    CROSS JOIN json_each(json_array({pairs})) e
    """


def _arms_of_years() -> Iterator[str]:
    carried = [
        (who, f"CAST(a.carried_in_{who} AS NUMERIC)", f"CAST(b.carried_out_{who} AS NUMERIC)") for who in _APPLICANTS
    ]
    for later, earlier in product(_FORMS, _FORMS):
        yield _years_apart(CARRIED_OVER, "warning", f"figures_requests_{later}", f"figures_requests_{earlier}", carried)
    in_force = [
        (
            row,
            f"CAST(a.{row}_in_force AS NUMERIC)",
            f"CAST(b.{row}_in_force AS NUMERIC) + CAST(a.{row}_issued AS NUMERIC) - CAST(a.{row}_repealed AS NUMERIC)",
        )
        for row in _DOCUMENTS
    ]
    yield _years_apart(IN_FORCE, "note", "figures_proactive_2021", "figures_proactive_2021", in_force)


_ACROSS = "CREATE VIEW checks_across_years AS" + "UNION ALL".join(_arms_of_years())


def headlines(only: str = "") -> str:
    """SELECT of the figures that notes are made of, of the readings that stand; ``only`` narrows the reports p."""
    return "UNION ALL".join(
        f"""
        SELECT
            p.id AS report, p.organisation AS body, o.name AS organisation, o.region_code AS region_code,
            {KIND} AS kind, p.report_year AS report_year, '{table}.{cell}' AS key,
            CAST(w.{cell.replace(".", "_")} AS NUMERIC) AS value, {int(peers)} AS among_peers
        FROM reports p
        JOIN organisations o ON o.id = p.organisation
        JOIN {BY_TABLE_AND_FORM[table, form].name} w ON w.reading = p.reading
        WHERE w.{cell.replace(".", "_")} IS NOT NULL {only}
        """
        for table, form, cells, peers in _HEADLINES
        for cell in cells
    )


# SQLite gives a bare column beside max() from the row that holds the maximum (lang_select.html, 2.5).
HISTORY = f"""
SELECT
    report, organisation, report_year, 'jump_in_history' AS code, key, value, against,
    printf('%s in %d; the largest of %d other years is %s in %d', value, report_year, others, against, its_year) AS says
FROM (
    SELECT h.report, h.organisation, h.report_year, h.key, h.value,
        max(x.value) AS against, x.report_year AS its_year, count(*) AS others
    FROM headlines h JOIN headlines x ON x.body = h.body AND x.key = h.key AND x.report <> h.report
    GROUP BY h.report, h.key
)
WHERE value >= {TIMES} * against AND value >= against + {MORE}
"""

AMONG_PEERS = f"""
SELECT
    report, organisation, report_year, 'jump_among_peers' AS code, key, value, against,
    printf('%s in %d; the largest of %d peers is %s of %s', value, report_year, others, against, whose) AS says
FROM (
    SELECT h.report, h.organisation, h.report_year, h.key, h.value,
        max(x.value) AS against, x.organisation AS whose, count(*) AS others
    FROM headlines h
    JOIN headlines x ON x.region_code = h.region_code AND x.report_year = h.report_year AND x.kind = h.kind
        AND x.key = h.key AND x.body <> h.body
    WHERE h.among_peers
    GROUP BY h.report, h.key
)
WHERE others >= {PEERS} AND value >= {TIMES} * against AND value >= against + {MORE}
"""

ALL_ZERO = f"""
SELECT
    p.id AS report, o.name AS organisation, p.report_year AS report_year, 'all_zero' AS code, NULL AS key,
    0 AS value, 0 AS against,
    'every figure is 0: ' || group_concat(printf('%d of %d', r.numbers, q.report_year), ', ') AS says
FROM reports p
JOIN organisations o ON o.id = p.organisation
JOIN reports q ON q.organisation = p.organisation
    AND q.report_year BETWEEN p.report_year - {ZERO_YEARS - 1} AND p.report_year
JOIN readings r ON r.id = q.reading AND r.nonzero = 0 AND r.numbers > 0
GROUP BY p.id
HAVING count(*) = {ZERO_YEARS}
"""

NOTES = f"{HISTORY} UNION ALL {AMONG_PEERS} UNION ALL {ALL_ZERO}"

_DIFFERENCES = """
CREATE VIEW rendition_differences AS
SELECT
    d.report AS report, o.name AS organisation, p.report_year AS report_year, d.key AS key,
    d.left_version AS left_version, d.left_status AS left_status,
    CAST(d.left_value AS NUMERIC) AS left_value, d.left_raw AS left_raw,
    d.right_version AS right_version, d.right_status AS right_status,
    CAST(d.right_value AS NUMERIC) AS right_value, d.right_raw AS right_raw
FROM report_differences d
JOIN reports p ON p.id = d.report
JOIN organisations o ON o.id = p.organisation
"""

VIEWS_ACROSS: tuple[str, ...] = (
    _ACROSS,
    f"CREATE VIEW headlines AS {headlines()}",
    f"CREATE VIEW notes AS {NOTES}",
    _DIFFERENCES,
)
