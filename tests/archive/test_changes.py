"""The change sequence: what a program that follows it holds is what the archive holds, whatever happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from county import Answer, article, crawl, figures_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_cli import facts

from archive import ingest, renditions
from archive.changes import last_change, list_changes
from archive.changes.replay import State, present_state, replay
from archive.corrections import RETRACTED, Correction, list_corrections, put_correction
from archive.reparsing import reparse as reparsing
from archive.store import Archive

URLS = [f"http://www.shili.example/zfxxgknb/202501/t20250120_{n}.html" for n in range(3)]
BODIES = ["示例县教育局", "示例县民政局", "示例县水利局"]
KEY = "requests.received.total"

steps = st.lists(
    st.one_of(
        st.tuples(st.just("crawl"), st.lists(st.integers(0, 5), min_size=3, max_size=3)),
        st.tuples(st.just("release"), st.sampled_from(["2", "3", "4"])),
        st.tuples(st.just("correct"), st.tuples(st.integers(0, 9), st.integers(0, 3))),
        st.tuples(st.just("withdraw"), st.integers(0, 9)),
    ),
    min_size=2,
    max_size=7,
)


def answer(place: int, variant: int) -> Answer | None:
    """0: the page is not there; 1 to 3: its figures differ; 4: its title is another year's; 5: it cannot be read."""
    if variant == 0:
        return None
    if variant == 5:
        title = f"{BODIES[place]}2024年政府信息公开工作年度报告"
        return Answer(b"%PDF-1.7 broken " + BODIES[place].encode(), kind="attachment", link_text=title, title=title)
    year = 2023 if variant == 4 else 2024
    return article(BODIES[place], year, figures_of(10 * place + variant))


def take(archive: Archive, day: int, step: tuple[str, Any], patch: pytest.MonkeyPatch) -> None:
    kind, said = step
    if kind == "crawl":
        pages = {URLS[place]: answer(place, variant) for place, variant in enumerate(said)}
        crawl(archive, day, {url: one for url, one in pages.items() if one is not None})
    elif kind == "release":
        for module in (ingest, reparsing, renditions):
            patch.setattr(module, "RELEASE", said)
        reparsing.reparse(archive)
    else:
        which = said if kind == "withdraw" else said[0]
        versions = archive.db.execute("SELECT payload_digest FROM versions ORDER BY id").fetchall()
        if not versions:
            return
        digest = versions[which % len(versions)][0]
        if kind == "withdraw":
            with archive.writing() as db:
                db.execute(
                    "INSERT INTO withdrawals VALUES (?, '示例', '2025-02-01T00:00:00Z') ON CONFLICT DO NOTHING",
                    (digest,),
                )
        else:
            status, value = (RETRACTED, None) if said[1] == 0 else ("number", said[1])
            at = f"2025-02-0{1 + day % 9}T00:00:00Z"
            put_correction(archive, Correction(digest, KEY, status, value, "编辑部", "示例", "", at))


