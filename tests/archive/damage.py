"""Random damage to the files of an archive: bits flipped, pages overwritten, tails cut, rows removed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

PAGE = 4096
Damager = Callable[[random.Random, Path], str]


def flip_bit(chance: random.Random, file: Path) -> str:
    """One bit anywhere in the file."""
    content = bytearray(file.read_bytes())
    bit = chance.randrange(len(content) * 8)
    content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)
    return f"bit {bit} of {file.name}"


def overwrite_page(chance: random.Random, file: Path) -> str:
    """One page by zeros, by noise or by another page of the file; other bytes than those that were there."""
    content = file.read_bytes()
    pages = max(1, len(content) // PAGE)
    while True:
        page, other = chance.randrange(pages), chance.randrange(pages)
        was = content[page * PAGE : (page + 1) * PAGE]
        kind = chance.choice(("zeros", "noise", "another"))
        now = {
            "zeros": bytes(len(was)),
            "noise": chance.randbytes(len(was)),
            "another": content[other * PAGE : (other + 1) * PAGE],
        }[kind]
        if now != was and len(now) == len(was):
            file.write_bytes(content[: page * PAGE] + now + content[(page + 1) * PAGE :])
            return f"page {page + 1} of {file.name} by {kind}"


def cut_tail(chance: random.Random, file: Path) -> str:
    """The file ends somewhere before its end."""
    length = chance.randrange(file.stat().st_size)
    with file.open("r+b") as opened:
        opened.truncate(length)
    return f"{file.name} cut to {length}"


def remove_row(chance: random.Random, file: Path) -> str:
    """One row of one table, by another program's SQLite, which asks for no parents."""
    db = sqlite3.connect(file)
    tables = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        if db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()
    ]
    table = chance.choice(tables)
    key = [name for _, name, *_, place in db.execute(f'PRAGMA table_info("{table}")') if place]
    columns = ", ".join(f'"{name}"' for name in key) or "rowid"
    row = chance.choice(db.execute(f'SELECT {columns} FROM "{table}"').fetchall())
    where = " AND ".join(f"{name} IS ?" for name in columns.split(", "))
    db.execute("PRAGMA writable_schema = ON")
    changed = db.execute(f'DELETE FROM "{table}" WHERE {where}', row).rowcount
    assert changed == 1
    db.commit()
    db.close()
    return f"row {row} of {table} in {file.name}"


DAMAGES: tuple[Damager, ...] = (flip_bit, overwrite_page, cut_tail, remove_row)
