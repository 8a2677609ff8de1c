"""The keeper's own settings: config.toml and the environment; whom portals may write to, and through what we ask."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from crawler.errors import BadConfig, NoContact
from crawler.plan import Plan
from crawler.politeness import PRODUCT

# What may stand in a comment of a User-Agent field and in a TOML text without quoting.
_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.I | re.A)
_URL = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:/[\w.~%/?&=#@:+,-]*)?", re.I | re.A)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Config:
    """``contact``: a mail address or an https URL; ``project_url``: where a portal's keeper can read about this crawl;
    ``proxy``: ``http://HOST:PORT``, asked instead of the hosts. Each "" where nothing is said."""

    contact: str = ""
    project_url: str = ""
    proxy: str = ""


def config_path() -> Path:
    """Where config.toml is: ``$NIANBAO_CONFIG``, else ``nianbao/config.toml`` in the user's folder of settings
    (XDG Base Directory Specification 0.8)."""
    if named := os.environ.get("NIANBAO_CONFIG"):
        return Path(named)
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".config") / PRODUCT / "config.toml"


def read_config() -> Config:
    """The file, with ``NIANBAO_CONTACT`` before its contact; no file says nothing. Raises BadConfig."""
    path = config_path()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if os.environ.get("NIANBAO_CONFIG"):
            raise BadConfig(f"NIANBAO_CONFIG names {path}, which is not there") from error
        said = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    known = {field.name for field in fields(Config)}
    if unknown := sorted(set(said) - known):
        raise BadConfig(f"{path}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    if odd := [name for name, value in said.items() if not isinstance(value, str)]:
        raise BadConfig(f"{path}: {odd[0]} must be a text")
    config = Config(**said)
    _check(config, str(path))
    if contact := os.environ.get("NIANBAO_CONTACT"):
        if not is_contact(contact):
            raise BadConfig(f"NIANBAO_CONTACT: {contact!r} is no mail address and no https URL")
        config = replace(config, contact=contact)
    return config


def _check(config: Config, where: str) -> None:
    if config.contact and not is_contact(config.contact):
        raise BadConfig(f"{where}: contact {config.contact!r} is no mail address and no https URL")
    if config.project_url and not _URL.fullmatch(config.project_url):
        raise BadConfig(f"{where}: project_url {config.project_url!r} is no https URL")
    if config.proxy:
        try:
            read_proxy(config.proxy)
        except ValueError as error:
            raise BadConfig(f"{where}: proxy: {error}") from error


def read_proxy(url: str) -> tuple[str, int]:
    """``http://HOST:PORT`` → (host, port). Raises ValueError for anything else and repeats none of it. A password is
    refused: it would stand in the archive beside each look.

    >>> read_proxy("http://127.0.0.1:3128")
    ('127.0.0.1', 3128)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # it quotes what it could not read
        host, port = None, None
    bare = "@" not in url and parts.path in ("", "/") and not parts.query and not parts.fragment if host else False
    if not bare or parts.scheme != "http" or not host or port is None:
        raise ValueError("expected http://HOST:PORT, and no name or password in it")
    return host, port


def is_contact(text: str) -> bool:
    """True for what looks like a mail address or an https URL.

    >>> is_contact("keeper@archive.example"), is_contact("https://archive.example/crawl"), is_contact("me")
    (True, True, False)
    """
    return _MAIL.fullmatch(text) is not None or _URL.fullmatch(text) is not None


def user_agent(config: Config) -> str:
    """What we call ourselves: product and version, the project's page if there is one, and the contact.

    >>> user_agent(Config("keeper@archive.example", "https://archive.example/")).partition(" ")[2]
    '(+https://archive.example/; keeper@archive.example)'
    """
    words = [f"+{config.project_url}" if config.project_url else "", config.contact]
    said = "; ".join(word for word in words if word)
    return f"{PRODUCT}/{version(PRODUCT)}{f' ({said})' if said else ''}"


def equip(plan: Plan) -> Plan:
    """A plan with what the keeper's settings add: the user agent and the proxy.

    Where another machine than this one is to be asked and no contact is given, it is asked for on the terminal and
    kept in config.toml. Raises NoContact where there is no terminal, BadConfig.
    """
    config = read_config()
    if not config.contact and not plan.is_local:
        config = replace(config, contact=_ask_for_contact())
    return replace(plan, user_agent=user_agent(config), proxy=config.proxy)


def _ask_for_contact() -> str:
    path = config_path()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NoContact(f"whom may a portal write to? Set NIANBAO_CONTACT, or contact in {path}")
    print("Portals are told who asks. Your mail address, or an https URL with one:", file=sys.stderr)
    for _ in range(_TRIES):
        print("contact: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            break
        contact = line.strip()
        if is_contact(contact):
            _keep_contact(path, contact)
            print(f"kept in {path}", file=sys.stderr)
            return contact
        print(f"{contact!r} is no mail address and no https URL", file=sys.stderr)
    raise NoContact(f"no contact was given; set NIANBAO_CONTACT, or contact in {path}")


def _keep_contact(path: Path, contact: str) -> None:
    """Writes the contact before what the file says already, which has none. Raises BadConfig."""
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(f'contact = "{contact}"\n{before}', encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise BadConfig(f"cannot keep the contact in {path}: {error.strerror}") from error
