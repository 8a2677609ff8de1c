"""The keeper's own settings: each with what it does, said in config.toml, in the environment, or by a flag."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import BadConfig
from crawler.politeness import PRODUCT

# What may stand in a comment of a User-Agent field and in a TOML text without quoting.
_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.I | re.A)
_URL = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:/[\w.~%/?&=#@:+,-]*)?", re.I | re.A)
_HOOK = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:/[\w.~%/?&=#@:+,;!$*'()-]*)?", re.I | re.A)
_SERVER = re.compile(r"(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.I | re.A)
_TABLE = "notify"
MASK = "(set)"
"""What is shown of a secret."""


def is_contact(text: str) -> bool:
    """True for what looks like a mail address or an https URL.

    >>> is_contact("keeper@archive.example"), is_contact("https://archive.example/crawl"), is_contact("me")
    (True, True, False)
    """
    return _MAIL.fullmatch(text) is not None or _URL.fullmatch(text) is not None


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


def _of_contact(value: str) -> str:
    return "" if is_contact(value) else f"{value!r} is no mail address and no https URL"


def _of_url(value: str) -> str:
    return "" if _URL.fullmatch(value) else f"{value!r} is no https URL"


def _of_proxy(value: str) -> str:
    try:
        read_proxy(value)
    except ValueError as error:
        return str(error)
    return ""


def _of_mail(value: str) -> str:
    return "" if _MAIL.fullmatch(value) else f"{value!r} is no mail address"


def _of_server(value: str) -> str:
    return "" if _SERVER.fullmatch(value) else f"expected HOST:PORT, found {value!r}"


def _of_hook(value: str) -> str:
    return "" if _HOOK.fullmatch(value) else "expected an http or https URL"  # a secret: never repeated


def _of_any(_: str) -> str:
    return ""


def _setting(says: str, wrong: Callable[[str], str], default: str = "", *, secret: bool = False, flag: str = "") -> Any:
    return field(default=default, metadata={"says": says, "wrong": wrong, "secret": secret, "flag": flag})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting there is, a text each, "" where nothing is said; here is the only list of them.

    A field ``x`` is the key ``x`` of config.toml and the variable ``NIANBAO_X`` of the environment; a field
    ``notify_x`` is the key ``x`` of its table ``[notify]``.
    """

    contact: str = _setting(
        "whom a portal may write to: a mail address or an https URL, in the user agent", _of_contact
    )
    project_url: str = _setting("https URL where a portal's keeper can read about this crawl", _of_url)
    proxy: str = _setting("http://HOST:PORT, asked instead of the hosts; every look says so", _of_proxy)
    archive: str = _setting("the archive's folder", _of_any, "./nianbao-archive", flag="--archive")
    notify_webhook: str = _setting("URL that is sent the summary (POST, JSON) when a run fails", _of_hook, secret=True)
    notify_mail_to: str = _setting("mail address that is sent the summary when a run fails", _of_mail)
    notify_mail_from: str = _setting("sender of that mail (default: who it is sent to)", _of_mail)
    notify_smtp: str = _setting(
        "HOST:PORT of the mail server; 465 is TLS from the first byte, else STARTTLS where offered",
        _of_server,
        "localhost:25",
    )
    notify_smtp_user: str = _setting("name to log in with at the mail server", _of_any)
    notify_smtp_password: str = _setting("password for it; only ever sent under TLS", _of_any, secret=True)


OTHER_VARIABLES = {
    "NIANBAO_CONFIG": "where config.toml is (default: nianbao/config.toml in the user's folder of settings)",
    "NIANBAO_NOW": "ISO 8601 time that is taken for the present, for rehearsals and tests",
}
"""Variables of the environment that no file can hold → what each does."""


@dataclass(frozen=True, slots=True)
class Said:
    """One setting as it stands: ``key`` as in config.toml ("" where only the environment can say it), its variable,
    its flag, the value (MASK for a secret), where that is from, and what it does."""

    key: str
    variable: str
    flag: str
    value: str
    origin: str
    says: str


def config_path() -> Path:
    """Where config.toml is: ``$NIANBAO_CONFIG``, else ``nianbao/config.toml`` in the user's folder of settings
    (XDG Base Directory Specification 0.8)."""
    if named := os.environ.get("NIANBAO_CONFIG"):
        return Path(named)
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".config") / PRODUCT / "config.toml"


