"""LibreOffice: what it may not reach, where it is not run, and what it does when it is stopped."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from parsers.child import Child
from parsers.errors import DocumentError, NeedsLibreOffice
from parsers.report import Hints
from parsers.word.libreoffice import convert_to_docx, why_not_run
from tests.batteries.documents_measured import below, measured
from tests.batteries.documents_mutations import ROOT
from tests.batteries.documents_outside import for_libreoffice
from tests.batteries.documents_traps import Traps
from tests.batteries.figures import Row, Scale, row_of

REFUSED = ROOT / "tests" / "parsers" / "documents" / "word" / "libreoffice_refused.doc"
"""A document that the own reader hands on."""
_STRIKES = (signal.SIGSTOP, signal.SIGSEGV, signal.SIGKILL)


def read_by_libreoffice(scale: Scale) -> Row:
    """Documents that ask, under a name that ends in .doc; the whole form shows first that they do when left alone."""
    said = []
    if scale is Scale.WHOLE:
        with tempfile.TemporaryDirectory() as folder:  # its own: what is planted there is opened
            alone = _left_alone(Path(folder))
        said += [(f"{name} left alone", "" if asked else "asks nothing") for name, asked in alone]
    with tempfile.TemporaryDirectory() as name, Traps(Path(name)) as traps:
        documents = for_libreoffice(traps.url, traps.planted, traps.written)
        for what in list(documents)[: scale.pick(1, len(documents))]:
            try:
                made = convert_to_docx(documents[what], ".doc")
                wrong = "the planted text is in what it made" if _holds(made, traps.secret) else ""
            except NeedsLibreOffice as reason:
                wrong = reason.says
            except DocumentError:
                wrong = ""
            said.append((what, traps.sprung() or wrong))
    return row_of(
        "remote pictures, styles, templates, sections, DDE, macros in LibreOffice: nobody asked, none run", said
    )


def _left_alone(folder: Path) -> list[tuple[str, str]]:
    """What the same documents do without the program's precautions, where only this machine can be reached."""
    ran = subprocess.run(
        ["unshare", "--net", "--", sys.executable, "-m", "tests.batteries.documents_control", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    asked: dict[str, str] = json.loads(ran.stdout)
    return [(name, said) for name, said in asked.items() if name != "asking_rtf"]  # 7.4 follows no link of RTF


def _holds(made: bytes, secret: str) -> bool:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return any(secret.encode() in package.read(name) for name in package.namelist())


def without_namespace() -> Row:
    """Where the network cannot be cut off: no ``unshare``, and one that is forbidden."""
    said = []
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), Path(name, "started")
        _script(folder / "soffice", f"touch {started}")
        for what, says in (("no unshare", None), ("unshare forbidden", "exit 1")):
            if says is not None:
                _script(folder / "unshare", says)
            kept = os.environ["PATH"]
            os.environ["PATH"] = str(folder)
            try:
                with Child() as child:
                    end = measured(what, child, lambda: child.read(REFUSED.read_bytes(), Hints()))
            finally:
                os.environ["PATH"] = kept
            wrong = "" if end.code == "needs_libreoffice" and "network" in end.says else f"{end.code}: {end.says}"
            said.append((what, "LibreOffice was started" if started.exists() else wrong))
    return row_of("network that cannot be cut off: LibreOffice is not run, and the outcome says so", said)


def _script(path: Path, says: str) -> None:
    shell = shutil.which("sh")
    path.write_text(f"#!{shell}\n{says}\n", "ascii")
    path.chmod(0o755)


def stopped_libreoffice(scale: Scale) -> Row:
    """Stopped, crashed or killed while it works: the document ends with a name, and nothing of it lives on."""
    said = []
    seconds = 0.0
    short = scale is Scale.SHORT
    if reason := why_not_run():
        return row_of("LibreOffice stopped, crashed, killed while it works", [("LibreOffice", reason)])
    for which in _STRIKES[: scale.pick(1, len(_STRIKES))]:
        entry = "tests.batteries.documents_briefly" if short or which is not signal.SIGSTOP else "parsers.child"
        with Child(entry) as child:
            strike = _Strike(child.pid, which)
            strike.start()
            end = measured(which.name, child, lambda: child.read(REFUSED.read_bytes(), Hints()))
            strike.over.set()
            strike.join()
            alive = below(child.pid)
        seconds = max(seconds, end.seconds)
        wanted = {"timeout"} if which is signal.SIGSTOP else {"crash", "timeout"}
        wrong = "" if end.code in wanted else f"expected {wanted}, found {end.code}: {end.says}"
        said.append((which.name, wrong or ("it was not struck" if not strike.struck else " ".join(map(str, alive)))))
    return row_of("LibreOffice stopped, crashed, killed while it works", said, seconds)


class _Strike(threading.Thread):
    """Waits for LibreOffice's own process below another, and strikes it."""

    def __init__(self, pid: int, which: signal.Signals) -> None:
        super().__init__(daemon=True)
        self.pid, self.which = pid, which
        self.over = threading.Event()
        self.struck = False

    def run(self) -> None:
        while not self.struck and not self.over.wait(0.02):
            for pid in below(self.pid):
                if _name_of(pid) == "soffice.bin":
                    time.sleep(0.1)
                    os.kill(pid, self.which)
                    self.struck = True


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
