"""Who asks: the user agent that says whom portals may write to, the contact asked for once, the proxy."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from crawler.errors import BadConfig, NoContact
from crawler.politeness import PRODUCT
from crawler.preferences import Config, config_path, is_contact, read_config
from crawler.running.plan import Plan

_TRIES = 3
_EMPTY = re.compile(r"^[ \t]*contact[ \t]*=[ \t]*(?:\"\"|'')[^\n]*\n?", re.M)  # contact = ""  # whom to write to


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
        before = _EMPTY.sub("", before, count=1)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(f'contact = "{contact}"\n{before}', encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise BadConfig(f"cannot keep the contact in {path}: {error.strerror}") from error
