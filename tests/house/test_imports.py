"""Water flows one way: crawler → archive → parsers, and each room keeps its own tools."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("parsers", "archive", "crawler")

# Beside the standard library. "parsers.errors" is no word of the crawler: archive.errors has what it may meet.
ALLOWED = {
    "parsers": {"parsers", "lxml", "pdfminer", "pypdfium2", "pypdfium2_raw", "xlrd"},
    "archive": {"parsers", "archive", "sqlite_utils", "tqdm", "brotli"},
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
WEB_ROOM = ("archive/web/", "archive/cli_serve.py")
# Sight alone looks at pixels.
SIGHT = {"numpy", "cv2", "onnxruntime", "rapidocr"}
CRAWLER_MAY_READ = {"parsers.text", "parsers.titles", "parsers.divisions"}
CLOCKS = {"now", "utcnow", "today"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
    found = modules(room)
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
    for path in modules(room):
        if path == ROOT / "archive" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
                owner = ast.unparse(node.value)
                assert owner not in {"datetime", "date", "datetime.datetime", "datetime.date"}, f"{path}:{node.lineno}"
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "time.time"), f"{path}: time.time"


def test_sql_stands_in_the_archive_alone() -> None:
    words = ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE")
    for room in ("parsers", "crawler"):
        for path in modules(room):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not node.value.lstrip().startswith(words), f"{path}:{node.lineno}"
