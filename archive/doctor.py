"""What this machine has and lacks for keeping and reading: what the lack costs, and how to get it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from archive.clock import parse_time, read_clock, stamp
from archive.errors import BadClock, NotAnArchive
from archive.store import Archive
from parsers.pdf import native
from parsers.sight.installed import is_installed, release
from parsers.word.libreoffice import why_not_run

_LEAST_ROOM = 2 * 2**30  # bytes: a season of a few hundred portals
# Where systems keep fonts, for machines without fontconfig's programs; file names of fonts with Chinese characters.
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
_CHINESE = ("cjk", "uming", "ukai", "wqy", "pingfang", "songti", "heiti", "simsun", "msyh", "droidsansfallback")
# Extra → the module that shows that it is installed, what for, and what is lost without it.
_EXTRAS = {
    "cluster": (
        "distributed",
        "runs and readings on several machines",
        "no --scheduler; --workers is of this machine",
    ),
    "datasette": ("datasette", "readers' own questions", "no nianbao serve --datasette"),
    "parquet": ("pyarrow", "export parquet", "no nianbao export parquet"),
    "s3": ("s3fs", "copies on S3-compatible storage", "backup, export and merge take folders alone, no s3://"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``costs``: what cannot be done for lack of it, "" where nothing is lacking.

    ``remedy``: what to type, or where to get it; "" where nothing is lacking or where there is nothing to be done.
    """

    what: str
    found: str
    costs: str = ""
    remedy: str = ""


def examine(folder: Path) -> tuple[Finding, ...]:
    """What keeping and reading need, for the archive in ``folder``; reads the machine, changes nothing."""
    return (
        Finding("Python", sys.version.split()[0]),
        _sqlite(),
        _libreoffice(),
        _pdf(),
        Finding("OCR", release())
        if is_installed()
        else Finding("OCR", "none", "scans and pictures stay unread, as needs_ocr", get_extra("ocr")),
        *_extras(),
        _fonts(),
        *_archive(folder),
        _room(folder),
    )


def get_extra(extra: str) -> str:
    """The command that adds an extra to this installation, by the program that made it."""
    wanted = f"'nianbao[{extra}]'"
    for left_behind, command in (("pipx_metadata.json", "pipx install"), ("uv-receipt.toml", "uv tool install")):
        if (Path(sys.prefix) / left_behind).is_file():
            return f"{command} --force {wanted}"
    return f"pip install {wanted}"


def get_package(debian: str, elsewhere: str) -> str:
    """The command that installs a system's package where that is Debian's, else where it is to be had."""
    return f"sudo apt-get install --no-install-recommends {debian}" if shutil.which("apt-get") else elsewhere


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    with_words = any("ENABLE_FTS5" in row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options"))
    lacks = [] if sqlite3.sqlite_version_info >= (3, 40) else ["3.40 or later is needed"]
    lacks += [] if with_words else ["it is built without FTS5: no search"]
    return Finding(
        "SQLite", version, "; ".join(lacks), "a Python from python.org or uv brings its own" if lacks else ""
    )


def _libreoffice() -> Finding:
    if not (why := why_not_run()):
        return Finding("LibreOffice", "runs, its network cut off")
    is_there = shutil.which("soffice") or shutil.which("libreoffice")
    remedy = "" if is_there else get_package("libreoffice-writer-nogui", "https://www.libreoffice.org")
    costs = f"DOC that our own reader refuses stays unread: {why}"
    return Finding("LibreOffice", "none that can be run", costs, remedy)


def _pdf() -> Finding:
    if native.COMPILED is not None:
        return Finding("PDF", "its loops are compiled")
    costs = "a PDF takes half as much time again; what is read is the same"
    return Finding("PDF", f"read by Python alone: {native.WHY_NOT}", costs, f"{sys.executable} -m parsers.pdf.native")


def _extras() -> Iterator[Finding]:
    for extra, (module, what, costs) in _EXTRAS.items():
        found = find_spec(module) is not None
        yield Finding(extra, what) if found else Finding(extra, "none", costs, get_extra(extra))


def _fonts() -> Finding:
    """Chinese characters of a PDF that embeds no font are drawn with the system's."""
    if (program := shutil.which("fc-list")) is not None:
        asked = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False)
        families = sorted({line.split(",")[0] for line in asked.stdout.splitlines() if line.strip()})
    else:
        files = (path for folder in _FONTS if Path(folder).is_dir() for path in Path(folder).rglob("*"))
        families = sorted({path.stem for path in files if any(one in path.name.lower() for one in _CHINESE)})
    if families:
        return Finding("Chinese fonts", families[0] + (f" and {len(families) - 1} more" if families[1:] else ""))
    costs = "pictures of PDFs that embed no fonts show no Chinese; what is read does not depend on it"
    return Finding("Chinese fonts", "none", costs, get_package("fonts-noto-cjk", "https://fonts.google.com/noto"))


def _archive(folder: Path) -> tuple[Finding, Finding]:
    """The archive, and the clock beside what the archive has seen."""
    try:
        with Archive.open(folder, write=False) as archive:
            reports = archive.db.execute("SELECT count(*) FROM reports").fetchone()[0]
            looked = archive.db.execute("SELECT max(captured_at) FROM captures WHERE third_party = ''").fetchone()[0]
    except NotAnArchive as error:
        return Finding("archive", f"none in {folder}", str(error)), _clock(None)
    return Finding("archive", f"{folder}, {reports} reports"), _clock(looked)


def _clock(looked: str | None) -> Finding:
    """Nothing here knows the time; but it is later than the last look and than the day this was installed."""
    set_it = "timedatectl set-ntp true, or set it by hand"
    try:
        now = read_clock()
    except BadClock as error:
        return Finding("clock", "NIANBAO_NOW is no time", str(error), "unset NIANBAO_NOW")
    said = stamp(now)
    if os.environ.get("NIANBAO_NOW"):
        return Finding("clock", f"{said}, as NIANBAO_NOW says", "looks are dated by it", "unset NIANBAO_NOW")
    if looked is not None and parse_time(looked) > now:
        return Finding("clock", said, f"it is before the last look, {looked}: no crawl goes on", set_it)
    if datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC) > now:
        return Finding("clock", said, "it is before nianbao was installed: looks would bear a wrong date", set_it)
    return Finding("clock", said)


def _room(folder: Path) -> Finding:
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    elsewhere = "nianbao --archive DIR, or archive in config.toml"
    if not os.access(place, os.W_OK):
        return Finding("room", f"{place} may not be written", "nothing can be kept there", elsewhere)
    free = shutil.disk_usage(place).free
    is_short = free < _LEAST_ROOM
    found = f"{free / 2**30:.1f} GiB free"
    return Finding("room", found, "a season may not fit", elsewhere) if is_short else Finding("room", found)
