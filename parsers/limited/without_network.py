"""This process without a network: a namespace of its own that has no way out (Linux, unshare(2))."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h


def cut_off() -> bool:
    """Leaves the network for good, with all that this process starts; False where the system does not let it.

    Root may; any other user becomes root of a user namespace of its own, where the system allows that, and keeps the
    rights it has on files. To be called before the process has a second thread.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None:
        return False
    user, group = os.getuid(), os.getgid()
    if unshare(_NEW_NETWORK) == 0:
        return True
    if unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    # user_namespaces(7): what is not mapped may start no namespaces of its own, and LibreOffice needs them.
    for name, says in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        Path(f"/proc/self/{name}").write_text(says, "ascii")
    return True
