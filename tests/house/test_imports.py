"""Water flows one way: crawler → archive → parsers, and each room keeps its own tools."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.house.trees import ROOMS, ROOT, files_in, nodes_of

# Beside the standard library. "parsers.errors" is no word of the crawler: archive.errors has what it may meet.
ALLOWED = {
    "parsers": {"parsers", "lxml", "pdfminer", "pypdfium2", "pypdfium2_raw", "xlrd"},
    # zstd is in the standard library from 3.14.
    "archive": {"parsers", "archive", "sqlite_utils", "tqdm", "brotli", "backports.zstd", "compression.zstd"},
    # OpenSSL and service_identity are Scrapy's own way to TLS.
    "crawler": {"archive", "crawler", "scrapy", "twisted", "zope", "protego", "w3lib", "lxml", "brotli", "tqdm"}
    | {"OpenSSL", "service_identity"},
}
FORBIDDEN_STANDARD = {
    "parsers": {"sqlite3", "socket", "http", "urllib.request", "asyncio", "ftplib", "ssl"},
    "archive": {"socket", "http", "urllib.request", "asyncio", "ftplib"},
    "crawler": {"sqlite3"},
}
# The pages alone are made of web libraries.
WEB = {"fastapi", "starlette", "pydantic", "uvicorn", "jinja2", "markupsafe", "nh3", "datasette"}
WEB |= {"anyio", "h11", "python_multipart"}  # what those are made of
WEB_ROOM = "archive/web/"
# Sight alone looks at pixels.
SIGHT = {"numpy", "cv2", "onnxruntime", "rapidocr"}
CRAWLER_MAY_READ = {"parsers.text", "parsers.titles", "parsers.divisions"}
CLOCKS = {"now", "utcnow", "today"}


@cache
def imports_of(path: Path) -> set[str]:
    names = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_imports_downhill_and_only_its_own_tools(room: str) -> None:
    found = files_in(room)
    assert found, f"no modules in {room}"
    for path in found:
        for name in imports_of(path):
            if path.parent == ROOT / "parsers" / "sight" and within(name, SIGHT):
                continue
            if path.relative_to(ROOT).as_posix().startswith(WEB_ROOM) and within(name, WEB | {"asyncio", "socket"}):
                continue
            if name.split(".")[0] in sys.stdlib_module_names:
                assert not within(name, FORBIDDEN_STANDARD[room]), f"{path}: {name}"
            elif room == "crawler" and name.startswith("parsers"):
                assert within(name, CRAWLER_MAY_READ), f"{path}: {name}"
            else:
                assert within(name, ALLOWED[room]), f"{path}: {name}"


def test_a_family_needs_no_scrapy() -> None:
    for path in sorted((ROOT / "crawler" / "families").glob("*.py")):
        assert not any(within(name, {"scrapy", "twisted"}) for name in imports_of(path)), path


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_clock_reads_the_clock(room: str) -> None:
    for path in files_in(room):
        if path == ROOT / "archive" / "clock.py":
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
                owner = ast.unparse(node.value)
                assert owner not in {"datetime", "date", "datetime.datetime", "datetime.date"}, f"{path}:{node.lineno}"
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "time.time"), f"{path}: time.time"


def test_sql_stands_in_the_archive_alone() -> None:
    words = ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE")
    for room in ("parsers", "crawler"):
        for path in files_in(room):
            for node in nodes_of(path):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not node.value.lstrip().startswith(words), f"{path}:{node.lineno}"


def test_what_is_written_is_taken_back_by_the_store_alone() -> None:
    """Which forgets with it what it knows of the rows."""
    for path in files_in("archive"):
        for node in nodes_of(path):
            is_sql = isinstance(node, ast.Constant) and str(node.value).startswith(("ROLLBACK", "SAVEPOINT"))
            if is_sql or (isinstance(node, ast.Attribute) and node.attr == "rollback"):
                assert path.name in {"store.py", "door.py"}, f"{path}:{node.lineno}"  # the pages write nothing


# A discovered folder and what its members are built with: the two are read together.
RINGS = {("crawler", "families", "sorting"), ("parsers", "convert", "formats")}


def module_names(room: str) -> dict[str, Path]:
    """Every module of a room by its full name; a package stands by its own."""
    names = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path for path in files_in(room)}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


def neighbours(room: str) -> dict[str, set[str]]:
    """Each file and each folder that stands at the top of a room → those that it imports anything from."""
    names = module_names(room)
    found: dict[str, set[str]] = {}
    for name, path in names.items():
        for taken in imports_of(path):
            whole = taken if taken in names else taken.rpartition(".")[0]
            parts, others = name.split("."), whole.split(".")
            if others[0] == room and len(parts) > 1 and len(others) > 1 and parts[1] != others[1]:
                found.setdefault(parts[1], set()).add(others[1])
    return found


def reached(begin: str, taken: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    queue = [begin]
    while queue:
        for one in taken.get(queue.pop(), set()) - seen:
            seen.add(one)
            queue.append(one)
    return seen


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_in_a_room_imports_in_a_ring(room: str) -> None:
    """Neither folders nor files, nor a folder and a file; what is imported late counts as well."""
    taken = neighbours(room)
    assert len(taken) > 10
    rings = {tuple(sorted(one for one in reached(name, taken) if name in reached(one, taken))) for name in taken}
    assert rings - {()} == {ring[1:] for ring in RINGS if ring[0] == room}


def test_a_ring_is_seen() -> None:
    taken = {"one": {"two"}, "two": {"three"}, "three": {"one"}, "four": {"one"}}
    assert reached("one", taken) == {"one", "two", "three"}
    assert "four" not in reached("four", taken)


@pytest.mark.parametrize("room", ROOMS)
def test_a_newcomer_sees_a_room_at_once(room: str) -> None:
    """At most thirty files beside the folders; each folder has its caption; no file is named as its folder."""
    assert len(list((ROOT / room).glob("*.py"))) <= 30
    for path in files_in(room):
        assert path.stem != path.parent.name, path
        assert (path.parent / "__init__.py").is_file(), path
