"""What a contributor begins with: the new file of a family, a format, a form or an export, and a test that fails."""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NoRoom, Occupied
from crawler.errors import Usage

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_FORM_NAME = re.compile(r"(proactive|requests|disputes|statistics)_(20[0-9]{2})")
_HOME = "http://www.shili.example/zfxxgknb/"
_FAMILY = '''"""{title}: TODO how its articles and its lists are addressed, in one line."""

from __future__ import annotations

import re

from crawler.families import Found
from crawler.pages.links import Page
from crawler.sorting import sort_links

NAME = "{name}"

# TODO one example of what it matches: /art/2025/1/20/art_12_3456.html
_ARTICLE = re.compile(r"/TODO/\\d+\\.html$")
# TODO what only pages of this family have: a path of its scripts, a comment, a class
_MARKS = ("TODO_a_script_of_{name}.js",)


def recognise(page: Page) -> float:
    """How surely the page was made by this family: 0.0 for no mark, 1.0 for certain."""
    return min(1.0, 0.6 * sum(mark in page.layout for mark in _MARKS))


def links(page: Page) -> Found:
    """The page's links by what their addresses promise: articles are rows."""
    # Where rows or pages are no links but calls of a script, make Anchors of them: docs/contributing.md does.
    return sort_links(page, _ARTICLE)
'''
_FAMILY_PAGE = """<!DOCTYPE html>
<!-- TODO in place of this page: a list of reports as a portal of {name} serves it, names of persons taken out -->
<html><head><meta charset="utf-8"><title>政府信息公开年报</title></head><body><ul>
<li><a href="20250120_1.html">示例县教育局2024年政府信息公开工作年度报告</a></li>
<li><a href="20250121_2.html">示例县民政局2024年政府信息公开工作年度报告</a></li>
</ul></body></html>
"""
_FORMAT = '''"""{title} → Document: TODO which documents of it are met, in one line."""

from __future__ import annotations

from parsers.document import Document
from parsers.errors import Unreadable
from parsers.report import RELEASE

NAME = "{name}"
CONVERTER = f"nianbao-{name}/{{RELEASE}}"

# TODO the first bytes of such a file, and where that is written (a specification, a registry)
_MAGIC = b"TODO {name}"


def sniff(payload: bytes) -> float:
    """1.0 for what begins as such a file does, else 0.0."""
    return 1.0 if payload.startswith(_MAGIC) else 0.0


def convert(payload: bytes) -> Document:
    """Such a file → Document: its headings, paragraphs and tables in the order they are read, each with its place.

    Raises Unreadable where the bytes break the format's rules.
    """
    raise Unreadable(f"expected a reader of {{NAME}}, found {{len(payload)}} bytes and none yet")
'''
_FORMAT_TEST = '''"""{title}: every fixture is read into the blocks that a person sees in it."""

from __future__ import annotations

from pathlib import Path

from parsers.convert import recognise
from parsers.document import Table
from parsers.formats import {name}

FIXTURES = Path(__file__).parents[1] / "documents" / "{name}"


def test_a_report_is_read() -> None:
    """TODO {name}_01.{name}: a report with its three tables, made by a program that is named in make.py."""
    payload = (FIXTURES / "{name}_01.{name}").read_bytes()
    assert recognise(payload) is {name}
    document = {name}.convert(payload)
    assert (document.format, document.converter) == ({name}.NAME, {name}.CONVERTER)
    assert sum(isinstance(block, Table) for block in document.blocks) == 3
'''
_EXPORT = '''"""{title}: TODO what a reader of it gets, in one line."""

from __future__ import annotations

from typing import BinaryIO

from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.selected import iterate_selected
from archive.store import Archive

NAME = "{name}"
CAPTION = "TODO one line for nianbao export --help"
SELECTS = OF_REPORTS


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes every report that is selected, by id; returns how many."""
    count = 0
    for one in iterate_selected(archive, selection):
        out.write(f"TODO {{one.version}}\\n".encode())
        count += 1
    return count
'''
_EXPORT_TEST = '''"""{title}: what is written is what the archive holds, and the same whenever it is written."""

from __future__ import annotations

import io
from pathlib import Path

from county import article, crawl, figures_of

from archive.exports import Selection, find_export
from archive.store import Archive

URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"


def test_a_report_is_written(folder: Path) -> None:
    export = find_export("{name}")
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {{URL: article("示例县教育局", 2024, figures_of(1))}})
        written = io.BytesIO()
        assert export.write_export(archive, Selection(), written) == 1
    assert "示例县教育局" in written.getvalue().decode("utf-8"), "TODO what of the report is to stand there"
    assert "TODO" not in export.CAPTION
'''
_FORM_TEST = '''"""The form {table} {year}: its notice is named, the archive has its columns, a report is read."""

from __future__ import annotations

from pathlib import Path

from archive.schema.form_columns import BY_TABLE_AND_FORM
from parsers import read
from parsers.forms import find_form

FORM = find_form("{table}", "{year}")
DOCUMENT = Path(__file__).parents[1] / "documents" / "html" / "{name}.html"


def test_its_notice_is_named() -> None:
    assert "TODO" not in FORM.authority


def test_the_archive_has_its_columns() -> None:
    """A sheet in archive/schema/form_columns.py, and a new migration that makes it; no released one is changed."""
    assert BY_TABLE_AND_FORM["{table}", "{year}"].keys == tuple(cell.key for cell in FORM.cells())


def test_a_report_of_it_is_read() -> None:
    """TODO {name}.html: a report on this form by a program that is not ours, a figure in every cell."""
    (report,) = read(DOCUMENT.read_bytes())
    assert report.forms["{table}"] == "{year}"
    assert [value.key for value in report.values if value.value is None] == []
'''


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """Paths that were written, in the order they are worked on; the test that fails; what else a finished one has."""

    paths: tuple[Path, ...]
    test: str
    then: str


