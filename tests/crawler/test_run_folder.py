"""What a run leaves beside the archive, and what it says meanwhile: words on a terminal, JSON lines otherwise."""

from __future__ import annotations

import json
import logging
import os
import pty
import select
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.runs.run import summarise_run
from archive.store import Archive
from crawler.telling.logbook import Logbook, note
from tests.crawler.conftest import ROOT, Nianbao, command, crawl, environment
from tests.portals.trs import TrsPortal


def expect(schema: str, said: object) -> None:
    jsonschema.validate(said, json.loads((ROOT / "docs" / "schema" / f"{schema}.json").read_text(encoding="utf-8")))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_folder_of_a_run_agrees_with_the_archive(nianbao: Nianbao, folder: Path) -> None:
    with TrsPortal() as portal:
        done = nianbao(*crawl(portal))
        sent = [length for path, status, length in portal.log if path != "/robots.txt"]
    assert done.returncode == 0, done.stderr
    run = folder / "runs" / "1"
    assert sorted(path.name for path in run.iterdir()) == [
        "crawl.log", "hosts.jsonl", "run.log", "summary.json", "summary.md",
    ]  # fmt: skip
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    expect("run_summary", summary)
    with Archive.open(folder, write=False) as archive:
        kept = summarise_run(archive, 1)
        captured = archive.db.execute("SELECT id, url, outcome FROM captures ORDER BY id").fetchall()
    assert summary == kept | {"exit_code": 0, "why": "", "year": None, "sites": []}
    assert json.loads(done.stdout) == kept
    looks = lines(run / "crawl.log")
    for look in looks:
        expect("crawl_log", look)
    assert [(look["capture"], look["url"], look["outcome"]) for look in looks] == captured
    assert sum(look["asked"] for look in looks) == summary["requests"]
    hosts = lines(run / "hosts.jsonl")
    for host in hosts:
        expect("hosts", host)
    counted: Counter[str] = Counter()
    for host in hosts:
        counted.update(host["outcomes"])
    assert counted == summary["outcomes"] == Counter(look["outcome"] for look in looks)
    assert (hosts[0]["host"], hosts[0]["requests"], hosts[0]["pauses"]) == (portal.netloc, summary["requests"], [])
    assert hosts[0]["bytes"] == sum(look["bytes"] for look in looks) > sum(sent)

    events = lines(run / "run.log")
    assert [one["event"] for one in events] == ["begun", "ended"]
    assert done.stderr == (run / "run.log").read_text(encoding="utf-8"), "no terminal: the same lines"
    for one in events:
        expect("run_log", one)
    assert {one["run"] for one in events} == {1}


def test_a_run_that_was_interrupted_goes_on_in_its_folder(folder: Path, nianbao: Nianbao) -> None:
    with TrsPortal(delay=0.05) as portal:
        words = command(folder, *crawl(portal))
        with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=-3, stderr=subprocess.PIPE) as process:
            while len(portal.log) < 3:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        run = folder / "runs" / "1"
        summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
        expect("run_summary", summary)
        assert (summary["exit_code"], summary["state"], summary["why"]) == (130, "open", "interrupted")
        assert nianbao(*crawl(portal)).returncode == 0
    assert [one["event"] for one in lines(run / "run.log")] == ["begun", "ended", "resumed", "ended"]
    assert json.loads((run / "summary.json").read_text(encoding="utf-8"))["state"] == "done"


def test_on_a_terminal_a_person_reads_words(folder: Path) -> None:
    with TrsPortal() as portal:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command(folder, *crawl(portal)), stdout=subprocess.DEVNULL, stderr=theirs, cwd=ROOT, env=environment()
        )
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        os.close(ours)
        assert process.wait(60) == 0
    said = [line.strip() for line in shown.decode().splitlines() if "run 1: " in line]
    assert said[0].endswith(f"run 1: begun: nianbao crawl {portal.home}")
    assert said[-1].endswith("run 1: ended with exit code 0")
    assert b'"event"' not in shown
    assert [one["event"] for one in lines(folder / "runs" / "1" / "run.log")] == ["begun", "ended"]


@pytest.mark.parametrize("lacks", ["a place", "room"])
def test_a_log_without_room_does_not_end_the_run(
    lacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if lacks == "room":
        (tmp_path / "run.log").symlink_to("/dev/full")
    else:
        (tmp_path / "run.log").mkdir()
    book = Logbook(7, tmp_path)
    note("begun", "begun: 示例")
    note("pause", "a.example answered 503: left alone for 30 s", host="a.example", seconds=30)
    book.close()
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if "goes on without" in line]) == 1
    (first, second) = [json.loads(line) for line in said if line.startswith("{")]
    assert (first["run"], first["event"], first["words"]) == (7, "begun", "begun: 示例")
    assert (second["host"], second["seconds"]) == ("a.example", 30)
    expect("run_log", second)


def test_what_a_library_warns_of_is_a_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Logbook(7, tmp_path)
    logging.getLogger("a.library").info("nothing")
    logging.getLogger("a.library").warning("two\nlines %s", "示例")
    book.close()
    logging.getLogger("a.library").warning("after")
    (only,) = lines(tmp_path / "run.log")
    expect("run_log", only)
    assert (only["event"], only["level"], only["words"]) == ("a.library", "warning", "two\nlines 示例")
    assert sys.stderr is not None
    assert json.loads(capsys.readouterr().err.splitlines()[0]) == only
