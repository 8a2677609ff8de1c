"""The season on a schedule: units for systemd, lines for cron, a file for compose."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from archive.errors import NoRoom

SHIPPED = Path(__file__).parent / "deploy"
KINDS = {
    "systemd": ("nianbao-season.service", "nianbao-season.timer", "nianbao-sweep.service", "nianbao-sweep.timer"),
    "cron": ("crontab",),
    "compose": ("compose.yaml",),
}
TIMERS = ("nianbao-season.timer", "nianbao-sweep.timer")


def render_schedule(kind: str, archive: Path, contact: str) -> dict[str, str]:
    """One of KINDS → file name → its text, for this program, an archive's folder and the keeper's contact."""
    quote = _for_systemd if kind == "systemd" else shlex.quote if kind == "cron" else str
    words = {
        "@NIANBAO@": quote(_program()),
        "@ARCHIVE@": quote(str(archive.absolute())),
        "@CONTACT@": contact if kind == "compose" else quote(contact),
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


def _for_systemd(text: str) -> str:
    """A word as unit files quote it: % and $ doubled, in double quotes where it has white space."""
    escaped = text.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{escaped}"' if any(one.isspace() for one in text) else escaped
