"""The verbs that keep: import, export, runs, status."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from archive.clock import parse_time, read_clock
from archive.exports import Selection, expect_honoured, find_export
from archive.fixity.manifests import head_of
from archive.imports import import_files
from archive.queries import find_named, list_not_seen, summarise_archive
from archive.remote import address_of, is_remote, put_file
from archive.runs.run import list_runs
from archive.season.status import season_facts, season_lines
from archive.store import Archive, naming_errors
from archive.verbs.columns import aligned, cut
from parsers.limited.scratch import scratch_folder

PARTLY = 4


def run_import(options: argparse.Namespace) -> int:
    """``nianbao import``: 0 all read, 4 some not, 1 none (or no file at all)."""
    captured_at = read_clock() if options.captured_at is None else parse_time(options.captured_at)
    with Archive.open(options.archive, write=True) as archive:
        summary = import_files(archive, options.paths, options.url, captured_at)
    if options.json:
        print_json(summary)
    else:
        files, failed = int(str(summary["files"])), int(str(summary["failed"]))
        print(f"{files} files: {files - failed} read, {failed} not{_in_brackets(summary['codes'])}")
        _print_warcs(summary.get("warcs"))
        print(
            f"{summary['reports']} reports, {summary['new_versions']} new versions, "
            f"{summary['revisits']} files known before"
        )
        nianbao = command_of(options)
        print(f"next: {nianbao} search WORDS · {nianbao} status")
    if not summary["failed"] and summary["files"]:
        return PARTLY if _has_problems(summary) else 0
    return PARTLY if summary["files"] != summary["failed"] else 1


def _print_warcs(warcs: Any) -> None:
    if warcs is None:
        return
    print(
        f"web archives: {warcs['records']} records, {warcs['taken']} looks of others taken, {warcs['known']} known "
        f"before, {sum(warcs['not_taken'].values())} not taken{_in_brackets(warcs['not_taken'])}"
    )
    print(f"made by: {'; '.join(warcs['made_by']) or 'they do not say'}")
    for one in warcs["examples"]:
        print(f"{one['code']}: {one['file']} {one['record']}: {one['says']}")
    if warcs["problems"]:
        print(f"problems: {_counts(warcs['problems'])}")


def _has_problems(summary: Mapping[str, Any]) -> bool:
    return bool(summary.get("warcs", {}).get("problems"))


def run_export(options: argparse.Namespace) -> int:
    """``nianbao export``: all of it from one state of the archive, whatever is written there meanwhile."""
    export = find_export(options.format)
    with Archive.open(options.archive, write=False) as archive, naming_errors(options.archive):
        archive.db.execute("BEGIN")
        report = find_named(archive, [options.report]).report if options.report else None
        selection = Selection(
            options.year, options.region, options.since, options.site, options.of_run, report,
            options.table, options.bom,
        )  # fmt: skip
        expect_honoured(export, selection)
        opened = nullcontext(sys.stdout.buffer) if options.output is None else _written(options.output)
        with opened as out:
            count = export.write_export(archive, selection, out)
    print(f"nianbao: {options.format}: {count} written", file=sys.stderr)
    return 0


def _written(path: Path) -> AbstractContextManager[BinaryIO]:
    return _written_there(path) if is_remote(path) else _written_whole(path)


@contextmanager
def _written_there(place: Path) -> Iterator[BinaryIO]:
    """A file that is put on a storage when it is whole."""
    address_of(place)  # what is no place is told of before any work
    with scratch_folder() as folder:
        with (folder / place.name).open("wb") as out:
            yield out
        put_file(folder / place.name, place)


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that has its name only when it is whole; what is no plain file (a pipe, a device) is written as it is."""
    if path.exists() and not path.is_file():
        with naming_errors(path), path.open("wb") as out:
            yield out
        return
    part = path.with_name(f"{path.name}.part")
    with naming_errors(path):
        try:
            with part.open("wb") as out:
                yield out
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def run_runs(options: argparse.Namespace) -> int:
    """``nianbao runs``."""
    with Archive.open(options.archive, write=False) as archive:
        runs = list_runs(archive)
    if options.json:
        print_json(runs)
        return 0
    head = ("run", "state", "started", "requests", "captures", "revisits", "new versions", "reports", "command")
    keys = ("run", "state", "started_at", "requests", "captures", "revisits", "new_versions", "reports")
    rows = [head, *([*(run[key] for key in keys), cut(str(run["command"]), 60)] for run in runs)]
    print("\n".join(aligned(rows, right=frozenset({0, 3, 4, 5, 6, 7}))))
    return 0


def run_status(options: argparse.Namespace) -> int:
    """``nianbao status``."""
    with Archive.open(options.archive, write=False) as archive:
        status = summarise_archive(archive)
        absent = list_not_seen(archive)
        head = head_of(archive)
        season = season_lines(archive, command_of(options))
        status |= {
            "season": season_facts(archive),
            "manifest": None if head is None else {"number": head.number, "digest": head.digest},
        }
    if options.json:
        print_json(status)
        return 0
    names = ("sites", "captures", "reports", "renditions", "versions", "readings", "cells", "checks_broken", "not_seen")
    print("\n".join(aligned([(name.replace("_", " "), status[name]) for name in names], right=frozenset({1}))))
    payloads = status["payloads"]
    print(f"payloads: {payloads['count']}, {payloads['bytes']:,} bytes kept in {payloads['bytes_taken']:,}")
    print(f"unread versions: {_counts(status['unread'])}")
    print(f"documents that are no report: {_counts(status['not_reports'])}")
    for one in absent[:20]:
        print(
            f"not seen: {one['report']} {one['organisation']} {one['report_year']} ({one['format']}): "
            f"present on {one['last_seen']}, not seen on {one['looked_at']} ({one['outcome']}), "
            f"looked {one['looks']} times"
        )
    last = status["last_run"]
    if last is not None:
        print(f"last run {last['run']} ({last['state']}): {cut(last['command'], 60)}: {_counts(last['outcomes'])}")
    if head is not None:
        print(f"manifest {head.number}: {head.digest} (note it elsewhere: what was before it cannot be rewritten then)")
    for line in season:
        print(line)
    nianbao = command_of(options)
    print(f"next: {nianbao} reparse" if status["unread"] else f"next: {nianbao} search WORDS · {nianbao} runs")
    return 0


def command_of(options: argparse.Namespace) -> str:
    """How a person calls nianbao on this archive: with --archive where they said which."""
    return (
        "nianbao"
        if options.archive == getattr(options, "usual_archive", None)
        else f"nianbao --archive {shlex.quote(str(options.archive))}"
    )


def print_json(facts: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(facts, ensure_ascii=False))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


def _in_brackets(counts: Any) -> str:
    return f" ({_counts(counts)})" if counts else ""
