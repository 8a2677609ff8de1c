"""LibreOffice left alone with documents that ask: run under ``unshare --net``, where only this machine can be reached.

FOLDER → prints, for each FOLDER/*.doc, what the loopback server was asked and whether the macro ran. It shows that the
documents of the battery do ask where nothing forbids it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from tests.batteries.documents_outside import for_libreoffice
from tests.batteries.documents_traps import Traps

_SET_FLAGS, _UP = 0x8914, 0x1  # netdevice(7): SIOCSIFFLAGS, IFF_UP
_TRUSTING = (
    '<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path='
    '"/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0'
    '</value></prop></item><item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" '
    'oor:op="fuse"><value>0</value></prop></item></oor:items>'
)


def main() -> None:
    """Prints {name: what happened} as JSON."""
    folder = Path(sys.argv[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_TRUSTING, "utf-8")
    found = {}
    with Traps(folder) as traps:
        for name, payload in for_libreoffice(traps.url, traps.planted, traps.written).items():
            source = folder / f"{name}.doc"
            source.write_bytes(payload)
            subprocess.run(
                ["soffice", f"-env:UserInstallation={settings.parents[1].as_uri()}", "--headless", "--norestore",
                 "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "made"), str(source)],
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "SAL_USE_VCLPLUGIN": "svp"},
                capture_output=True, timeout=180, check=False,
            )  # fmt: skip
            found[name] = traps.sprung()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
