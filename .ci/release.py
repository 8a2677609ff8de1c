"""A commit → dist/: sdist, wheel, documentation, SBOM, their digests; the same bytes wherever and whenever it is run.

``python release.py OUT`` runs with the programs of tests/tools/release.lock. It judges the Dockerfile; builds the last
commit twice, in different folders, time zones, locales and seeds of hashing; puts the wheel into a clean environment
outside of the checkout, with what runtime.lock names and nothing else; and there asks for help, examines the machine,
reads a document by the library, runs the demo.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("archive/", "crawler/", "parsers/", "nianbao.py")
BUILDS = (
    {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
    {"TZ": "America/Anchorage", "PYTHONHASHSEED": "2", "LC_ALL": "C"},
)
_UMASK = 0o022  # a wheel keeps the modes of what was written while it was made
# One of the demo's documents, which the wheel has, by the library in the caller's own process.
_READING = """
from importlib.resources import files
from parsers import read
document = next(one for one in files("crawler.demo").joinpath("documents").iterdir() if one.name.endswith(".docx"))
(report,) = read(document.read_bytes())
print(document.name, report.organisation, report.report_year, len(report.values), "cells")
"""
_LACKING = 4  # what doctor ends with where an extra is not there, as it is not in a clean environment


def main(out: Path) -> None:
    """Everything, or an AssertionError or CalledProcessError that says what was not as it must be."""
    moment = int(_git("log", "-1", "--format=%ct"))
    if _git("status", "--porcelain"):
        print("of the last commit; what is changed in the checkout is left out", file=sys.stderr)
    _expect_told()
    with tempfile.TemporaryDirectory(prefix="nianbao-release-") as folder:
        made = [_build(Path(folder) / ("a" * (8 * number + 1)), number, moment) for number in range(2)]
        _expect_same(*made)
        wheel = next(path for path in made[0] if path.suffix == ".whl")
        _expect_whole(wheel)
        out.mkdir(parents=True, exist_ok=True)
        for path in made[0]:
            shutil.copy(path, out)
        wheel = out / wheel.name
        bom = out / wheel.name.replace("-py3-none-any.whl", ".cdx.json")
        lock = Path(folder) / "runtime.lock"
        lock.write_text(_git("show", "HEAD:runtime.lock") + "\n", "utf-8")
        _write_bom(lock, bom)
        _try_out(wheel, lock, Path(folder) / "clean")
    kept = [*(out / path.name for path in made[0]), bom]
    sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(kept))
    (out / "SHA256SUMS").write_text(sums, "ascii")
    print(sums, end="")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _expect_told() -> None:
    """The changelog begins with this version, and says what it does to data that stand outside of the program."""
    version = tomllib.loads(_git("show", "HEAD:pyproject.toml"))["project"]["version"]
    first = _git("show", "HEAD:CHANGELOG.md").split("\n## ")[1]
    assert first.split()[0] == version, f"expected the changelog to begin with {version}, found {first.split()[0]}"
    assert "\n### Data changes\n" in first, f"expected what {version} does to archives, readings and views"


def _build(folder: Path, number: int, moment: int) -> tuple[Path, Path, Path]:
    """The last commit → its sdist, the wheel that is made of the sdist alone, and the site of its documentation."""
    source, packed, unpacked, out = (folder / name for name in ("source", "packed", "unpacked", "out"))
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(source, filter="data")
    _judge(source)
    made = _run_build(source, packed, "--sdist", number, moment)
    out.mkdir()
    sdist = out / made.name
    _pack_anew(made, sdist, moment)
    with tarfile.open(sdist) as opened:
        opened.extractall(unpacked, filter="data")
    (project,) = unpacked.iterdir()
    wheel = _run_build(project, out, "--wheel", number, moment)
    return sdist, wheel, _build_docs(source, out / sdist.name.replace("nianbao-", "nianbao-docs-"), number, moment)


def _judge(source: Path) -> None:
    program = Path(sys.executable).with_name("hadolint")
    subprocess.run([str(program), str(source / "crawler" / "deploy" / "Dockerfile")], check=True)


def _build_docs(source: Path, packed: Path, number: int, moment: int) -> Path:
    """The site as a tar: every page, without a warning. Its sources are the last commit's; nothing is installed."""
    site, unfinished = source / "build" / "docs", packed.with_suffix(".site")
    subprocess.run(
        [
            sys.executable, "-W", "ignore", "-m", "sphinx", "-W", "-q", "-b", "html",
            "-d", str(source / "build" / "doctrees"), "docs", str(site),
        ],
        check=True, cwd=source, umask=_UMASK, env={**_kept_env(), **BUILDS[number], "SOURCE_DATE_EPOCH": str(moment)},
    )  # fmt: skip
    (site / ".buildinfo").unlink(missing_ok=True)  # a digest of settings, for Sphinx's next run
    with tarfile.open(unfinished, "w") as made:
        made.add(site, packed.name.removesuffix(".tar.gz"))
    _pack_anew(unfinished, packed, moment)
    unfinished.unlink()
    return packed


