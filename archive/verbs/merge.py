"""The verb that makes several archives one: merge."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from archive.backup import restore
from archive.merge import Merged, merge_archive
from archive.remote import fetch_file, is_remote
from archive.store import Archive
from archive.verbs.keep import PARTLY, command_of, print_json
from parsers.limited.scratch import scratch_folder


def run_merge(options: argparse.Namespace) -> int:
    """``nianbao merge``: 0 taken, 4 taken, and there are conflicts, which are listed."""
    done: list[Merged] = []
    with Archive.open(options.archive, write=True) as archive:
        for place in options.others:
            with _at_hand(place) as folder:
                done.append(replace(merge_archive(archive, folder), folder=place))
            if not options.json:
                _print(done[-1])
    if options.json:
        print_json([_as_json(one) for one in done])
    else:
        print(f"next: {command_of(options)} status · {command_of(options)} reparse")
    return PARTLY if any(one.conflicts for one in done) else 0


@contextmanager
def _at_hand(place: Path) -> Iterator[Path]:
    """An archive's folder; a copy that ``backup`` put on a storage is fetched, verified, and taken away again."""
    if not is_remote(place):
        yield place
        return
    with scratch_folder() as folder:
        fetch_file(place, folder / "copy.tar")
        restore(folder / "copy.tar", folder / "archive")
        (folder / "copy.tar").unlink()
        yield folder / "archive"


def _print(one: Merged) -> None:
    counts = one.counts
    print(
        f"{one.folder} (archive {one.archive}): {counts['runs']} runs, {counts['captures']} captures, "
        f"{counts['payloads']} payloads, {counts['reports']} reports, {counts['versions']} versions, "
        f"{counts['readings']} readings are new here; {counts['known']} captures were known"
    )
    if counts["corrections"] or counts["withdrawals"] or counts["read"]:
        print(
            f"{counts['corrections']} corrections, {counts['withdrawals']} withdrawals; "
            f"{counts['read']} versions read anew"
        )
    for conflict in one.conflicts:
        print(f"conflict ({conflict.code}) {conflict.subject}: {conflict.says}")


def _as_json(one: Merged) -> dict[str, object]:
    return {
        "folder": str(one.folder),
        "archive": one.archive,
        **one.counts,
        "conflicts": [{"code": x.code, "subject": x.subject, "says": x.says} for x in one.conflicts],
    }
