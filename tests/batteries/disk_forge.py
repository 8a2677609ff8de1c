"""A process that has loaded nianbao once, and runs each of its verbs in a fork, on disks that it makes itself.

Started by disk_stage.py in a mount namespace of its own; takes one JSON object a line and answers each with one.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from tests.forked import end_as_python

_LOADED = (
    "nianbao", "archive.ingest", "archive.merge", "archive.verbs.keep", "archive.verbs.fixity", "archive.imports",
    "archive.exports.sqlite", "crawler.voyages.journey", "crawler.config", "parsers.formats.html",
    "parsers.formats.pdf", "parsers.formats.docx",
)  # fmt: skip
_LONGEST = 120.0  # seconds; a verb of the battery takes one or two


def main() -> int:
    """Answers until its input ends; a fork's exit code is that of the verb."""
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    faults = ctypes.CDLL(sys.argv[1])
    faults.faults_count.restype = faults.faults_hit.restype = ctypes.c_long
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] != "run":
            done = subprocess.run(asked["words"], capture_output=True, text=True, check=False)
            answer: dict[str, Any] = {"code": done.returncode, "says": done.stderr.strip()}
        else:
            pid = os.fork()
            if pid == 0:
                end_as_python(SystemExit(_run(faults, asked)))
            answer = _await(pid) | {"steps": faults.faults_count(), "hit": faults.faults_hit()}
        print(json.dumps(answer), flush=True)
    return 0


def _run(faults: ctypes.CDLL, asked: dict[str, Any]) -> int:
    nothing = os.open(os.devnull, os.O_RDONLY)
    out, err = (os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for name in ("out", "err"))
    for number, opened in enumerate((nothing, out, err)):
        os.dup2(opened, number)
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    if asked["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["file_size"], asked["file_size"]))
    import nianbao

    fault = asked["faults"]
    faults.faults_arm(
        fault["below"].encode(), fault["kinds"], ctypes.c_long(fault["nth"]), fault["error"], int(fault["lasting"])
    )
    return nianbao.main(asked["argv"])


def _await(pid: int) -> dict[str, Any]:
    began = time.monotonic()
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found == pid:
            break
        if time.monotonic() - began > _LONGEST:
            os.kill(pid, 9)
        time.sleep(0.005)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - began,
        "megabytes": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