def _kept_env() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}


def _run_build(project: Path, out: Path, what: str, number: int, moment: int) -> Path:
    before = set(out.glob("*"))
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "build", "--no-isolation", what, "--outdir", str(out), str(project)],
        check=True, stdout=subprocess.DEVNULL, umask=_UMASK,
        env={**_kept_env(), **BUILDS[number], "SOURCE_DATE_EPOCH": str(moment)},
    )  # fmt: skip
    (made,) = set(out.glob("*")) - before
    return made


def _pack_anew(made: Path, packed_anew: Path, moment: int) -> None:
    """A tar with names in order, one time, one owner: setuptools takes them from the disk."""
    with (
        tarfile.open(made) as opened,
        gzip.GzipFile(packed_anew, mode="wb", mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as anew,
    ):
        for entry in sorted(opened.getmembers(), key=lambda entry: entry.name):
            mode = 0o755 if entry.isdir() else 0o644
            plain = entry.replace(mtime=moment, mode=mode, uid=0, gid=0, uname="", gname="")
            plain.pax_headers = {}
            anew.addfile(plain, opened.extractfile(entry) if entry.isfile() else None)


def _expect_same(one: tuple[Path, ...], other: tuple[Path, ...]) -> None:
    for first, second in zip(one, other, strict=True):
        same = first.name == second.name and first.read_bytes() == second.read_bytes()
        assert same, f"expected {first.name} twice with the same bytes, found two of other bytes"
        print(f"{first.name}: the same bytes twice")


def _expect_whole(wheel: Path) -> None:
    """Every committed file of the rooms is in the wheel with its bytes, and nothing else is but what describes it.

    Each room says that it is typed.
    """
    with zipfile.ZipFile(wheel) as opened:
        packed = {name: opened.read(name) for name in opened.namelist() if ".dist-info/" not in name}
    committed = set(_git("ls-tree", "-r", "--name-only", "HEAD", "--", *ROOMS).splitlines())
    assert packed.keys() == committed, f"expected the rooms' files, found besides or not: {packed.keys() ^ committed}"
    for name, content in packed.items():
        kept = subprocess.run(["git", "show", f"HEAD:{name}"], cwd=ROOT, check=True, capture_output=True).stdout
        assert content == kept, f"expected {name} as it was committed"
    assert {f"{room}py.typed" for room in ROOMS if room.endswith("/")} <= packed.keys()
    print(f"{wheel.name}: all {len(packed)} files of the rooms, and no other")


def _write_bom(lock: Path, bom: Path) -> None:
    """What runs, as CycloneDX 1.6, from runtime.lock; validated against its schema by the program that writes it."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    subprocess.run(
        [
            str(program), "requirements", str(lock), "--pyproject", str(ROOT / "pyproject.toml"),
            "--mc-type", "application", "--sv", "1.6", "--of", "JSON", "--output-reproducible", "--validate",
            "-o", str(bom),
        ],
        check=True,
    )  # fmt: skip


def _try_out(wheel: Path, lock: Path, folder: Path) -> None:
    """The wheel in a clean environment: what it says of itself, what it finds, the library, the whole demo."""
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    pip = [str(folder / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    subprocess.run([*pip[:3], "check"], check=True)
    nianbao = str(folder / "env" / "bin" / "nianbao")
    extras = tomllib.loads(_git("show", "HEAD:pyproject.toml"))["project"]["optional-dependencies"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    for words, codes in ((["--help"], (0,)), (["doctor"], (0, _LACKING)), (["demo"], (0,))):
        done = subprocess.run([nianbao, *words], cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode in codes, f"nianbao {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        if words == ["doctor"]:  # no extra is here: each is missed, with the command that adds it
            lacking = [extra for extra in extras if f"'nianbao[{extra}]'" not in done.stdout]
            assert not lacking, f"expected nianbao doctor to say how to get {lacking}\n{done.stdout}"
        print(f"nianbao {' '.join(words)}: {done.returncode}; {done.stdout.strip().splitlines()[-1]}")
    done = subprocess.run([*pip[:1], "-c", _READING], cwd=folder, env=env, check=True, capture_output=True, text=True)
    print(f"from parsers import read: {done.stdout.strip()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
