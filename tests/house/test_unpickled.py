"""Nothing read from disk, from a document or from a page is ever unpickled or evaluated; workers answer in JSON."""

from __future__ import annotations

import ast

import pytest

from tests.house.trees import ROOMS, ROOT, files_in, source_of

# Modules that make objects of bytes, or send objects between processes by doing so.
UNPICKLING = {
    "pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "dbm", "copyreg",
    "multiprocessing", "concurrent.futures.process", "queuelib", "scrapy.squeues", "yaml", "ruamel",
}  # fmt: skip
NAMES = {"ProcessPoolExecutor", "Unpickler", "SharedMemory"}
CALLS = {"eval", "exec", "compile", "__import__"}


def faults_in(source: str) -> list[str]:
    """What a module imports or calls that could make objects of bytes, by line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.append(f"{node.lineno}: {node.func.id}()")
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            found.append(f"{node.value.lineno}: allow_pickle")
        found += [
            f"{getattr(node, 'lineno', 0)}: {name}"
            for name in names
            if name.rpartition(".")[2] in NAMES or any(name == one or name.startswith(f"{one}.") for one in UNPICKLING)
        ]
    return found


def test_no_module_unpickles_or_evaluates() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): faults
        for path in (ROOT / "nianbao.py", *files_in(*ROOMS))
        if (faults := faults_in(source_of(path)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from pickle import loads", "import marshal as m", "import shelve", "import joblib.memory",
        "from multiprocessing import Queue", "from concurrent.futures import ProcessPoolExecutor",
        "from concurrent.futures.process import BrokenProcessPool", "from scrapy.squeues import PickleLifoDiskQueue",
        "eval('1')", "def read(text):\n    exec(text)", "import yaml", "from yaml import load",
        "numpy.load(name, allow_pickle=True)",
    ],
)  # fmt: skip
def test_each_way_is_seen(source: str) -> None:
    assert faults_in(source)


def test_what_is_harmless_is_not() -> None:
    assert faults_in("import json, re\nfrom concurrent.futures import ThreadPoolExecutor\nre.compile('a')") == []


def test_scrapy_keeps_no_requests_on_disk() -> None:
    """Its disk queues pickle requests; they are used where JOBDIR is set, or where its own scheduler runs."""
    from crawler import settings

    assert settings.JOBDIR is None
    assert settings.SCHEDULER.startswith("crawler.")
    assert settings.HTTPCACHE_ENABLED is False  # its storages pickle as well
    assert not [name for name in vars(settings) if name.startswith("SCHEDULER_") and name.endswith("_QUEUE")]
