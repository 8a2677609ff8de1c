"""The verbs of evidence: events, changes, correct, verify, withdraw, merge, proof, cite."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

_KINDS = ("silent_edit", "not_seen", "returned", "dates_disagree", "copy", "contradiction", "correction")


def add_evidence_verbs(verbs: Verbs) -> None:
    """Adds these verbs; what they run is imported when they are."""
    _add_events(verbs)
    _add_changes(verbs)
    _add_correct(verbs)
    _add_fixity(verbs)
    _add_merge(verbs)
    _add_proof(verbs)


def _add_events(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "events",
        help="what was edited, vanished, came back, was back-dated, copied, contradicted, corrected",
        description="Lists what happened to reports at their source, each entry with its captures and how sure it is.",
    )
    verb.add_argument("--kind", action="append", default=[], choices=_KINDS, help="only these; repeatable")
    verb.add_argument("--year", type=int, metavar="Y", help="the year reported on")
    verb.add_argument("--region", default="", metavar="CODE", help="region code, or its beginning: 15, 1508, 150824")
    verb.add_argument("--since", metavar="T", help="only what was found at or after this time, ISO 8601")
    verb.add_argument("--report", action="append", default=[], metavar="REPORT", help="only r12; repeatable")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.events", "run_events"))


def _add_changes(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "changes",
        help="what is new in the archive after a cursor, for programs",
        description="Lists the change sequence after a cursor. Whoever applies the entries from 0 on, in order, has "
        "the archive's present state; applying one twice changes nothing.",
    )
    verb.add_argument("--since", type=_cursor, default=0, metavar="CURSOR", help="the last answer's next (default: 0)")
    verb.add_argument("--limit", type=_positive, default=1000, metavar="N", help="at most so many (default: 1000)")
    verb.add_argument("--full", action="store_true", help="with the parse document of each reading that is current")
    verb.add_argument("--json", action="store_true", help="print entries and next cursor as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.changes", "run_changes"))


def _add_correct(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "correct",
        help="a person's corrections of what was read",
        description="Keeps corrections by a person: a layer above the readings, keyed to the bytes and the cell. "
        "What was read stays as it is, and a new reading does not touch a correction.",
    )
    doing = verb.add_subparsers(dest="doing", metavar="DOING", required=True)
    put = doing.add_parser("set", help="say what a cell is", description="Says what a cell of a version is.")
    put.add_argument("version", metavar="VERSION", help="v34, or r12 for the version that stands")
    put.add_argument("key", metavar="KEY", help="requests.received.total")
    put.add_argument("value", metavar="VALUE", help="a figure; or blank, filler, missing, unread")
    back = doing.add_parser("retract", help="take a correction back", description="Ends a correction of a cell.")
    back.add_argument("version", metavar="VERSION", help="v34, or r12 for the version that stands")
    back.add_argument("key", metavar="KEY", help="requests.received.total")
    for one in (put, back):
        one.add_argument("--who", required=True, help="who says so: a desk, an editor")
        one.add_argument("--why", required=True, help="what shows it")
        one.add_argument("--source", default="", help="where it can be seen: a page, a telephone note")
    doing.add_parser("list", help="all corrections", description="Lists all corrections, the latest last.")
    out = doing.add_parser("export", help="write them to a file", description="Writes all corrections as JSON Lines.")
    out.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    taken = doing.add_parser("import", help="take a reviewed file in", description="Takes corrections from JSON Lines.")
    taken.add_argument("file", type=Path, metavar="FILE", help="as export writes them")
    for one in doing.choices.values():
        one.add_argument("--json", action="store_true", help="print as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.corrections", "run_correct"))


def _add_fixity(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "verify",
        help="whether everything is still as it was kept",
        description="Hashes what is kept again, and checks that nothing is missing and that no manifest of a run was "
        "rewritten. Exit code 7 and one line for each damaged item.",
    )
    verb.add_argument("--sample", metavar="P", help="only such a part of the payloads, as in 5%% (default: all)")
    verb.add_argument(
        "--warc", action="append", default=[], type=Path, metavar="FILE", help="a WARC or WACZ as well; repeatable"
    )
    verb.add_argument(
        "--seal",
        action="store_true",
        help="where only the seals disagree (another program wrote to a file), take the files for what they should be",
    )
    verb.add_argument("--json", action="store_true", help="print what was found as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.fixity", "run_verify"))

    verb = verbs.add_parser(
        "withdraw",
        help="take bytes out of the archive for good",
        description="Takes the bytes and all text of a payload out of the archive, for a takedown or personal data. "
        "Digest, metadata and reason stay. Nothing else deletes.",
    )
    verb.add_argument("what", metavar="PAYLOAD|VERSION", help="a SHA-256, or v34 for all bytes seen under it")
    verb.add_argument("--why", required=True, metavar="TEXT", help="the reason; it is kept and shown")
    verb.add_argument("--json", action="store_true", help="print what was withdrawn as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.fixity", "run_withdraw"))


def _add_merge(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "merge",
        help="take other archives into this one",
        description="Takes everything of other archives into this one. The order does not matter, and a second time "
        "changes nothing. Exit code 4: there are conflicts, which are listed.",
    )
    verb.add_argument("others", nargs="+", type=Path, metavar="DIR", help="the folder of an archive; it is only read")
    verb.add_argument("--json", action="store_true", help="print the summary as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.merge", "run_merge"))


def _add_proof(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "proof",
        help="a package that proves what was published",
        description="Writes a ZIP with the bytes as received, headers, WARC, text, cells, pages with their cells "
        "boxed, a manifest, and a script that checks them with Python alone.",
    )
    verb.add_argument("name", nargs="+", metavar="REPORT|VERSION", help="r12, v34, or a body's name and a year")
    verb.add_argument("--cell", default="", metavar="KEY", help="box only this cell: requests.received.total")
    verb.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: proof-r12.zip, proof-v34.zip")
    verb.add_argument("--json", action="store_true", help="print what was written as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.proof", "run_proof"))

    verb = verbs.add_parser(
        "cite",
        help="how to quote a report in print",
        description="Writes a reference with the time of capture and the digest of the bytes.",
    )
    verb.add_argument("name", nargs="+", metavar="REPORT|VERSION", help="r12, v34, or a body's name and a year")
    verb.add_argument("--style", choices=("gbt", "bibtex"), default="gbt", help="GB/T 7714 (default) or BibTeX")
    verb.add_argument("--json", action="store_true", help="print both styles and what they are made of as JSON")
    verb.set_defaults(run=_lazily("archive.verbs.proof", "run_cite"))


def _lazily(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    """The function of a module that is imported only when the verb runs: it loads a database library."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(import_module(module), function)(options)
        return code

    return run


def _cursor(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected a cursor of an earlier answer, found {number}")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, found {number}")
    return number
