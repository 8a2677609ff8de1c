"""Compiles the C of this folder beside itself.

    python -m parsers.pdf.native

It takes the compiler that Python was built with, or ``$CC``. Ends with 0 and the name of the file, or with 4 and what
is lacking: a compiler, Python's headers, the right to write here.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from parsers.pdf.native import FOLDER, OUTCOME, digest_of_sources

_LACKING = 4


class NotCompiled(Exception):
    """What is lacking."""


def compile_here() -> Path:
    """The sources → the module; what is there is replaced when the new one is whole. Raises NotCompiled."""
    linker = shlex.split(os.environ.get("CC", "") + " -shared" if "CC" in os.environ else _said("LDSHARED"))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / OUTCOME.name
        command = [
            *linker, *shlex.split(_said("CCSHARED")), "-std=c11", "-O2", "-ffp-contract=off", "-DNDEBUG",
            f"-I{sysconfig.get_path('include')}", f'-DSOURCES="{digest_of_sources()}"',
            *map(str, sorted(FOLDER.glob("*.c"))), "-o", str(made),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        except OSError as error:
            raise NotCompiled(
                f"expected a compiler, found that {linker[0]} does not start: {error.strerror}"
            ) from error
        if done.returncode:
            raise NotCompiled(f"{' '.join(linker[:1])} ended with {done.returncode}: {done.stderr.strip()[:500]}")
        waiting = OUTCOME.with_name(f".{OUTCOME.name}.{os.getpid()}")
        try:
            waiting.write_bytes(made.read_bytes())
            waiting.replace(OUTCOME)
        except OSError as error:
            raise NotCompiled(f"expected to write {OUTCOME}: {error.strerror}") from error
    return OUTCOME


def _said(name: str) -> str:
    """What Python was built with; raises NotCompiled where it does not say."""
    found = sysconfig.get_config_var(name)
    if not isinstance(found, str):
        raise NotCompiled(f"expected Python to say its {name}, found {found!r}")
    return found


def main() -> int:
    """Says what it made, or what is lacking."""
    try:
        print(f"compiled: {compile_here()}")
    except NotCompiled as lacking:
        print(f"not compiled, PDFs are read by Python alone: {lacking}", file=sys.stderr)
        return _LACKING
    return 0


if __name__ == "__main__":
    sys.exit(main())
