"""A part of a page that takes long is left out; places without a name of their own say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request

from archive.bodies.places import names_of
from archive.store import Archive
from archive.web.asked import Asked, Site
from archive.web.briefly import briefly
from archive.web.door import Deadline, Door
from archive.web.errors import TooSlow
from archive.web.place_names import called, path_of
from tests.web.conftest import BASE

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def asked_of(archive: Archive, deadline: Deadline) -> Asked:
    return Asked(archive, Request({"type": "http", "query_string": b"", "headers": []}), Site(BASE), deadline)


def ask_for_long(door: Door, seconds: float) -> None:
    with door.reading(seconds) as (archive, deadline):
        briefly(asked_of(archive, deadline), 10, lambda: archive.db.execute(ENDLESS).fetchone())


def test_a_part_that_takes_long_is_left_out_and_the_rest_comes(newsroom: Path) -> None:
    door = Door(newsroom)
    with door.reading() as (archive, deadline):
        asked = asked_of(archive, deadline)
        assert briefly(asked, 0.02, lambda: archive.db.execute(ENDLESS).fetchone()) is None
        assert briefly(asked, 0, lambda: archive.db.execute("SELECT 1").fetchone()) is None
        assert briefly(asked, 0.5, lambda: archive.db.execute("SELECT 1").fetchone()) == (1,)
        assert archive.db.execute("SELECT count(*) FROM reports").fetchone()[0] > 50
    door.close()


def test_the_end_of_the_whole_request_is_the_end_of_its_part(newsroom: Path) -> None:
    door = Door(newsroom)
    with pytest.raises(TooSlow):
        ask_for_long(door, 0.05)
    door.close()


def test_places_have_their_names_and_those_without_say_what_they_are(newsroom: Path) -> None:
    with Archive.open(newsroom, write=False) as archive:
        names = names_of(archive, ("15", "1508", "150824", "1101", "98", "", "97"))
    assert names == {"15": "内蒙古自治区", "1508": "巴彦淖尔市", "150824": "乌拉特中旗", "98": "示例北省"}
    assert path_of("150824", names) == "内蒙古自治区 巴彦淖尔市 乌拉特中旗"
    said = [called(value, names, "zh") for value in ("1508", "1500", "150800", "1101", "97", "")]
    assert said == ["巴彦淖尔市", "内蒙古自治区本级", "巴彦淖尔市本级", "市辖区", "区划 97", "不详"]
