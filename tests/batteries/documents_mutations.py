"""Real files damaged at random: bytes flipped, cut, doubled, spliced, numbers made absurd; also inside packages."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = tuple(
    ROOT / "tests" / folder for folder in ("documents", "parsers/documents/formats", "parsers/documents/word")
)
_NOT_DOCUMENTS = {".json", ".py", ".js", ".md"}
Mutation = Callable[[random.Random, bytes], bytes]


def fixtures() -> list[Path]:
    """Every document of the tests, by name."""
    return sorted(
        path
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in _NOT_DOCUMENTS and "__pycache__" not in path.parts
    )


def flipped(chance: random.Random, payload: bytes) -> bytes:
    """A few bytes, or a few hundred, replaced by others."""
    raw = bytearray(payload)
    for _ in range(chance.choice([1, 4, 40, 400])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def cut(chance: random.Random, payload: bytes) -> bytes:
    """The end, the beginning or a piece of the middle is not there."""
    start, stop = sorted((chance.randrange(len(payload)), chance.randrange(len(payload) + 1)))
    return chance.choice([payload[:stop], payload[start:], payload[:start] + payload[stop:]])


def doubled(chance: random.Random, payload: bytes) -> bytes:
    """A piece comes twice, or the whole file."""
    start, stop = sorted((chance.randrange(len(payload)), chance.randrange(len(payload) + 1)))
    return chance.choice([payload * 2, payload[:stop] + payload[start:]])


def shuffled(chance: random.Random, payload: bytes) -> bytes:
    """Two pieces change places."""
    one, two, three = sorted(chance.randrange(len(payload) + 1) for _ in range(3))
    return payload[:one] + payload[two:three] + payload[one:two] + payload[three:]


_DIGITS = re.compile(rb"\d+")
_ABSURD = (
    *(b"", b"-1", b"0", b"x", b"1.5", b"1e999", b"-1e-999", b"nan", b"inf", b"65536", b"2147483648", b"4294967295"),
    *(b"9" * digits for digits in (10, 17, 20, 30, 400, 5000)),
    *(sign.encode() for sign in "²٣九①"),
)


def absurd(chance: random.Random, payload: bytes) -> bytes:
    """Up to eight of the numbers that stand in the file are no numbers, or larger than any."""
    places = [found.span() for found in _DIGITS.finditer(payload)]
    for start, end in sorted(chance.sample(places, min(len(places), chance.choice([1, 2, 8]))), reverse=True):
        payload = payload[:start] + chance.choice(_ABSURD) + payload[end:]
    return payload


MUTATIONS: tuple[Mutation, ...] = (flipped, cut, doubled, shuffled, absurd)


def inside(chance: random.Random, payload: bytes) -> bytes:
    """A package with one member damaged and its checksum right: what a checksum alone would have stopped."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as package:
            members = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return flipped(chance, payload)  # an encrypted or damaged fixture is damaged from outside
    full = [name for name, content in members.items() if content]
    chosen = chance.choice(full)
    members[chosen] = chance.choice(MUTATIONS)(chance, members[chosen])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # without the time of day
    return made.getvalue()


def mutated(many: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """``many`` damaged files with their names, every fixture in turn; the same seed gives the same files."""
    chance = random.Random(seed)
    sources = fixtures()
    for number in range(many):
        path = sources[number % len(sources)]
        payload = path.read_bytes()
        ways: tuple[Mutation, ...] = (*MUTATIONS, inside, inside, inside) if payload.startswith(b"PK") else MUTATIONS
        way = chance.choice(ways)
        damaged = way(chance, payload)
        yield f"{path.name} {way.__name__} #{number}", damaged
