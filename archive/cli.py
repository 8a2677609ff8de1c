"""The verbs of this room: import, search, show, history, diff, coverage, reparse, export, runs, status, evidence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from archive.spread.options import add_place_options
from archive.verbs.evidence import add_evidence_verbs
from archive.verbs.plugins import add_plugin_verbs
from archive.web.verb import add_serve_verb

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verbs(verbs: Verbs) -> None:
    """Adds this room's verbs; each sets ``run``, a function from the parsed options to an exit code."""
    _add_import(verbs)
    _add_search(verbs)
    _add_show(verbs)
    _add_diff(verbs)
    _add_coverage(verbs)
    _add_keeping(verbs)
    add_evidence_verbs(verbs)
    add_plugin_verbs(verbs)
    add_serve_verb(verbs)


def _add_import(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "import",
        help="take files and folders into the archive, and read them",
        description="Takes files and folders into the archive as captures, and reads them. Exit code 4: some were "
        "not read; 1: none was. The same file again is a revisit.",
    )
    verb.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder with all files below")
    verb.add_argument("--url", help="where the one file came from (default: a file: URL of the path as given)")
    verb.add_argument("--captured-at", metavar="T", help="when it was taken from there, ISO 8601 (default: now)")
    verb.add_argument("--json", action="store_true", help="print the summary as JSON")
    verb.set_defaults(run=_run_import)


def _add_search(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "search",
        help="find reports by words",
        description="Finds reports that hold every term. A term is any piece of Chinese text, a word or a number from "
        'its beginning; "…" keeps words together.',
    )
    verb.add_argument("query", nargs="*", metavar="QUERY", help="行政复议, or several terms; none lists all")
    verb.add_argument("--without", action="append", default=[], metavar="TERM", help="leave out what holds this")
    verb.add_argument("--year", type=int, metavar="Y", help="the year reported on")
    verb.add_argument("--region", default="", metavar="CODE", help="region code, or its beginning: 15, 1508, 150824")
    verb.add_argument("--level", default="", metavar="L", help="nation, province, city, county or township")
    verb.add_argument("--kind", default="", metavar="K", help="what the body looks after: police, education, …")
    verb.add_argument("--form", default="", metavar="F", help="form of the requests table: 2021, 2019, …")
    verb.add_argument("--flag", action="append", default=[], metavar="F", help="broken, unread, leftover or edited")
    verb.add_argument("--organisation", default="", metavar="NAME", help="a part of the body's name")
    verb.add_argument("--limit", type=_positive, default=20, metavar="N", help="at most so many (default: 20)")
    verb.add_argument("--after", default="", metavar="NEXT", help="go on where the page before ended")
    verb.add_argument("--sort", choices=("newest", "rank"), default="rank", help="default: rank")
    verb.add_argument("--facets", action="store_true", help="count what was found by year, region, level, …")
    verb.add_argument("--json", action="store_true", help="print the hits, or the counts, as JSON")
    verb.set_defaults(run=_run_search)


def _add_show(verbs: Verbs) -> None:
    verb = verbs.add_parser("show", help="one report or version", description="Shows one report or version.")
    verb.add_argument("name", nargs="+", metavar="REPORT|VERSION", help="r12, v34, or a body's name and a year")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print everything as JSON")
    form.add_argument("--text", action="store_true", help="print the text it was read from")
    form.add_argument("--cells", action="store_true", help="print every cell and the place where it stands")
    verb.set_defaults(run=_run_show)

    verb = verbs.add_parser("history", help="a report's versions", description="Lists the versions of a report.")
    verb.add_argument("name", nargs="+", metavar="REPORT", help="r12, or a body's name and a year")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    verb.set_defaults(run=_run_history)


def _add_diff(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "diff",
        help="what differs between two versions",
        description="Says what differs between two versions, figures first, then words. A report stands for the "
        "version it shows now.",
    )
    verb.add_argument("before", metavar="A", help="v34 or r12")
    verb.add_argument("after", metavar="B", help="v35 or r12")
    verb.add_argument("--json", action="store_true", help="print the difference as JSON")
    verb.set_defaults(run=_run_diff)


def _add_coverage(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "coverage",
        help="who has published on a year, and who has not",
        description="Says of every body that should have published on a year: on time, late, missing, not knowable "
        "and why, merged into a successor, or due. Departments are due on 31 January, governments on 31 March.",
    )
    verb.add_argument("--year", type=int, required=True, metavar="Y", help="the year reported on")
    verb.add_argument("--region", default="", metavar="CODE", help="region code, or its beginning: 15, 1508, 150824")
    verb.add_argument("--on", metavar="DATE", help="what was known at the end of that day (default: today)")
    verb.add_argument("--state", action="append", default=[], metavar="STATE", help="only these; repeatable")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print everything as JSON")
    form.add_argument("--csv", action="store_true", help="print a row for each body as CSV")
    verb.set_defaults(run=_run_coverage)


