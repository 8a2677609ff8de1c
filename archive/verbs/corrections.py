"""The verb correct."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from archive.changes import to_json_number
from archive.corrections import (
    RETRACTED,
    Correction,
    list_corrections,
    make_correction,
    read_lines,
    value_said,
    write_lines,
)
from archive.errors import NotFound
from archive.packed.figures import to_stored
from archive.queries import find_named
from archive.store import Archive, naming_errors
from archive.verbs.columns import aligned, cut
from archive.verbs.keep import command_of, print_json
from parsers.forms import label_of
from parsers.report import Number


def run_correct(options: argparse.Namespace) -> int:
    """``nianbao correct set|retract|list|export|import``."""
    doing: dict[str, Callable[[argparse.Namespace], int]] = {
        "set": _run_set,
        "retract": _run_retract,
        "list": _run_list,
        "export": _run_export,
        "import": _run_import,
    }
    return doing[options.doing](options)


def _run_set(options: argparse.Namespace) -> int:
    return _put(options, *value_said(options.value))


def _run_retract(options: argparse.Namespace) -> int:
    return _put(options, RETRACTED, None)


def _put(options: argparse.Namespace, status: str, value: Number | None) -> int:
    with Archive.open(options.archive, write=True) as archive:
        version = find_named(archive, [options.version]).version
        digest = archive.db.execute("SELECT payload_digest FROM versions WHERE id = ?", (version,)).fetchone()[0]
        correction = Correction(digest, options.key, status, value, options.who, options.why, options.source, "")
        correction = make_correction(archive, version, correction)
    if options.json:
        print_json(_facts(correction))
    else:
        said = "as it was read" if status == RETRACTED else value if value is not None else status
        print(f"v{version} {correction.key} {label_of(correction.key)}: {said}, by {correction.who}: {correction.why}")
        print(f"next: {command_of(options)} show v{version} · {command_of(options)} correct list")
    return 0


def _run_list(options: argparse.Namespace) -> int:
    with Archive.open(options.archive, write=False) as archive:
        corrections = list(list_corrections(archive))
    if options.json:
        print_json([_facts(one) for one in corrections])
        return 0
    rows = [
        (one.made_at, one.payload_digest[:12], one.key, one.status if one.value is None else one.value, one.who,
         cut(one.why, 60))
        for one in corrections
    ]  # fmt: skip
    print("\n".join(aligned([("made at", "payload", "cell", "is", "who", "why"), *rows])))
    return 0


def _run_export(options: argparse.Namespace) -> int:
    with Archive.open(options.archive, write=False) as archive, naming_errors(options.archive):
        if options.json and options.output is None:
            print_json([_facts(one) for one in list_corrections(archive)])
            return 0
        opened = nullcontext(sys.stdout) if options.output is None else options.output.open("w", encoding="utf-8")
        with opened as out:
            count = sum(1 for line in write_lines(archive) if out.write(f"{line}\n"))
    print(f"nianbao: {count} corrections written", file=sys.stderr)
    if options.json:
        print_json({"written": count})
    return 0


def _run_import(options: argparse.Namespace) -> int:
    with Archive.open(options.archive, write=True) as archive:
        try:
            lines = options.file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise NotFound(f"expected a file of JSON Lines at {options.file}: {error}") from error
        new, known = read_lines(archive, lines)
    if options.json:
        print_json({"new": new, "known": known})
    else:
        print(f"{new} corrections taken, {known} known before")
    return 0


def _facts(one: Correction) -> dict[str, Any]:
    value = to_json_number(to_stored(one.value))
    names = ("payload_digest", "key", "status", "who", "why", "source", "made_at")
    return {name: getattr(one, name) for name in names} | {"value": value}