def scaffold(kind: str, name: str, checkout: Path) -> Scaffolded:
    """One of KINDS, a name for a new one, the folder of a checkout → the files of a beginning, each discovered from its
    folder; the test fails until they are made good.

    Raises Usage (no such name, no checkout), Occupied (there is one of that name), NoRoom.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Usage(f"NAME: expected a lower-case word such as {kind}x1, found {name!r}")
    files = KINDS[kind](name, checkout)
    rooms = [checkout / Path(path).parts[0] / Path(path).parts[1] for path in files]
    if not all(room.is_dir() for room in rooms):
        raise Usage(f"{checkout.absolute()} is no checkout of this project: no {rooms[0].relative_to(checkout)} there")
    for path in files:
        if (checkout / path).exists():
            raise Occupied(f"{checkout / path} is there already, and is not written over")
    for path, content in files.items():
        _write(checkout / path, content)
    test, then = _ENDS[kind]
    return Scaffolded(tuple(checkout / path for path in files), test.format(name=name), then.format(name=name))


def _family(name: str, _checkout: Path) -> dict[str, str]:
    """The expectation names the rows that a person sees on the page; the test walks all saved pages."""
    expected = {"url": _HOME, "family": name, "rows": ["20250120_1.html", "20250121_2.html"], "pages": []}
    return {
        f"crawler/families/{name}.py": _FAMILY.format(name=name, title=name),
        f"tests/crawler/saved/{name}_list.html": _FAMILY_PAGE.format(name=name),
        f"tests/crawler/saved/{name}_list.json": json.dumps(expected, ensure_ascii=False, indent=2) + "\n",
    }


def _format(name: str, _checkout: Path) -> dict[str, str]:
    return {
        f"parsers/formats/{name}.py": _FORMAT.format(name=name, title=name.upper()),
        f"tests/parsers/test_{name}.py": _FORMAT_TEST.format(name=name, title=name.upper()),
    }


def _form(name: str, checkout: Path) -> dict[str, str]:
    """The newest form of the same table, to be changed into the new one: most of a notice's rows stay as they were."""
    named = _FORM_NAME.fullmatch(name)
    if named is None:
        raise Usage(f"NAME: expected a table and the year of its notice such as requests_2027, found {name!r}")
    table, year = named.groups()
    before = [path for path in sorted((checkout / "parsers" / "forms").glob(f"{table}_*.toml")) if path.stem < name]
    if not before:
        raise Usage(f"{checkout.absolute()} is no checkout of this project: no form {table} before {year} there")
    said = before[-1].read_text(encoding="utf-8").splitlines()
    said = [line for line in said if not line.startswith(("# ", "form = ", "authority = "))]
    at = said.index(f'table = "{table}"') + 1
    said[at:at] = [f'form = "{year}"', 'authority = "TODO the number of the notice that ordered it"']
    head = f"# TODO the notice and its section: what the table asks for, how many cells. Begun as {before[-1].stem}.\n"
    return {
        f"parsers/forms/{name}.toml": head + "\n".join(said) + "\n",
        f"tests/parsers/test_form_{name}.py": _FORM_TEST.format(name=name, table=table, year=year),
    }


def _export(name: str, _checkout: Path) -> dict[str, str]:
    return {
        f"archive/exports/{name}.py": _EXPORT.format(name=name, title=name),
        f"tests/archive/test_export_{name}.py": _EXPORT_TEST.format(name=name, title=name),
    }


KINDS = {"family": _family, "format": _format, "form": _form, "export": _export}
"""What can be added, discovered from its folder → the paths in a checkout and what is written there."""

_ENDS = {
    "family": (
        "tests/crawler/test_families.py -k {name}",
        "before it is shared: a portal of it in tests/portals, as tests/crawler/test_discovery.py demands",
    ),
    "format": (
        "tests/parsers/test_{name}.py",
        "before it is shared: ten made documents in tests/documents/{name}, as its README says",
    ),
    "form": (
        "tests/parsers/test_form_{name}.py",
        "before it is shared: the migration, the glossary and the documents that docs/contributing.md lists",
    ),
    "export": ("tests/archive/test_export_{name}.py", "before it is shared: a line in docs/data.md of what it is for"),
}


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise NoRoom(f"{path} cannot be written: {error.strerror}") from error
