"""The verb of this room: parse, which needs no archive."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.report import Report, Value

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verbs(verbs: Verbs) -> None:
    """Adds ``parse``; it sets ``run``, a function from the parsed options to an exit code."""
    parse = verbs.add_parser(
        "parse",
        help="read one file and print what it says; no archive is needed",
        description="Reads one file in a limited process and prints what the report in it says, where each figure "
        "stands, and every doubt. Exit code 1: it is not read, and the line says why.",
    )
    parse.add_argument("file", type=Path, metavar="FILE", help="an annual report in any format, or a ZIP of some")
    parse.add_argument("--json", action="store_true", help="print the parse document (docs/schema/parse.json)")
    parse.add_argument("--all", action="store_true", help="print every report of the file, not only the first")
    parse.add_argument("--url", default="", metavar="URL", help="where the file came from, as a hint")
    parse.add_argument("--why", default="", metavar="KEY", help="explain one figure: requests.granted.total")
    parse.set_defaults(run=run_parse)


def run_parse(options: argparse.Namespace) -> int:
    """Reads one file in a limited child process. Raises DocumentError (exit 1)."""
    from parsers.parse_document import report_to_dict
    from parsers.readers import Reader
    from parsers.report import Hints

    try:
        payload = options.file.read_bytes()
    except OSError as error:
        return _refuse(options, "unreadable", f"expected a file, found {options.file}: {error.strerror}")
    if options.why:
        return _explain(options, payload)
    with Reader() as reader:
        reports = reader.read(payload, Hints(url=options.url))
    if options.json:
        documents = [report_to_dict(report) for report in reports]
        print(json.dumps({"reports": documents} if options.all else documents[0], ensure_ascii=False))
    else:
        print("\n\n".join(_told(report) for report in (reports if options.all else reports[:1])))
    return 0


def _explain(options: argparse.Namespace, payload: bytes) -> int:
    """Prints why a figure is what it is; 2, with the nearest keys, where no form of the report has the key."""
    from difflib import get_close_matches

    from parsers.forms import labels_by_key
    from parsers.readers import Reader
    from parsers.report import Hints
    from parsers.why import explanation_to_dict
    from parsers.why_told import tell

    key, known = options.why, list(labels_by_key())
    found = []
    if key in known:
        with Reader() as reader:
            found = [one for one in reader.explain(payload, Hints(url=options.url), key) if one is not None]
    if not found:
        says = f"expected a key of the report's forms, found {key}"
        near = [one for one in get_close_matches(key, known, 6, 0.5) if one != key]
        _refuse(options, "unknown_key", f"{says}; near it are {', '.join(near)}" if near else says)
        return 2
    chosen = found if options.all else found[:1]
    if options.json:
        documents = [explanation_to_dict(one) for one in chosen]
        print(json.dumps({"reports": documents} if options.all else documents[0], ensure_ascii=False))
    else:
        print("\n\n".join(tell(one) for one in chosen))
    return 0


def _refuse(options: argparse.Namespace, code: str, says: str) -> int:
    if options.json:
        print(json.dumps({"error": {"code": code, "says": says}}, ensure_ascii=False))
    print(f"nianbao: {code}: {says}", file=sys.stderr)
    return 1


def _told(report: Report) -> str:
    """A report for a person: who, when, the figures that are not zero, and every doubt."""
    from parsers.forms import label_of

    states = [check.state for check in report.checks]
    lines = [
        report.title or "(no title)",
        f"  organisation  {report.organisation or '—'}   region {report.region_code or '—'}",
        f"  report year   {report.report_year or '—'}   published {report.published or '—'}",
        f"  phone         {report.phone or '—'}",
        "  forms         " + "  ".join(f"{table} {form or '—'}" for table, form in report.forms.items()),
        f"  cells         {len(report.values)}: " + _counted([value.status.value for value in report.values]),
        "  checks        " + _counted([state.value for state in states]),
    ]
    shown = [value for value in report.values if value.value != 0]
    lines += ["", *(f"  {_figure(value):>12}  {label_of(value.key)}" for value in shown if value.status == "number")]
    doubtful = [value for value in report.values if value.status in ("unread", "filler")]
    lines += [f"  {value.status.value:>12}  {label_of(value.key)}  {value.raw!r}" for value in doubtful]
    lines += [f"  {'left over':>12}  {one.raw!r} at {one.where}: {one.why}" for one in report.leftover]
    broken = [check for check in report.checks if check.state == "BROKEN"]
    lines += [f"  {'BROKEN':>12}  {one.id} across {one.across}: {one.left} ≠ {one.right}" for one in broken]
    lines += [f"  {one.severity:>12}  {one.code}: {one.says}" for one in report.problems]
    return "\n".join(lines)


def _figure(value: Value) -> str:
    return str(value.value)


def _counted(words: list[str]) -> str:
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "none"
