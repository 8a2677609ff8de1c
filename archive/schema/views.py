"""The public views: what Datasette, notebooks and other programs read; kept stable.

All amounts of ``cells.value`` and ``checks`` are numbers for SQL; the exact printed text of each is in ``raw`` (which
SQL sees up to its first NUL, where a document prints one).
``latest`` is 1 for the reading that stands for its report now: sums over bodies or years want ``WHERE latest``.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.schema.form_columns import SHEETS, Sheet
from archive.schema.views_across import VIEWS_ACROSS
from archive.schema.views_corrected import VIEWS_CORRECTED
from archive.schema.views_merged import VIEWS_MERGED
from archive.schema.views_plugins import VIEWS_PLUGINS

# SQLite's default limit is 127 arguments to a function; the wide tables have up to 175 columns.
_ARGUMENTS = 100

_CURRENT = """
CREATE VIEW current_readings AS
SELECT
    p.id AS report,
    o.name AS organisation,
    o.region_code AS region_code,
    p.report_year AS report_year,
    v.id AS version,
    r.id AS reading,
    coalesce(p.reading = r.id, 0) AS latest
FROM readings r
JOIN versions v ON v.id = r.version
JOIN renditions n ON n.id = v.rendition
JOIN reports p ON p.id = n.report
JOIN organisations o ON o.id = p.organisation
WHERE r.current = 1
"""

_ANNUAL_REPORTS = """
CREATE VIEW annual_reports AS
SELECT
    p.id AS report,
    o.name AS organisation,
    o.region_code AS region_code,
    p.report_year AS report_year,
    r.title AS title,
    r.published AS published,
    r.phone AS phone,
    r.proactive_form AS proactive_form,
    r.requests_form AS requests_form,
    r.disputes_form AS disputes_form,
    r.statistics_form AS statistics_form,
    r.document_number AS document_number,
    r.numbers AS numbers,
    r.holds AS checks_held,
    r.broken AS checks_broken,
    v.id AS version,
    r.id AS reading,
    n.format AS format,
    s.url AS url,
    v.first_captured AS first_captured,
    v.last_captured AS last_captured,
    (SELECT count(*) FROM renditions m WHERE m.report = p.id) AS renditions,
    (SELECT count(*) FROM renditions m JOIN versions w ON w.rendition = m.id WHERE m.report = p.id) AS versions
FROM reports p
JOIN organisations o ON o.id = p.organisation
LEFT JOIN readings r ON r.id = p.reading
LEFT JOIN versions v ON v.id = r.version
LEFT JOIN renditions n ON n.id = v.rendition
LEFT JOIN resources s ON s.id = n.resource
"""

_REPORT_VERSIONS = """
CREATE VIEW report_versions AS
SELECT
    n.report AS report,
    n.id AS rendition,
    n.format AS format,
    n.ordinal AS ordinal,
    v.id AS version,
    v.number AS number,
    (
        SELECT c.url FROM sightings g JOIN captures c ON c.id = g.capture
        WHERE g.version = v.id ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
    ) AS url,
    v.first_captured AS first_captured,
    v.last_captured AS last_captured,
    v.payload_digest AS payload_digest,
    v.content_digest AS content_digest,
    r.id AS reading,
    u.code AS unread_code,
    u.says AS unread_says
FROM versions v
JOIN renditions n ON n.id = v.rendition
LEFT JOIN readings r ON r.version = v.id AND r.current = 1
LEFT JOIN unread u ON u.version = v.id
"""

_CHECKS = """
CREATE VIEW checks AS
SELECT
    a.report, a.organisation, a.report_year, a.version, a.reading,
    i.name AS id,
    i.across AS across,
    CASE k.state WHEN 'H' THEN 'HOLDS' WHEN 'B' THEN 'BROKEN' ELSE 'UNKNOWN' END AS state,
    CAST(k."left" AS NUMERIC) AS "left",
    CAST(k."right" AS NUMERIC) AS "right",
    a.latest
FROM current_readings a
JOIN reading_checks k ON k.reading = a.reading
JOIN identities i ON i.id = k.identity
"""

_PROBLEMS = """
CREATE VIEW problems AS
SELECT
    a.report, a.organisation, a.report_year, a.version, a.reading,
    b.code, b.says, b.place, b.severity, a.latest
FROM current_readings a
JOIN reading_problems b ON b.reading = a.reading
UNION ALL
SELECT
    p.id, o.name, p.report_year, NULL, NULL,
    b.code, b.says, b.place, b.severity, 1
FROM report_problems b
JOIN reports p ON p.id = b.report
JOIN organisations o ON o.id = p.organisation
"""

_LEFTOVERS = """
CREATE VIEW leftovers AS
SELECT
    a.report, a.organisation, a.report_year, a.version, a.reading,
    b.label, b.raw, b.place, b.why, a.latest
FROM current_readings a
JOIN reading_leftovers b ON b.reading = a.reading
"""

_CLAIMS = """
CREATE VIEW claims AS
SELECT
    a.report, a.organisation, a.report_year, a.version, a.reading,
    b.key, CAST(b.value AS NUMERIC) AS value, b.span, b.place, a.latest
