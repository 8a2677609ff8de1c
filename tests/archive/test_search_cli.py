"""``nianbao search``: what it prints for people and for programs, what it leaves out, what it counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from jsonschema import Draft202012Validator

import nianbao
from archive.store import Archive

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
URL = "http://www.shili.example/{}.html"


@pytest.fixture
def kept(folder: Path) -> Path:
    with Archive.open(folder, write=True) as archive:
        bodies = ("教育局", "民政局", "水利局")
        crawl(
            archive,
            0,
            {
                URL.format(at): article(f"示例县{body}", 2022 + at, figures_of(at), note=f"{body}设有 Smart 栏目。")
                for at, body in enumerate(bodies)
            },
        )
    return folder


def printed(capsys: pytest.CaptureFixture[str], folder: Path, *words: str, code: int = 0) -> str:
    assert nianbao.main(["--archive", str(folder), "search", *words]) == code
    return capsys.readouterr().out


def test_terms_are_left_out_and_nothing_asked_is_all(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def bodies(*words: str) -> list[str]:
        return [hit["organisation"][3:] for hit in json.loads(printed(capsys, kept, *words, "--json"))]

    assert bodies("smart", "--without", "教育局", "--sort", "newest") == ["水利局", "民政局"]
    assert bodies("smart", "--without", "教育局", "--without", "水利局设有") == ["民政局"]
    assert bodies("--sort", "newest") == ["水利局", "民政局", "教育局"]
    assert bodies("--kind", "water") == ["水利局"]
    assert bodies("栏目", "--level", "city") == []
    assert bodies("栏目", "--form", "2021", "--year", "2023") == ["民政局"]
    assert bodies("栏目", "--flag", "broken") == []


def test_pages_follow_each_other(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = printed(capsys, kept, "栏目", "--limit", "2", "--sort", "newest")
    assert "3 found" in first
    after = first.split("--after ")[1].split()[0]
    second = printed(capsys, kept, "栏目", "--limit", "2", "--sort", "newest", "--after", after)
    assert "教育局" in second
    assert "--after" not in second


def test_counts(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(printed(capsys, kept, "栏目", "--facets", "--json"))
    Draft202012Validator(json.loads((SCHEMAS / "search_facets.json").read_text("utf-8"))).validate(document)
    assert (document["total"], document["is_exact"]) == (3, True)
    assert document["facets"]["kind"] == [{"value": kind, "reports": 1} for kind in ("civil", "education", "water")]
    lines = printed(capsys, kept, "栏目", "--facets").splitlines()
    assert ["region", "15", "3"] in [line.split() for line in lines]


def test_what_cannot_be_found_yet_is_no_empty_answer(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.open(kept, write=True) as archive, archive.writing() as db:
        db.execute("UPDATE searched_words SET words = ''")
    said = json.loads(printed(capsys, kept, "栏目", "--json", code=1))
    assert said["error"]["code"] == "not_an_archive"
    assert "nianbao reparse" in said["error"]["says"]