def read_config() -> Config:
    """config.toml, and the environment before it; no file says nothing. Raises BadConfig."""
    return Config(**{name: value for name, (value, _) in _resolve().items()})


def list_settings(flags: Mapping[str, str]) -> tuple[Said, ...]:
    """Every setting as it stands, secrets masked; ``flags``: field → what the command line says. Raises BadConfig."""
    said = _resolve()
    said |= {name: (value, one.metadata["flag"]) for one in fields(Config) if (value := flags.get(name := one.name))}
    found = []
    for one in fields(Config):
        value, origin = said[one.name]
        shown = MASK if value and one.metadata["secret"] else value
        meant = one.metadata["says"]
        found.append(Said(key_of(one), variable_of(one), one.metadata["flag"], shown, origin, meant))
    for variable, meant in OTHER_VARIABLES.items():
        value = os.environ.get(variable, "")
        origin = f"environment: {variable}" if value else "default"
        found.append(Said("", variable, "", value, origin, meant))
    return tuple(found)


def unknown_variables() -> tuple[str, ...]:
    """Variables of the environment that look like ours, and that nothing reads."""
    known = {*OTHER_VARIABLES, *map(variable_of, fields(Config))}
    return tuple(sorted(name for name in os.environ if name.startswith("NIANBAO_") and name not in known))


def as_toml(config: Config) -> str:
    """Settings as config.toml has them, those that are secret left out and named in a comment."""
    lines: list[str] = []
    table: list[str] = []
    for one in fields(Config):
        value = getattr(config, one.name)
        if value == one.default:
            continue
        key = key_of(one).rpartition(".")[2]
        # A JSON text is a TOML one (TOML 1.0, basic strings).
        line = f"# {key} is a secret, and not kept here" if one.metadata["secret"] else f"{key} = {_quote(value)}"
        (table if one.name.startswith(f"{_TABLE}_") else lines).append(line)
    return "\n".join([*lines, *([f"\n[{_TABLE}]", *table] if table else ())]) + "\n"


def key_of(one: Field[str]) -> str:
    """A field of Config → its key: ``notify_smtp_user`` → ``notify.smtp_user``."""
    return one.name.replace(f"{_TABLE}_", f"{_TABLE}.", 1) if one.name.startswith(f"{_TABLE}_") else one.name


def variable_of(one: Field[str]) -> str:
    """A field of Config → its variable in the environment."""
    return f"NIANBAO_{one.name.upper()}"


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 32 or ord(one) == 127 else one for one in escaped) + '"'


def _resolve() -> dict[str, tuple[str, str]]:
    """Field → its value and where that is from: the environment, else config.toml, else the default."""
    path = config_path()
    in_file = _read_file(path)
    for one in fields(Config):
        if (value := in_file.get(one.name)) and (wrong := one.metadata["wrong"](value)):
            raise BadConfig(f"{path}: {key_of(one)}: {wrong}")
    resolved = {}
    for one in fields(Config):
        variable = variable_of(one)
        if value := os.environ.get(variable, ""):
            if wrong := one.metadata["wrong"](value):
                raise BadConfig(f"{variable}: {wrong}")
            resolved[one.name] = (value, f"environment: {variable}")
        elif value := in_file.get(one.name, ""):
            resolved[one.name] = (value, str(path))
        else:
            resolved[one.name] = (str(one.default), "default")
    return resolved


def _read_file(path: Path) -> dict[str, str]:
    """config.toml → field: text. Raises BadConfig for what is no TOML, unknown, or no text."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if os.environ.get("NIANBAO_CONFIG"):
            raise BadConfig(f"NIANBAO_CONFIG names {path}, which is not there") from error
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    table = said.pop(_TABLE, {})
    if not isinstance(table, dict):
        raise BadConfig(f"{path}: expected a table [{_TABLE}]")
    flat = {**said, **{f"{_TABLE}.{key}": value for key, value in table.items()}}
    known = {key_of(one): one.name for one in fields(Config)}
    if unknown := sorted(set(flat) - set(known)):
        raise BadConfig(f"{path}: unknown keys {', '.join(unknown)}; known are {', '.join(known)}")
    if odd := [key for key, value in flat.items() if not isinstance(value, str)]:
        raise BadConfig(f"{path}: {odd[0]} must be a text")
    return {known[key]: value for key, value in flat.items()}
