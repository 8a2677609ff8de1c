"""A network of its own, in which every address of the world is this machine, so that nothing can leave it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

RESOLVER = "127.0.0.53"
"""Where names are asked for inside."""

_FILES = {
    "/etc/resolv.conf": f"nameserver {RESOLVER}\noptions timeout:2 attempts:2\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
_HIDDEN = ("/run/nscd", "/run/systemd/resolve")  # sockets through which a name would be asked for outside


@cache
def enclosure() -> tuple[str, ...]:
    """The command before the command that gives it a network and mounts of its own; () where none can be made.

    In the first form root's right is used, in the second that of any user (user namespaces; some systems forbid them).
    """
    program = shutil.which("unshare")
    if program is None or shutil.which("ip") is None:
        return ()
    for rights in ((), ("--map-root-user",)):
        prefix = (program, *rights, "--net", "--mount", "--")
        trial = ("sh", "-c", "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && mount -t tmpfs none /mnt")
        if (
            subprocess.run([*prefix, *trial], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
            == 0
        ):
            return prefix
    return ()


def furnish(folder: Path) -> None:
    """Called inside, once: every address is local (a route of type "local", ip-route(8)), names are asked for at
    RESOLVER alone. Raises CalledProcessError."""
    for words in (
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        "ip addr add 10.0.0.1/32 dev lo",
        "ip addr add 169.254.169.254/32 dev lo",
        "ip addr add 192.168.1.1/32 dev lo",
        "ip -6 addr add fe80::1/64 dev lo nodad",
    ):
        subprocess.run(words.split(), check=True, capture_output=True)
    for name, text in _FILES.items():
        own = folder / name.replace("/", "_")
        own.write_text(text, encoding="ascii")
        place = Path(name).resolve()
        if place.exists():
            subprocess.run(["mount", "--bind", str(own), str(place)], check=True, capture_output=True)
    for hidden in _HIDDEN:
        if Path(hidden).is_dir():
            subprocess.run(["mount", "-t", "tmpfs", "none", hidden], check=True, capture_output=True)
