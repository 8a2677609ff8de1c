"""Canaries: secrets that are like nothing else, where they are planted, and a finder that opens everything."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import Damaged
from archive.packed.templates import Templates, get_row
from archive.packed.texts import unpack
from tests.portals.trs import ROOT, Reply, TrsPortal, article, page, row

SIGNED = "canarysigned8hVq"
"""A signature that a portal publishes: everybody is told it, and without it the link is none. It is evidence."""
COOKIE, LINK_SESSION, QUERY_SESSION = "canarycookie1f", "canaryjsession3a", "canaryphpsession9"
USERINFO, LOCATION = "canaryuserinfo", "canarylocation"
PROXY, TARGET, PUBLIC = "canaryproxypass", "canarytargetpass", "canarypublicpass"
AWS, OWN, ENV_PROXY = "canaryawskey", "canarynianbaotoken", "canaryenvproxy"
HOOK, MAIL = "canaryhooktoken", "canarymailpassword"
QUERY, READER = "canaryquery", "203.0.113.77"
CONTACT = "canarykeeper@archive.example"
ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": AWS,
    "NIANBAO_TOKEN": OWN,
    "http_proxy": f"http://user:{ENV_PROXY}@127.0.0.1:1/",
    "HTTPS_PROXY": f"http://user:{ENV_PROXY}@127.0.0.1:1/",
    "ALL_PROXY": f"http://user:{ENV_PROXY}@127.0.0.1:1/",
    "NIANBAO_NOTIFY_WEBHOOK": f"http://127.0.0.1:1/{HOOK}?key={HOOK}",
    "NIANBAO_NOTIFY_MAIL_TO": "desk@archive.example",
    "NIANBAO_NOTIFY_SMTP": "127.0.0.1:1",
    "NIANBAO_NOTIFY_SMTP_PASSWORD": MAIL,
    "NIANBAO_CONTACT": CONTACT,
}
_YEAR = f"{ROOT}2023/"
_FILE = f"{_YEAR}202401/downfile.jsp?filename=3f2c.pdf&sign={SIGNED}"


class Portal(TrsPortal):
    """A portal that hands out sessions: by cookies, in links, in redirects; and one document by a signed link."""

    def __init__(self) -> None:
        super().__init__()
        rows = (
            f"{_YEAR}202401/t20240120_301.html;jsessionid={LINK_SESSION}",
            f"{_YEAR}202401/t20240120_302.html?PHPSESSID={QUERY_SESSION}",
            f"http://user:{USERINFO}@{self.netloc}{_YEAR}202401/t20240120_303.html",
            "/moved_303.html",
            f"{_YEAR}202401/t20240120_304.html",
        )
        items = "".join(row(url, f"示例县第{at}局2023年政府信息公开工作年度报告") for at, url in enumerate(rows, 301))
        known = self.pages[f"{_YEAR}index.html"].body.decode()
        for name in (f"{_YEAR}index.html", _YEAR):
            self.pages[name] = Reply(known.replace("<ul>", f"<ul>{items}").encode())
        file = f'<div id="appendix">附件：<a href="{_FILE}">示例县第304局2023年报告.pdf</a></div>'
        for number in (301, 302, 303, 305):
            self.pages[f"{_YEAR}202401/t20240120_{number}.html"] = Reply(article(f"第{number}局", 2023).encode())
        self.pages[f"{_YEAR}202401/t20240120_304.html"] = Reply(article("第304局", 2023, file).encode())
        self.pages[_FILE] = Reply(b"%PDF-1.4 invented")
        leads = f"http://user:{LOCATION}@{self.netloc}{_YEAR}202401/t20240120_305.html;jsessionid={LOCATION}"
        self.pages["/moved_303.html"] = Reply(b"", 302, {"Location": leads})
        self.pages["/login.html"] = Reply(page("登录", "").encode())
        for reply in self.pages.values():
            reply.headers.setdefault("Set-Cookie", f"JSESSIONID={COOKIE}; Path=/; HttpOnly")


@dataclass(frozen=True, slots=True)
class Found:
    """A canary and where it was: a file, a member of it, a table's column."""

    canary: str
    where: str


def find_in(name: str, content: bytes, canaries: tuple[str, ...]) -> Iterator[Found]:
    """Bytes → each canary in them, packed or not."""
    for canary in canaries:
        if canary.encode() in content:
            yield Found(canary, name)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            for member in opened.namelist():
                yield from find_in(f"{name}/{member}", opened.read(member), canaries)
    elif content.startswith(b"\x1f\x8b"):
        yield from find_in(f"{name} unpacked", _unpacked(content), canaries)


def _unpacked(content: bytes) -> bytes:
    """All members of a gzip file, one after the other, as WARC has them."""
    with gzip.open(io.BytesIO(content)) as opened:
        return opened.read()


def find_in_base(file: Path, canaries: tuple[str, ...]) -> Iterator[Found]:
    """An SQLite file → each canary, by table and column; what is packed is unpacked, payloads with their templates."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = base.execute(f'SELECT * FROM "{table}"')
            names = [one[0] for one in rows.description]
            for values in rows:
                for column, value in zip(names, values, strict=True):
                    for canary in canaries:
                        if _holds(value, canary.encode()):
                            yield Found(canary, f"{file.name} {table}.{column}")
        templates = Templates(Database(base))
        for (digest,) in base.execute("SELECT digest FROM payload").fetchall() if "payload" in tables else ():
            payload = get_row(templates, digest)
            for canary in canaries:
                if canary.encode() in payload:
                    yield Found(canary, f"{file.name} payload.bytes")


def _holds(value: object, canary: bytes) -> bool:
    if isinstance(value, str):
        return canary in value.encode("utf-8", "replace")
    if not isinstance(value, bytes):
        return False
    if canary in value:
        return True
    try:
        return value[:1] in (b"\x78", b"\x28") and canary in unpack(value).encode()
    except Damaged:  # it only began like it, or is told against another
        return False
