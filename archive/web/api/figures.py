"""The cells of a reading, all of them or the one that is asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from archive.comparing.figures import cells_in
from archive.packed.texts import unpack
from archive.readings import get_values
from archive.schema.form_columns import SHEETS
from archive.store import Archive
from parsers.report import Status, Value


def figures_of(
    archive: Archive, reading: int, forms: Collection[tuple[str, str]], key: str | None, table: str | None
) -> Iterator[tuple[int, Value]]:
    """A reading and (table, form) of each table it has → (place from 1 in the forms' order, cell).

    ``key``, ``table``: None for all. One key costs a column, all of them the whole row.
    """
    if key is None:
        for place, value in enumerate(get_values(archive, reading), 1):
            if table is None or value.key.startswith(f"{table}."):
                yield place, value
        return
    before = 0
    for sheet in SHEETS:
        if (sheet.table, sheet.form) not in forms:
            continue
        if key in sheet.keys and table in (None, sheet.table):
            (found,) = cells_in(archive, sheet, [key], [reading]).values()
            place = before + sheet.keys.index(key)
            where = _places_of(archive, reading)[place]
            yield place + 1, Value(key, found.value, found.raw, Status(found.status), where)
        before += len(sheet.keys)


def _places_of(archive: Archive, reading: int) -> list[str]:
    row = archive.db.execute("SELECT places FROM reading_bodies WHERE reading = :id", {"id": reading}).fetchone()
    places: list[str] = json.loads(unpack(row[0]))
    return places
