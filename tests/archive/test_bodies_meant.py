"""Names as people write them → the bodies that are meant: in full, with the place before or the code after, printed."""

from __future__ import annotations

import pytest

from archive.lookups.bodies_meant import Meant, bodies_named
from archive.store import Archive

BODIES = (
    ("朝阳区教育局", "110105", ""),
    ("朝阳区教育局", "220104", ""),
    ("乌拉特中旗教育局", "150824", "乌拉特中旗教育和体育局"),
    ("内蒙古自治区教育厅", "150000", ""),
    ("示例县教育局", "980122", "示例县教体局"),
    ("示例市教体局", "980100", "示例县教育局"),
)


@pytest.fixture
def listed(archive: Archive) -> Archive:
    with archive.writing() as db:
        for number, (name, code, printed) in enumerate(BODIES, start=1):
            db.execute("INSERT INTO organisations (id, name, region_code) VALUES (?, ?, ?)", (number, name, code))
            if printed:
                db.execute("INSERT INTO organisation_names (organisation, printed) VALUES (?, ?)", (number, printed))
    return archive


def ids(meant: Meant | None) -> list[int]:
    return [] if meant is None else sorted(one for body in meant.bodies for one in body.organisations)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("朝阳区教育局", [1, 2]),
        ("北京市朝阳区教育局", [1]),
        ("吉林省长春市朝阳区教育局", [2]),
        ("朝阳区教育局 220104", [2]),
        ("朝阳区教育局（110105）", [1]),
        ("朝阳区 教育局,110105", [1]),
        ("朝阳区教育局 150824", []),
        ("内蒙古自治区巴彦淖尔市乌拉特中旗教育局", [3]),
        ("乌拉特中旗教育和体育局", [3]),
        ("内蒙古教育厅", [4]),
        ("示例县教育局", [5]),  # its own name comes before one that another printed
        ("示例县教体局", [5]),
        ("教育局", []),
        ("示例县", []),
        ("", []),
        ("110105", []),
        ("%", []),
    ],
)
def test_a_line_means(listed: Archive, line: str, expected: list[int]) -> None:
    assert ids(bodies_named(listed, [line]).get(line)) == expected


def test_many_lines_are_answered_each_for_itself(listed: Archive) -> None:
    lines = ["朝阳区教育局", "没有这个局", "北京市朝阳区教育局", "示例县教育局"]
    meant = bodies_named(listed, lines)
    assert {line: ids(one) for line, one in meant.items()} == {
        "朝阳区教育局": [1, 2],
        "北京市朝阳区教育局": [1],
        "示例县教育局": [5],
    }
