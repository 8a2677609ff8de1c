"""The sockets of a process and its children on which somebody could be heard."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LISTENING = "0A"
_ACCEPTS = 0x10000  # __SO_ACCEPTCON in /proc/net/unix
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_BEAT = 0.25


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: its code and words, the seconds it took, how often its sockets were looked at, and
    those that listened as (program, kind, where)."""

    code: int
    output: str
    errors: str
    seconds: float
    looks: int
    listening: frozenset[tuple[str, str, str]]


def run_watched(words: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float) -> Ran:
    """Runs a program and looks at the sockets of it and all its children until it ends. Raises TimeoutExpired."""
    began, looks, found = time.monotonic(), 0, set[tuple[str, str, str]]()
    with (folder / "stdout").open("w+") as output, (folder / "stderr").open("w+") as errors:
        process = subprocess.Popen(words, stdout=output, stderr=errors, env=dict(environment), start_new_session=True)
        try:
            while process.poll() is None:
                if time.monotonic() - began > seconds:
                    raise subprocess.TimeoutExpired(list(words), seconds)
                found |= _listening(process.pid)
                looks += 1
                time.sleep(_BEAT)
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        errors.seek(0)
        took = time.monotonic() - began
        return Ran(process.returncode, output.read(), errors.read(), took, looks, frozenset(found))


def _listening(root: int) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for pid in _tree(root):
        try:
            held = {
                match[1]
                for entry in Path(f"/proc/{pid}/fd").iterdir()
                if (match := _SOCKET.match(str(entry.readlink())))
            }
            if not held:
                continue
            program = Path(f"/proc/{pid}/comm").read_text().strip()
            found |= {(program, kind, where) for kind, where, inode in _open_ends(pid) if inode in held}
        except OSError:  # it has ended meanwhile
            continue
    return found


def _tree(root: int) -> list[int]:
    pids, seen = [root], 0
    while seen < len(pids):
        for task in Path(f"/proc/{pids[seen]}/task").glob("*/children"):
            try:
                pids += [int(child) for child in task.read_text().split()]
            except OSError:  # it has ended meanwhile
                continue
        seen += 1
    return pids


def _open_ends(pid: int) -> list[tuple[str, str, str]]:
    """(kind, where, inode) of TCP sockets that listen, UDP sockets that are bound and not connected, Unix sockets that
    accept, as the process's own network has them (proc_pid_net(5))."""
    ends = []
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]:
            words = line.split()
            where, peer, state, inode = words[1], words[2], words[3], words[9]
            unconnected = set(peer.partition(":")[0]) == {"0"}
            if state == _LISTENING if kind.startswith("tcp") else unconnected:
                ends.append((kind, where, inode))
    for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[3], 16) & _ACCEPTS:
            ends.append(("unix", words[7] if len(words) > 7 else "", words[6]))
    return ends
