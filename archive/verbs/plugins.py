"""The verb of readers that others install beside ours: plugins."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

PARTLY = 4


def add_plugin_verbs(verbs: Verbs) -> None:
    """Adds ``plugins list|run|compare``."""
    verb = verbs.add_parser(
        "plugins",
        help="other readers beside ours",
        description="Other readers, installed as packages with the entry point group nianbao.parsers. What they read "
        "is kept beside what we read, and compared cell by cell.",
    )
    doing = verb.add_subparsers(dest="doing", metavar="DOING", required=True)
    doing.add_parser("list", help="those installed", description="Lists those installed; none of them is loaded.")
    run = doing.add_parser(
        "run",
        help="let one read what is kept",
        description="Gives a plug-in every version that this release of it has not read, in a limited process. Exit "
        "code 4: some it could not read.",
    )
    compare = doing.add_parser("compare", help="its figures against ours", description="Compares cell by cell.")
    for one in (run, compare):
        one.add_argument("name", metavar="NAME", help="as plugins list names it")
    compare.add_argument("--limit", type=int, default=100, metavar="N", help="differences to list (default: 100)")
    for one in doing.choices.values():
        one.add_argument("--json", action="store_true", help="print as JSON")
    verb.set_defaults(run=run_plugins)


def run_plugins(options: argparse.Namespace) -> int:
    """``nianbao plugins``."""
    return {"list": _list, "run": _run, "compare": _compare}[options.doing](options)


def _list(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from archive.verbs.columns import aligned
    from archive.verbs.keep import print_json
    from parsers.plugins import GROUP, list_installed

    installed = list_installed()
    if options.json:
        print_json([asdict(one) for one in installed])
    elif installed:
        print("\n".join(aligned([(one.name, one.value, f"{one.package} {one.version}") for one in installed])))
    else:
        print(f"none; a package adds one with the entry point group {GROUP}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from archive.reparsing.plugins import run_plugin
    from archive.store import Archive
    from archive.verbs.keep import print_json

    with Archive.open(options.archive, write=True) as archive:
        done = run_plugin(archive, options.name)
    if options.json:
        print_json(asdict(done))
    else:
        why = "".join(f", {count} {code}" for code, count in sorted(done.codes.items()))
        print(f"{done.plugin} {done.release}: {done.versions} versions tried, {done.read} read{why}")
        if done.several:
            print(f"{done.several} files hold several reports and were not tried")
    return PARTLY if done.codes else 0


def _compare(options: argparse.Namespace) -> int:
    from archive.reparsing.plugins import compare_plugin
    from archive.store import Archive
    from archive.verbs.columns import aligned, cut
    from archive.verbs.keep import print_json
    from parsers.forms import label_of

    with Archive.open(options.archive, write=False) as archive:
        found = compare_plugin(archive, options.name, options.limit)
    if options.json:
        print_json(found)
        return 0
    print(
        f"{found['plugin']} {found['release']}: {found['versions']} versions; {found['agree']} cells agree, "
        f"{found['differ']} differ, {found['only_ours']} only we read, {found['only_theirs']} only they read"
    )
    rows = [
        (one["version"], one["key"], cut(label_of(one["key"]), 40), one["ours"], one["theirs"], one["verdict"])
        for one in found["differences"]
    ]
    print("\n".join(aligned([("version", "key", "", "ours", "theirs", ""), *rows], right=frozenset({3, 4}))))
    return 0