FROM current_readings a
JOIN reading_claims b ON b.reading = a.reading
"""

_UNREAD_REPORTS = """
CREATE VIEW unread_reports AS
SELECT
    p.id AS report,
    o.name AS organisation,
    p.report_year AS report_year,
    v.id AS version,
    n.format AS format,
    c.url AS url,
    u.code AS code,
    u.says AS says,
    v.first_captured AS first_captured,
    v.last_captured AS last_captured
FROM unread u
JOIN versions v ON v.id = u.version
JOIN renditions n ON n.id = v.rendition
JOIN captures c ON c.id = v.first_capture
JOIN reports p ON p.id = n.report
JOIN organisations o ON o.id = p.organisation
"""

# "Present on last_seen, not seen on looked_at, looked n times": never "deleted", which nobody can see from outside.
# A page that answers with something else than the report was looked at and the report was not seen. A look that
# has not been read yet says nothing. Later is by the time of the look: a merge brings looks in any order.
_NOT_SEEN = """
CREATE VIEW not_seen AS
SELECT
    p.id AS report,
    o.name AS organisation,
    p.report_year AS report_year,
    a.rendition AS rendition,
    a.format AS format,
    a.url AS url,
    last.captured_at AS last_seen,
    a.looked_at AS looked_at,
    (
        SELECT count(*) FROM captures c
        WHERE c.resource = a.resource AND (c.captured_at, c.id) > (last.captured_at, last.id)
            AND c.third_party = '' AND c.outcome NOT IN (
            'budget', 'abandoned', 'off_scope', 'robots_disallowed', 'robots_unreachable', 'refused_address'
        )
    ) AS looks,
    a.outcome AS outcome,
    a.run AS run
FROM (
    SELECT
        n.id AS rendition, n.report AS report, n.format AS format, s.id AS resource, s.url AS url,
        look.id AS look, look.run AS run, look.captured_at AS looked_at, coalesce(d.code, look.outcome) AS outcome,
        (
            SELECT g.capture
            FROM versions v JOIN sightings g ON g.version = v.id JOIN captures c ON c.id = g.capture
            WHERE v.rendition = n.id AND c.third_party = '' ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
        ) AS seen
    FROM captures look
    JOIN resources s ON s.id = look.resource AND s.look_capture = look.id
    JOIN renditions n ON n.resource = s.id
    LEFT JOIN documents d ON d.capture = look.id
    WHERE look.outcome NOT IN ('fetched', 'not_modified') OR d.capture IS NOT NULL
) a
JOIN captures last ON last.id = a.seen
JOIN runs r ON r.id = a.run
JOIN reports p ON p.id = a.report
JOIN organisations o ON o.id = p.organisation
WHERE (a.looked_at, a.look) > (last.captured_at, last.id) AND r.state = 'done'
"""


def _arms(sheet: Sheet) -> Iterator[str]:
    for start in range(0, len(sheet.columns), _ARGUMENTS):
        columns = ", ".join(f"w.{column}" for column in sheet.columns[start : start + _ARGUMENTS])
        yield f"""
        SELECT
            a.report, a.organisation, a.report_year, a.version, a.reading,
            f.key AS key,
            CAST(e.value AS NUMERIC) AS value,
            CASE coalesce(substr(w.prints, f.position + 1, 1), '')
                WHEN '' THEN coalesce(CAST(e.value AS TEXT), '')
                WHEN ' ' THEN coalesce(CAST(e.value AS TEXT), '')
                ELSE json_extract(w.palette, '$[' || (unicode(substr(w.prints, f.position + 1, 1)) - 97) || ']')
            END AS raw,
            CASE coalesce(substr(w.marks, f.position + 1, 1), iif(e.value IS NULL, 'b', 'n'))
                WHEN 'n' THEN 'number' WHEN 'b' THEN 'blank' WHEN 'f' THEN 'filler'
                WHEN 'm' THEN 'missing' ELSE 'unread'
            END AS status,
            a.latest
        FROM current_readings a
        JOIN {sheet.name} w ON w.reading = a.reading
        CROSS JOIN json_each(json_array({columns})) e
        CROSS JOIN form_cells f
            ON f.sheet = '{sheet.table}' AND f.form = '{sheet.form}' AND f.position = e.key + {start}
        """


_CELLS = "CREATE VIEW cells AS" + "UNION ALL".join(arm for sheet in SHEETS for arm in _arms(sheet))

VIEWS: tuple[str, ...] = (
    _CURRENT,
    _ANNUAL_REPORTS,
    _REPORT_VERSIONS,
    _CELLS,
    _CHECKS,
    _PROBLEMS,
    _LEFTOVERS,
    _CLAIMS,
    _UNREAD_REPORTS,
    _NOT_SEEN,
    *VIEWS_ACROSS,
    *VIEWS_MERGED,
    *VIEWS_CORRECTED,
    *VIEWS_PLUGINS,
)
