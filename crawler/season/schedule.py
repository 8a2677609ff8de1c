"""The season on a schedule: units for systemd, lines for cron, a file for compose."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from archive.errors import NoRoom

SHIPPED = Path(__file__).parents[1] / "deploy"
KINDS = {
    "systemd": ("nianbao-season.service", "nianbao-season.timer", "nianbao-sweep.service", "nianbao-sweep.timer"),
    "cron": ("crontab",),
    "compose": ("compose.yaml",),
}
TIMERS = ("nianbao-season.timer", "nianbao-sweep.timer")


def render_schedule(kind: str, archive: Path, contact: str) -> dict[str, str]:
    """One of KINDS → file name → its text, for this program, an archive's folder and the keeper's contact."""
    quote = {"systemd": _for_systemd, "cron": _for_cron, "compose": _for_compose}[kind]
    words = {
        "@NIANBAO@": quote(_program()),
        "@ARCHIVE@": quote(str(archive.absolute())),
        "@CONTACT@": shlex.quote(contact) if kind == "cron" else quote(contact),
        "@CHECKOUT@": quote(str(SHIPPED.parents[1])),
        "@USER@": quote(f"{os.getuid()}:{os.getgid()}"),
    }
    rendered = {}
    for name in KINDS[kind]:
        text = (SHIPPED / name).read_text("utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        rendered[name] = text
    return rendered


def install_units(archive: Path, contact: str) -> Path:
    """Writes systemd's units for the present user; returns their folder. Raises NoRoom."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in render_schedule("systemd", archive, contact).items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise NoRoom(f"{folder} cannot be written: {error}") from error
    return folder


def _program() -> str:
    """The command that runs this program: the one beside this Python, else the one in the path."""
    beside = Path(sys.executable).with_name("nianbao")
    return str(beside) if beside.exists() else shutil.which("nianbao") or str(beside)


def _for_compose(text: str) -> str:
    """A word as YAML 1.2 quotes it (JSON's strings are a part of it), $ doubled: compose interpolates values."""
    return json.dumps(text.replace("$", "$$"), ensure_ascii=False)


def _for_cron(text: str) -> str:
    """A word as the shell quotes it, % escaped: in a command cron takes it for the end of the line (crontab(5))."""
    return shlex.quote(text).replace("%", r"\%")


def _for_systemd(text: str) -> str:
    """A word as unit files quote it: % and $ doubled, in double quotes where it has white space."""
    escaped = text.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{escaped}"' if any(one.isspace() for one in text) else escaped
