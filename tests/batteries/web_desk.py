"""Datasette over a hostile archive: SQL of readers, spreadsheets, and addresses of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import quote, urlencode

from httpx import Client, Response, TimeoutException

from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.web_served import LIMIT, Served
from tests.web.hostile import raw_strings

SQL = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT group_concat(i) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 'aaaaaaaa' UNION ALL SELECT i || i FROM n) SELECT length(i) FROM n",
    "SELECT hex(zeroblob(500000000))",
    "SELECT randomblob(900000000)",
    "SELECT printf('%.*c', 900000000, 'x')",
    "SELECT replace(hex(zeroblob(60000)), '0', hex(zeroblob(60000)))",
    "SELECT hex(zeroblob(60000)) FROM cells, cells",
    "SELECT a.raw || b.raw || c.raw FROM cells a, cells b, cells c ORDER BY random()",
    "SELECT 'a' LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%b'",
    "SELECT hex(zeroblob(60000)) LIKE '%0%0%0%0%0%0%0%0%0%0%1'",
    "SELECT hex(zeroblob(60000)) GLOB '*0*0*0*0*0*0*0*0*0*1'",
    "SELECT count(*) FROM cells a, cells b, cells c, cells d",
    "SELECT json_group_array(raw) FROM cells, sites",
    f"SELECT {'abs(' * 900}1{')' * 900}",
    f"SELECT {' || '.join(['hex(zeroblob(30000))'] * 900)}",
    "SELECT load_extension('/tmp/evil.so')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('/tmp/evil', 'x')",
    "SELECT edit('x', 'sh')",
    "SELECT fts3_tokenizer('simple')",
    "ATTACH DATABASE '/etc/passwd' AS x",
    "SELECT 1; DELETE FROM reports",
    "DELETE FROM reports",
    "WITH x AS (SELECT 1) DELETE FROM reports",
    "EXPLAIN DELETE FROM reports",
    "PRAGMA writable_schema = 1",
    "PRAGMA journal_mode = DELETE",
    "SELECT * FROM pragma_database_list",
    "VACUUM INTO '/tmp/evil.db'",
    "CREATE TEMP TABLE x (a)",
    "INSERT INTO search_index (search_index) VALUES ('delete-all')",
    "SELECT * FROM searched_words WHERE searched_words MATCH 'a* OR b*'",
    "REPLACE INTO reports (id) VALUES (1)",
)
"""What takes the machine's time, memory or files, or would write. Those that only ask may be answered."""
_MOST = 20.0  # seconds; the limit of a query is one, and of its facets another
_WRITES = re.compile(r"^(ATTACH|DELETE|WITH x|VACUUM|CREATE|INSERT|REPLACE|PRAGMA|SELECT 1;)")
_FORMULA = re.compile(r"[=+@\t\r\n＝＋－＠-]")
_FIGURE = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.I)


def ask_desk(desk: Served, scale: Scale) -> Iterator[Row]:
    """The rows."""
    with Client(base_url=desk.base, timeout=LIMIT) as client:
        yield _queries(client, desk, scale)
        yield _sheets(client, scale)
        yield _addresses(client, scale)


def _queries(client: Client, desk: Served, scale: Scale) -> Row:
    """Each as a page, as JSON, as CSV; the short form has each in one of them."""
    asked = [
        (sql, form)
        for at, sql in enumerate(SQL)
        for number, form in enumerate(("", ".json", ".csv"))
        if scale is Scale.WHOLE or number == at % 3
    ]
    urls = [f"/datasette/archive{form}?{urlencode({'sql': sql})}" for sql, form in asked]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(partial(_ask, client), urls))
    ends = [(sql[:70], _fault(sql, one)) for (sql, _), one in zip(asked, answers, strict=True)]
    worst = max(LIMIT if one is None else one.elapsed.total_seconds() for one in answers)
    return row_of("SQL of readers (--sql)", ends, worst, desk.peak())


def _ask(client: Client, url: str) -> Response | None:
    """None where nothing came in time."""
    try:
        return client.get(url)
    except TimeoutException:
        return None


def _fault(sql: str, answer: Response | None) -> str:
    if answer is None:
        return f"nothing within {LIMIT} s"
    if answer.status_code >= 500:
        return f"answers {answer.status_code}"
    if _WRITES.match(sql) and answer.status_code == 200 and answer.text.strip():  # of a refusal CSV has no rows
        return "was done"
    if "root:x:0" in answer.text or "Traceback (most recent" in answer.text:
        return "tells what is none of a reader's"
    took = answer.elapsed.total_seconds()
    return f"took {took:.0f} s" if took > _MOST else ""


def _sheets(client: Client, scale: Scale) -> Row:
    """CSV of every view, and of a reader's SQL that gives the formulas itself."""
    names = [one["name"] for one in client.get("/datasette/archive.json").json()["views"]]
    urls = [f"/datasette/archive/{name}.csv?_size=max{more}" for name in names for more in ("", "&_dl=1")]
    given = [text for text in raw_strings() if _FORMULA.match(text[:1]) and "\x00" not in text]
    urls += [f"/datasette/archive.csv?{urlencode({'sql': 'SELECT :p, 1', 'p': text})}" for text in given]
    answers = [client.get(url) for url in urls[:: scale.pick(3, 1)]]
    return row_of("formulas in Datasette's CSV", [(str(one.url)[-80:], _formula_in(one)) for one in answers])


def _formula_in(answer: Response) -> str:
    if answer.status_code != 200:
        return "" if answer.status_code < 500 else f"answers {answer.status_code}"
    fields = [field for row in csv.reader(io.StringIO(answer.text, newline="")) for field in row]
    runs = [one for one in fields if _FORMULA.match(one[:1]) and not _FIGURE.fullmatch(one)]
    return f"formula {runs[0][:60]!r}" if runs else ""


def _addresses(client: Client, scale: Scale) -> Row:
    """Hostile strings as names of tables, rows and columns: no fault, and no redirect to others."""
    strings = [text.encode("utf-8", "replace")[:300] for text in raw_strings()][:: scale.pick(40, 1)]
    urls = [url for text in strings for url in (
        f"/datasette/archive/{quote(text, safe='')}",
        f"/datasette/archive/reports/{quote(text, safe='')}",
        f"/datasette/archive/annual_reports?{urlencode({'_sort': text, '_facet': text})}",
        f"/datasette/archive/annual_reports?{urlencode({'organisation__contains': text, '_where': text})}",
        f"/datasette/{quote(text)}/",
    )]  # fmt: skip
    return row_of("hostile addresses of Datasette", [(url[:120], _led(client.get(url))) for url in urls])


def _led(answer: Response) -> str:
    location = answer.headers.get("location", "/").replace("\\", "/")
    if location.startswith("//") or not location.startswith(("/", str(answer.url.copy_with(raw_path=b"/")))):
        return f"leads to {location[:80]}"
    return f"answers {answer.status_code}" if answer.status_code >= 500 else ""