# Each example reads real pages: a failing one is shown as it is, not shrunk for minutes.
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps, st.integers(1, 7))
def test_replaying_from_0_gives_the_present_state(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, Any]], slice_: int
) -> None:
    followed = State()
    cursor = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        Archive.open(tmp_path_factory.mktemp("changes") / "nianbao-archive", write=True) as archive,
    ):
        for day, step in enumerate(story):
            take(archive, day, step, patch)
            while entries := list_changes(archive, cursor, slice_):  # a nightly program, in small bites
                replay(followed, entries)
                cursor = entries[-1]["seq"]
            assert followed == present_state(archive)
        whole = list_changes(archive, 0, 100_000)
        assert [entry["seq"] for entry in whole] == list(range(1, last_change(archive) + 1))
        for entries in (whole, whole[len(whole) // 2 :]):  # from 0, then a half of it a second time
            replay(followed, entries)
            assert followed == present_state(archive)
        fresh = State()
        replay(fresh, whole)
        assert fresh == followed


def test_each_entry_says_what_it_is_about(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
        crawl(archive, 1, {URLS[0]: article(BODIES[0], 2024, figures_of(4))})
        (digest,) = archive.db.execute("SELECT payload_digest FROM versions WHERE id = 2").fetchone()
        put_correction(archive, Correction(digest, KEY, "number", 7, "编辑部", "电话核实", "", "2025-02-01T00:00:00Z"))
    said = facts(folder, "changes", "changes", "--full")
    kinds = [entry["kind"] for entry in said["changes"]]
    assert kinds == ["created", "new_version", "reread", "stands", "new_version", "reread", "stands", "corrected"]
    created, first, read = said["changes"][:3]
    assert (created["organisation"], created["region_code"], created["report_year"]) == (BODIES[0], "150824", 2024)
    assert (first["version"], first["rendition"], first["at"]) == ("v1", "html-1", "2025-01-01T08:00:01Z")
    assert read["document"]["cells"][KEY]["value"] == int(figures_of(3)[KEY])
    assert (said["next"], said["more"]) == (8, False)
    rest = facts(folder, "changes", "changes", "--since", "4", "--limit", "2")
    assert ([entry["seq"] for entry in rest["changes"]], rest["next"], rest["more"]) == ([5, 6], 6, True)
    assert facts(folder, "changes", "changes", "--since", "8") == {"changes": [], "next": 8, "more": False}


def test_a_correction_is_a_layer_that_a_new_reading_does_not_touch(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    read = int(figures_of(3)[KEY])
    who = ("--who", "编辑部", "--why", "电话核实", "--source", "2025-02-01 电话记录")
    facts(folder, "correct", "correct", "set", "r1", KEY, "12", *who)
    with Archive.open(folder, write=True) as archive, pytest.MonkeyPatch.context() as patch:
        take(archive, 1, ("release", "3"), patch)
    shown = facts(folder, "show", "show", "r1")
    assert shown["cells"][KEY]["value"] == read
    (correction,) = shown["corrections"]
    assert (correction["read"]["value"], correction["said"], correction["who"]) == (
        read,
        {"status": "number", "value": 12},
        "编辑部",
    )
    with Archive.open(folder, write=False) as archive:
        row = archive.db.execute("SELECT value_read, value, who, latest FROM corrected_cells").fetchone()
    assert row == (read, 12, "编辑部", 1)
    facts(folder, "correct", "correct", "retract", "r1", KEY, "--who", "编辑部", "--why", "报告已更正")
    assert facts(folder, "show", "show", "r1")["corrections"] == []
    assert [one["status"] for one in facts(folder, "correct", "correct", "list")] == ["number", "retracted"]


def test_of_two_corrections_in_one_second_the_later_one_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-01T08:00:00Z")
    for said in range(1, 7):
        facts(folder, "correct", "correct", "set", "r1", KEY, str(said), "--who", "编辑部", "--why", "电话核实")
        (correction,) = facts(folder, "show", "show", "r1")["corrections"]
        assert correction["said"]["value"] == said
    facts(folder, "correct", "correct", "retract", "r1", KEY, "--who", "编辑部", "--why", "报告已更正")
    assert facts(folder, "show", "show", "r1")["corrections"] == []


def test_what_is_said_twice_is_one_correction(folder: Path) -> None:
    """A command that ended after its commit, because the disk failed then, is typed again."""
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    for value in ("12", "12", "13", "12"):
        facts(folder, "correct", "correct", "set", "r1", KEY, value, "--who", "编辑部", "--why", "电话核实")
    assert [one["value"] for one in facts(folder, "correct", "correct", "list")] == [12, 13, 12]
    for _ in range(2):
        facts(folder, "correct", "correct", "retract", "r1", KEY, "--who", "编辑部", "--why", "报告已更正")
    assert [one["status"] for one in facts(folder, "correct", "correct", "list")][3:] == ["retracted"]


def test_corrections_travel_as_a_file(folder: Path, tmp_path: Path) -> None:
    lines = tmp_path / "corrections.jsonl"
    for place in (folder, tmp_path / "other"):
        with Archive.open(place, write=True) as archive:
            crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    facts(
        folder,
        "correct",
        "correct",
        "set",
        "v1",
        "proactive.fees.amount",
        "25.10",
        "--who",
        "编辑部",
        "--why",
        "见附件",
    )
    assert facts(folder, "correct", "correct", "export", "-o", str(lines)) == {"written": 1}
    other = tmp_path / "other"
    assert facts(other, "correct", "correct", "import", str(lines)) == {"new": 1, "known": 0}
    assert facts(other, "correct", "correct", "import", str(lines)) == {"new": 0, "known": 1}
    with Archive.open(folder, write=False) as ours, Archive.open(other, write=False) as theirs:
        assert list(list_corrections(ours)) == list(list_corrections(theirs))
        assert str(next(list_corrections(theirs)).value) == "25.10"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("set", "r1", "requests.received.nobody", "3"), 2, "no form has a cell"),
        (("set", "r1", KEY, "three"), 2, "expected a figure"),
        (("set", "r1", KEY, "NaN"), 2, "expected a figure"),
        (("set", "v9", KEY, "3"), 1, "found none"),
        (("set", "r1", KEY, "3", "--who", " "), 2, "who made it"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder: Path, words: tuple[str, ...], code: int, says: str) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    given_who = () if "--who" in words else ("--who", "编辑部")
    said = facts(folder, "error", "correct", *words, *given_who, "--why", "示例", code=code)
    assert says in said["error"]["says"]
    with Archive.open(folder, write=False) as archive:
        assert list(list_corrections(archive)) == []


def test_a_bad_line_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URLS[0]: article(BODIES[0], 2024, figures_of(3))})
    facts(folder, "correct", "correct", "set", "r1", KEY, "3", "--who", "编辑部", "--why", "示例")
    lines = tmp_path / "lines"
    facts(folder, "correct", "correct", "export", "-o", str(lines))
    good = lines.read_text("utf-8").replace("示例", "另一")
    lines.write_text(good + '{"key": 1}\n', "utf-8")
    said = facts(folder, "error", "correct", "import", str(lines), code=2)
    assert "line 2" in said["error"]["says"]
    assert len(facts(folder, "correct", "correct", "list")) == 1
