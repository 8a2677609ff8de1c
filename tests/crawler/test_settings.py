"""Scrapy's settings: each has its reason, and nothing listens, follows or remembers on its own."""

from __future__ import annotations

import ast
from pathlib import Path

from scrapy.settings import Settings

SOURCE = Path(__file__).parents[2] / "crawler" / "settings.py"
PLAIN = {"BOT_NAME", "SPIDER_MODULES", "NEWSPIDER_MODULE", "ARCHIVE_FOLDER", "LOG_LEVEL", "DEFAULT_REQUEST_HEADERS"}


def test_every_setting_has_its_reason() -> None:
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    for node in ast.parse("\n".join(lines)).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        name = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(name, ast.Name) or name.id in PLAIN:
            continue
        first = node.lineno - 1
        while first > 0 and lines[first - 1].strip():
            first -= 1
        block = lines[first : node.end_lineno]
        assert any("#" in line for line in block), f"{name.id} has no reason"


def test_nothing_acts_on_its_own() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    off = [
        "TELNETCONSOLE_ENABLED",
        "REMOTE_CONTROL_ENABLED",
        "COOKIES_ENABLED",
        "HTTPCACHE_ENABLED",
        "RETRY_ENABLED",
        "REDIRECT_ENABLED",
        "METAREFRESH_ENABLED",
        "COMPRESSION_ENABLED",
        "HTTPPROXY_ENABLED",
        "ROBOTSTXT_OBEY",
    ]
    assert not any(settings.getbool(name) for name in off)
    assert settings["JOBDIR"] is None
    assert settings.getfloat("DOWNLOAD_DELAY") == 2.0
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    asked = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert {str(path).rpartition(".")[2] for path in asked} == {"DefaultHeadersMiddleware", "UserAgentMiddleware"}
    assert not settings.get_component_priority_dict_with_base("SPIDER_MIDDLEWARES")
    assert not settings.get_component_priority_dict_with_base("EXTENSIONS")


def test_the_user_agent_is_ours() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    agent = settings["USER_AGENT"]
    assert agent.startswith("nianbao/")
    assert not any(name in agent for name in ("Mozilla", "Chrome", "Safari", "Scrapy"))
