"""What this machine has and lacks for a crawl: what the lack costs, and how to get it."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from archive.doctor import Finding, get_extra, get_package
from archive.doctor import examine as examine_archive
from crawler.errors import BadSite
from crawler.preferences import Config, read_config
from crawler.registry import read_registry

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def examine(folder: Path) -> tuple[Finding, ...]:
    """Everything the program needs or can use, for the archive in ``folder``. Raises what a broken config raises."""
    config = read_config()
    return (
        *examine_archive(folder),
        Finding("contact", config.contact)
        if config.contact
        else Finding("contact", "none", "no portal is asked", "NIANBAO_CONTACT, or contact in config.toml"),
        Finding("proxy", config.proxy or "none"),
        Finding("notifications", _ways(config)),
        _registry(),
        _browser(),
        _program("systemd", "systemctl", "no units for the season", "nianbao schedule show cron"),
    )


def _ways(config: Config) -> str:
    ways = (("webhook", config.notify_webhook), ("mail", config.notify_mail_to))
    return ", ".join(name for name, to in ways if to) or "none: whoever starts a season sees how it ended"


def _registry() -> Finding:
    try:
        return Finding("registry", f"{len(read_registry())} portals")
    except BadSite as error:
        return Finding("registry", "cannot be read", str(error), "nianbao sites check")


def _browser() -> Finding:
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    has_library = find_spec("playwright") is not None
    if program is not None and has_library:
        return Finding("browser", program)
    remedies = [] if has_library else [get_extra("browser")]
    remedies += [] if program else [get_package("chromium", "https://www.chromium.org")]
    return Finding("browser", "none", "sites that need one are not drawn", " && ".join(remedies))


def _program(what: str, name: str, costs: str, remedy: str) -> Finding:
    found = shutil.which(name)
    return Finding(what, found) if found else Finding(what, "none", costs, remedy)
