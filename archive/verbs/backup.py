"""What the verbs backup and restore print."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from archive.backup import SETTINGS, Copied, back_up, restore
from archive.errors import Damaged
from archive.remote import BadPlace, address_of, fetch_file, is_remote, put_file
from archive.verbs.keep import command_of, print_json
from parsers.limited.scratch import scratch_folder


def run_backup(options: argparse.Namespace, settings: Mapping[str, bytes]) -> int:
    """``nianbao backup``: 0 made and sound, 7 made of an archive that is damaged: one line for each item."""
    if is_remote(options.target):
        copied = _back_up_there(options, settings)
    else:
        copied = back_up(options.archive, options.target, settings)
    if options.json:
        print_json(_facts_of(copied))
    else:
        _print(copied, "written")
        print(f"put back by: nianbao --archive NEW-FOLDER restore {shlex.quote(_named(copied.place))}")
    return Damaged.exit_code if copied.damages else 0


def _back_up_there(options: argparse.Namespace, settings: Mapping[str, bytes]) -> Copied:
    """A copy in one file, put on a storage when it is whole and verified."""
    address = address_of(options.target)
    if not address.endswith(".tar"):
        raise BadPlace(f"expected s3://BUCKET/NAME.tar, found {address}")
    with scratch_folder() as folder:
        copied = back_up(options.archive, folder / "copy.tar", settings)
        put_file(folder / "copy.tar", address)
    return replace(copied, place=Path(address))


def run_restore(options: argparse.Namespace) -> int:
    """``nianbao restore``: 0 put back; what is not sound is not put back (7)."""
    if is_remote(options.source):
        with scratch_folder() as folder:
            fetch_file(options.source, folder / "copy.tar")
            copied = restore(folder / "copy.tar", options.archive)
    else:
        copied = restore(options.source, options.archive)
    if options.json:
        print_json(_facts_of(copied))
        return 0
    _print(copied, "put back")
    if options.source.is_dir() and (options.source / SETTINGS).is_dir():
        print(f"your settings of then are in {options.source / SETTINGS}, and were not put back")
    print(f"next: {command_of(options)} verify · {command_of(options)} status")
    return 0


def _print(copied: Copied, done: str) -> None:
    for damage in copied.damages:
        print(f"{damage.what}: {damage.says}")
    for note in copied.notes:
        print(f"note: {note}")
    size = sum(copied.files.values())
    print(f"{done}: {_named(copied.place)} ({-(-size // 2**20):,} MB, {copied.runs} runs with a folder)")
    if copied.head is not None:
        print(f"manifest {copied.head.number}: {copied.head.digest} (note it elsewhere)")
    print(f"{len(copied.damages)} damaged, as in the archive" if copied.damages else "everything is as it was kept")


def _named(place: Path) -> str:
    return address_of(place) if is_remote(place) else str(place)


def _facts_of(copied: Copied) -> dict[str, object]:
    head = copied.head
    return {
        "place": _named(copied.place),
        "sound": not copied.damages,
        "files": copied.files,
        "runs": copied.runs,
        "head": None if head is None else {"number": head.number, "digest": head.digest, "made_at": head.made_at},
        "damaged": [asdict(damage) for damage in copied.damages],
        "notes": copied.notes,
    }
