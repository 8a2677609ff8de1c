"""LibreOffice, run once per document: without network, without macros, within limits."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from parsers.errors import Crashed, NeedsLibreOffice, TimedOut, TooLarge, Unreadable
from parsers.limited.limits import LARGEST_FILE, LIBREOFFICE, lower_limit

_PROGRAMS = ("soffice", "libreoffice")
# The first process of a PID namespace does not get the signals of its limits (pid_namespaces(7)): a shell is that.
_UNDER_A_SHELL = ("sh", "-c", '"$@"; exit $?', "sh")
_SAID = 400
# No macro runs, no link is followed or updated, whatever the document asks for.
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
)
_SWITCHES = ("headless", "invisible", "nologo", "nodefault", "norestore", "nolockcheck", "nofirststartwizard")
# The signals of the CPU limit: as Python counts them, and as a shell passes them on.
_OUT_OF_TIME = frozenset({-signal.SIGXCPU, 128 + signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGKILL})


def convert_to_docx(payload: bytes, suffix: str) -> bytes:
    """A document that LibreOffice reads → the same as DOCX. ``suffix`` is the file name's, as ".doc".

    Raises NeedsLibreOffice (not installed, or the network cannot be cut off), TimedOut, Crashed,
    Unreadable (LibreOffice refuses the document), TooLarge (what it makes of it).
    """
    program = _program()
    command = [*_without_network(), *_UNDER_A_SHELL, program]
    with tempfile.TemporaryDirectory(prefix="nianbao-") as name:
        folder = Path(name)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_settings(), encoding="utf-8")
        source, made = folder / f"document{suffix}", folder / "made" / "document.docx"
        source.write_bytes(payload)
        arguments = [
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *(f"--{switch}" for switch in _SWITCHES),
            *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(made.parent), str(source)),
        ]
        said = _run([*command, *arguments], folder)
        if not made.is_file():
            raise Unreadable(f"expected a document that LibreOffice can load; it says: {said}")
        if made.stat().st_size > LIBREOFFICE.payload:
            raise TooLarge(f"expected at most {LIBREOFFICE.payload} bytes, LibreOffice made {made.stat().st_size}")
        return made.read_bytes()


def why_not_run() -> str:
    """Why LibreOffice cannot be run here, or "" where it can."""
    try:
        _program()
        _without_network()
    except NeedsLibreOffice as error:
        return str(error)
    return ""


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>'
    )


def _run(command: list[str], folder: Path) -> str:
    """Runs it to its end; returns what it said. All it has started ends with it (a PID namespace)."""
    home = str(folder)
    with (folder / "said").open("w+b") as said:
        running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": home, "TMPDIR": home, "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
            preexec_fn=_limit,
        )
        try:
            code = running.wait(LIBREOFFICE.wall)
        except subprocess.TimeoutExpired as error:
            raise TimedOut(f"LibreOffice did not end within {LIBREOFFICE.wall} seconds") from error
        finally:
            running.kill()
            running.wait()
        said.seek(0)
        words = said.read(_SAID).decode("utf-8", "replace").strip()
    if code in _OUT_OF_TIME:
        raise TimedOut(f"LibreOffice took more than {LIBREOFFICE.cpu} seconds of CPU, or was ended: {words}")
    if code != 0:
        raise Crashed(f"LibreOffice ended with {code}: {words}")
    return words


def _limit() -> None:
    lower_limit(resource.RLIMIT_AS, LIBREOFFICE.memory, also_hard=True)
    lower_limit(resource.RLIMIT_CPU, LIBREOFFICE.cpu)
    lower_limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    lower_limit(resource.RLIMIT_CORE, 0)


def _program() -> str:
    found = next((path for name in _PROGRAMS if (path := shutil.which(name)) is not None), None)
    if found is None:
        raise NeedsLibreOffice(f"expected LibreOffice in PATH ({' or '.join(_PROGRAMS)}), found none")
    return found


@cache
def _without_network() -> tuple[str, ...]:
    """The command before the command that gives it a network with no way out, and PIDs of its own.

    In the first form root's right is used, in the second that of any user (user namespaces; some systems
    forbid them).
    """
    program = shutil.which("unshare")
    if program is not None:
        for rights in ((), ("--map-root-user",)):
            prefix = (program, *rights, "--net", "--pid", "--fork", "--kill-child", "--")
            tried = subprocess.run([*prefix, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if tried.returncode == 0:
                return prefix
    raise NeedsLibreOffice("LibreOffice is run only where its network can be cut off (unshare --net), which fails here")