def _add_keeping(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "reparse",
        help="read again what could not be read",
        description="Reads again what is kept and unread, and what another release or converter read. Makes readings, "
        "never versions. Exit code 4: some are still not read; with --diff or --accept always 0.",
    )
    verb.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only such versions: year=2024, region=1508, format=pdf, code=needs_ocr, report=r12, parser=1, "
        "converter=pdfium; repeatable, all must hold",
    )
    verb.add_argument(
        "--diff", action="store_true", help="keep the new readings aside, and list what they would change"
    )
    verb.add_argument("--accept", action="store_true", help="let those readings stand that were kept aside")
    add_place_options(verb)
    verb.add_argument("--json", action="store_true", help="print the counts as JSON")
    verb.set_defaults(run=_run_reparse)

    _add_export(verbs)

    verb = verbs.add_parser("runs", help="crawls and imports so far", description="Lists crawls and imports.")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    verb.set_defaults(run=_run_runs)

    verb = verbs.add_parser("status", help="what the archive holds", description="Says what the archive holds.")
    verb.add_argument("--json", action="store_true", help="print the counts as JSON")
    verb.set_defaults(run=_run_status)


def _add_export(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "export",
        help="write the archive out",
        description="Writes what the archive holds to a file. FORMAT is jsonl: one report a line · csv: one cell or "
        "one report a row · parquet: the same, typed (needs the extra nianbao[parquet]) · datapackage: a ZIP of "
        "described CSV files · sqlite: a lean database · atom: a feed of new reports and new versions · wacz: the "
        "captures, to be replayed. An option that the format does not have is refused.",
    )
    verb.add_argument("format", choices=_export_names(), metavar="FORMAT", help=", ".join(_export_names()))
    verb.add_argument("-o", "--output", type=Path, metavar="FILE", help="or s3://BUCKET/KEY; default: standard output")
    verb.add_argument("--year", type=int, metavar="Y", help="the year reported on")
    verb.add_argument("--region", default="", metavar="CODE", help="region code, or its beginning: 15, 1508, 150824")
    verb.add_argument("--since", default="", metavar="T|CURSOR", help="only what changed since, as in nianbao changes")
    verb.add_argument("--report", default="", metavar="REPORT", help="only r12")
    verb.add_argument("--site", default="", metavar="SITE", help="only what was captured at this site (wacz)")
    verb.add_argument("--run", type=_positive, metavar="N", help="only what this run captured (wacz)", dest="of_run")
    verb.add_argument("--table", choices=("cells", "reports"), default="", help="rows of csv, parquet (default: cells)")
    verb.add_argument("--bom", action="store_true", help="begin with a byte order mark: Excel then sees UTF-8 (csv)")
    verb.set_defaults(run=_run_export)


def _export_names() -> tuple[str, ...]:
    # The folder's names alone: the command line is built without loading a database library.
    folder = Path(__file__).with_name("exports")
    return tuple(sorted(file.stem for file in folder.glob("*.py") if file.stem != "__init__"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, found {number}")
    return number


def _run_import(options: argparse.Namespace) -> int:
    from archive.verbs.keep import run_import

    return run_import(options)


def _run_search(options: argparse.Namespace) -> int:
    from archive.verbs.show import run_search

    return run_search(options)


def _run_show(options: argparse.Namespace) -> int:
    from archive.verbs.show import run_show

    return run_show(options)


def _run_history(options: argparse.Namespace) -> int:
    from archive.verbs.show import run_history

    return run_history(options)


def _run_diff(options: argparse.Namespace) -> int:
    from archive.verbs.show import run_diff

    return run_diff(options)


def _run_coverage(options: argparse.Namespace) -> int:
    from archive.verbs.coverage import run_coverage

    return run_coverage(options)


def _run_reparse(options: argparse.Namespace) -> int:
    from archive.verbs.reparse import run_reparse

    return run_reparse(options)


def _run_export(options: argparse.Namespace) -> int:
    from archive.verbs.keep import run_export

    return run_export(options)


def _run_runs(options: argparse.Namespace) -> int:
    from archive.verbs.keep import run_runs

    return run_runs(options)


def _run_status(options: argparse.Namespace) -> int:
    from archive.verbs.keep import run_status

    return run_status(options)
