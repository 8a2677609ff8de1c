"""Pages of portals with bytes flipped, cut, doubled, references and numbers replaced: each is gleaned, none raises."""

from __future__ import annotations

import random
import re
from pathlib import Path

from archive.capture import Target
from crawler.families import families
from crawler.gathering.harvest import harvest
from crawler.pages.links import read_page

SAVED = sorted(path for path in (Path(__file__).parent / "saved").iterdir() if path.is_file())
MUTANTS = 2000
_ODD = (
    b"0", b"-1", b"9" * 40, b'""', b"'", b'"', b"<", b">", b"\x00", b"\xff", b"\xed\xa0\x80", b"http://[x]/", b"?page=",
    b"javascript:void(0)", b"#", b"%zz", b"//", b"\\", b"http://a:b@c:99999/", b'<base href="http://[">', b"<!--",
    b'<iframe src="x">', b"<![CDATA[", b"]]>", b"&#x110000;", b"&#xD800;", b"\xe2\x80\xae", b"</script>", b"<script>",
    b"http://\xe2\x84\x80.cn/", b"1e999", b'<meta http-equiv="refresh" content="0;url=//[">',
)  # fmt: skip
_NUMBER = re.compile(rb"(\d+)")
_REFERENCE = re.compile(rb"""(?:href|src|content|action)\s*=\s*["']([^"']*)""")


def mutated(page: bytes, chance: random.Random) -> bytes:
    """One to seven changes of a page."""
    body = bytearray(page)
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(body) + 1)
        kind = chance.choice(("insert", "cut", "double", "number", "reference"))
        places = list((_NUMBER if kind == "number" else _REFERENCE).finditer(bytes(body)))
        if kind == "insert":
            body[at:at] = chance.choice(_ODD)
        elif kind == "cut":
            del body[at : at + chance.randrange(1, 200)]
        elif kind == "double":
            body[at:at] = body[at : at + chance.randrange(1, 400)]
        elif places:
            start, end = chance.choice(places).span(1)
            body[start:end] = chance.choice(_ODD)
    return bytes(body)


def test_every_mutant_is_gleaned() -> None:
    chance = random.Random(20241)
    taken = 0
    for number in range(MUTANTS):
        page = read_page("http://127.0.0.1/nb/index.html", mutated(chance.choice(SAVED).read_bytes(), chance))
        target = Target(page.url, chance.choice(("column", "column", "article", "attachment")), "seed")
        gleaned = harvest(page, target, chance.choice(["", *families()]), chance.choice((None, 2023)))
        assert all(one.url.startswith(("http://", "https://")) for one in gleaned.targets if one.kind == "column"), (
            number
        )
        taken += len(gleaned.targets)
    assert taken > MUTANTS / 2
