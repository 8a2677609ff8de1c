"""The verbs of operation: config, backup, restore, scaffold."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_operation_verbs(verbs: Verbs) -> None:
    """Adds config, backup, restore, scaffold."""
    config = verbs.add_parser("config", help="your settings", description="Your settings.")
    actions = config.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser(
        "show",
        help="every setting, what it is and what it does",
        description="Every setting there is: its value, secrets hidden, and what it does. A flag goes before the "
        "environment, the environment before config.toml. Exit code 2: one of them cannot be what it says.",
    )
    show.add_argument("--origin", action="store_true", help="also where each value comes from")
    show.add_argument("--json", action="store_true", help="print them as JSON")
    show.set_defaults(run=run_config_show)

    backup = verbs.add_parser(
        "backup",
        help="a copy of the archive, also while a run is writing",
        description="Copies the archive as it stands at one moment, while runs go on writing, with the folders of runs "
        "and your settings without secrets; verifies the copy and seals it. Nothing is written over. Exit code 7: the "
        "archive is damaged; the copy is kept all the same, and each damaged item is one line.",
    )
    backup.add_argument(
        "target", type=Path, metavar="FOLDER|FILE", help="a new folder, a new file NAME.tar, or s3://BUCKET/NAME.tar"
    )
    backup.add_argument("--json", action="store_true", help="print what was copied as JSON")
    backup.set_defaults(run=run_backup)

    restore = verbs.add_parser(
        "restore",
        help="put such a copy back",
        description="Makes an archive of a copy, in a folder where none is yet (--archive), when it was verified. Exit "
        "code 7: the copy is not as it was made, and nothing is put back.",
    )
    restore.add_argument("source", type=Path, metavar="FOLDER|FILE", help="what nianbao backup wrote, s3:// too")
    restore.add_argument("--json", action="store_true", help="print what was put back as JSON")
    restore.set_defaults(run=run_restore)

    scaffold = verbs.add_parser(
        "scaffold",
        help="begin a new family, format, form or export",
        description="Writes the new file of a CMS family, a file format, a form or an export into a checkout, and a "
        "test that fails until it is made good. For a portal: nianbao sites scaffold.",
    )
    scaffold.add_argument("kind", choices=("family", "format", "form", "export"), help="what is to be added")
    scaffold.add_argument(
        "name", metavar="NAME", help="a lower-case word, of a form requests_2027: the file is called by it"
    )
    scaffold.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="a checkout (default: here)")
    scaffold.set_defaults(run=run_scaffold)


def run_config_show(options: argparse.Namespace) -> int:
    """Prints the settings. Raises BadConfig."""
    from archive.verbs.columns import aligned
    from crawler.preferences import config_path, list_settings, unknown_variables

    path = config_path()
    settings, unknown = list_settings(options.flags), unknown_variables()
    if options.json:
        facts = {
            "file": str(path),
            "is_there": path.is_file(),
            "settings": [asdict(one) for one in settings],
            "unknown_variables": list(unknown),
        }
        print(json.dumps(facts, ensure_ascii=False))
        return 0
    head = ("setting", "value", "from", "what it does") if options.origin else ("setting", "value", "what it does")
    rows = [
        (one.key or one.variable, one.value or "–", *((one.origin,) if options.origin else ()), one.says)
        for one in settings
    ]
    print("\n".join(aligned([head, *rows])))
    print(f"config.toml: {path}{'' if path.is_file() else ', which is not there'}")
    print("in the environment: NIANBAO_ and the setting's name, as in NIANBAO_CONTACT, NIANBAO_NOTIFY_WEBHOOK")
    for name in unknown:
        print(f"{name} is in the environment, and nothing reads it")
    return 0


def run_backup(options: argparse.Namespace) -> int:
    """Makes a copy, the settings without secrets in it. Raises what ``archive.backup.back_up`` does, and BadConfig."""
    from archive.verbs.backup import run_backup as run
    from crawler.preferences import as_toml, read_config
    from crawler.registry import own_sites

    settings = {"config.toml": as_toml(read_config()).encode("utf-8")}
    settings |= {f"sites/{file.name}": file.read_bytes() for file in sorted(own_sites().glob("*.toml"))}
    return run(options, settings)


def run_restore(options: argparse.Namespace) -> int:
    """Puts a copy back. Raises what ``archive.backup.restore`` does."""
    from archive.verbs.backup import run_restore as run

    return run(options)


def run_scaffold(options: argparse.Namespace) -> int:
    """Writes the files of a beginning and says what is next. Raises Usage, Occupied, NoRoom."""
    from crawler.contributing.scaffold import scaffold

    made = scaffold(options.kind, options.name, options.into)
    for path in made.paths:
        print(f"written: {path}")
    print(f"next: python -m pytest {made.test}   fails; go through each TODO until it does not")
    print(made.then)
    return 0
