"""Coverage-guided fuzzing (atheris, libFuzzer) of the readers for web pages, Word 97 and OFD.

Each target reads bytes as the limited child does, through to the reports and their JSON. No input may raise anything
but a typed error, take ten seconds, or a gigabyte. Inputs that once did, and such as reached parts that others did not,
are kept (``fuzz_found``) and read again in every run of the tests; the whole form goes on from there for minutes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from tests.batteries.documents_measured import resident
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.fuzz_targets import TARGETS, mistake_in, seeds_of

TITLE = "Fuzzing the readers"
FOUND = Path(__file__).parent / "fuzz_found"
LOCK = Path(__file__).parents[1] / "tools" / "fuzz.lock"
ROOT = Path(__file__).parents[2]
_SECONDS = 180  # for each target
_SLOWEST, _MEGABYTES, _LONGEST = 10, 1024, {"doc": 16_000, "html": 6_000, "ofd": 6_000}
_SEED = 7


def run(scale: Scale) -> list[Row]:
    """For each target what was kept, and in the whole form what was tried anew."""
    rows = [_kept(name) for name in sorted(TARGETS)]
    if scale is Scale.WHOLE:
        python = environment()
        rows += [_fuzzed(name, python) for name in sorted(TARGETS)]
    return rows


def found_of(name: str) -> list[Path]:
    """What is kept of a target's inputs."""
    return sorted(path for path in (FOUND / name).iterdir() if path.is_file())


def _kept(name: str) -> Row:
    said, slowest = [], 0.0
    for path in found_of(name):
        began = time.process_time()
        wrong = mistake_in(name, path.read_bytes())
        seconds = time.process_time() - began
        slowest = max(slowest, seconds)
        said.append((path.name, wrong or (f"{seconds:.1f} s of CPU" if seconds > _SLOWEST else "")))
    return row_of(f"{name}: inputs kept", said, slowest, resident())


def environment() -> Path:
    """The Python that has atheris: of ``NIANBAO_FUZZ``, else an environment made from ``tests/tools/fuzz.lock``.

    Raises RuntimeError where it cannot be made: atheris has wheels for CPython 3.11 to 3.13 on Linux.
    """
    named = os.environ.get("NIANBAO_FUZZ")
    python = Path(named or Path.home() / ".cache" / "nianbao-fuzz") / "bin" / "python"
    if not python.exists():
        home = python.parents[1]
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        made = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise RuntimeError(f"expected atheris from {LOCK.name} in {home}: {made.stderr.strip()[-300:]}")
    return python


def _fuzzed(name: str, python: Path) -> Row:
    """libFuzzer for ``_SECONDS``: it ends at the first input that is no longer survived."""
    with tempfile.TemporaryDirectory(prefix="nianbao-fuzz-") as temporary:
        folder = Path(temporary)
        for part in ("new", "seeds", "broken"):
            (folder / part).mkdir()
        for at, seed in enumerate(seeds_of(name)):
            (folder / "seeds" / f"{at:03}").write_bytes(seed)
        ran = subprocess.run(
            [str(python), "-m", "tests.batteries.fuzz_driver", sysconfig.get_path("purelib"), name,
             *(str(one) for one in (folder / "new", FOUND / name, folder / "seeds")),
             f"-artifact_prefix={folder / 'broken'}/", f"-max_total_time={_SECONDS}", f"-timeout={_SLOWEST}",
             f"-rss_limit_mb={_MEGABYTES}", f"-max_len={_LONGEST[name]}", f"-seed={_SEED}", "-print_final_stats=1"],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        broken = [f"{path.name}: {_cause(ran.stderr)}" for path in (folder / "broken").iterdir()]
        if ran.returncode != 0 and not broken:
            broken = [f"ended with {ran.returncode}: {ran.stderr.strip()[-300:]}"]
    tried = _stated(ran.stderr, "number_of_executed_units")
    what = f"{name}: inputs tried in {_SECONDS} s"
    return Row(what, tried, tried - len(broken), None, _stated(ran.stderr, "peak_rss_mb"), tuple(broken))


def _stated(said: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", said)
    return int(found[1]) if found is not None else 0


def _cause(said: str) -> str:
    found = re.search(r"^(?:\w+(?:Error|Exception)\b.*|ERROR: libFuzzer.*|==\d+== ERROR.*)$", said, re.M)
    return found[0][:200] if found is not None else said.strip()[-200:]
