"""The keeper's settings: who asks is said to every portal, asked for once, and never made up."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from crawler.config import Config, config_path, equip, is_contact, read_config, user_agent
from crawler.errors import BadConfig, NoContact
from crawler.plan import Plan
from crawler.registry import find_portal
from tests.crawler.conftest import ROOT, command, environment

AGENT = f"nianbao/{version('nianbao')}"
PROGRAM = (
    "from crawler.config import equip\n"
    "from crawler.plan import Plan\n"
    "from crawler.registry import find_portal\n"
    "print(equip(Plan((find_portal('www.county.example.gov.cn', ()),), 'crawl')).user_agent)\n"
)


def plan_for(target: str) -> Plan:
    return Plan((find_portal(target, ()),), "crawl")


@pytest.fixture
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for config.toml, in which nothing is yet; no contact in the environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("NIANBAO_CONTACT", raising=False)
    monkeypatch.delenv("NIANBAO_CONFIG", raising=False)
    return tmp_path / "nianbao" / "config.toml"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_where_the_settings_are(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path() == config_file
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert config_path() == Path.home() / ".config/nianbao/config.toml"
    monkeypatch.setenv("NIANBAO_CONFIG", "elsewhere.toml")
    assert config_path() == Path("elsewhere.toml")
    with pytest.raises(BadConfig, match="not there"):
        read_config()


def test_what_is_said_is_read_and_the_environment_wins(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_config() == Config()
    write(
        config_file,
        'contact = "keeper@archive.example"\nproject_url = "https://archive.example/"\nproxy = "http://p.example:3128"\n',
    )
    assert read_config() == Config("keeper@archive.example", "https://archive.example/", "http://p.example:3128")
    monkeypatch.setenv("NIANBAO_CONTACT", "https://other.example/about")
    assert read_config().contact == "https://other.example/about"
    monkeypatch.setenv("NIANBAO_CONTACT", "somebody")
    with pytest.raises(BadConfig, match="NIANBAO_CONTACT"):
        read_config()


@pytest.mark.parametrize(
    "said",
    [
        'contakt = "keeper@archive.example"',
        "contact = 7",
        'contact = "not an address"',
        'contact = "keeper@archive.example\\r\\nX-Forged: 1"',
        'contact = "a(b)@archive.example"',
        'project_url = "ftp://archive.example/"',
        'proxy = "socks5://127.0.0.1:1080"',
        'proxy = "http://user:secret@127.0.0.1:3128"',
        'proxy = "http://127.0.0.1"',
        'proxy = "http://127.0.0.1:99999"',
        "contact = ",
        "[contact]",
    ],
)
def test_what_cannot_be_is_an_error(said: str, config_file: Path) -> None:
    write(config_file, f"{said}\n")
    with pytest.raises(BadConfig) as refused:
        read_config()
    assert refused.value.exit_code == 2
    assert "config.toml" in refused.value.says


def test_what_may_stand_for_a_contact() -> None:
    assert all(map(is_contact, ("a.b+c@d-e.example", "https://archive.example/a?b=1", "https://archive.example")))
    assert not any(map(is_contact, ("", "a@b", "@b.example", "http://archive.example/", "https://archive", "a b@c.de")))


def test_the_user_agent_says_who_asks_for_whom() -> None:
    assert user_agent(Config()) == AGENT
    assert user_agent(Config("keeper@archive.example")) == f"{AGENT} (keeper@archive.example)"
    both = Config("keeper@archive.example", "https://archive.example/")
    assert user_agent(both) == f"{AGENT} (+https://archive.example/; keeper@archive.example)"


def test_this_machine_needs_no_contact_and_any_other_does(config_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert equip(plan_for("http://127.0.0.1:8000/")).user_agent == AGENT
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(NoContact, match=r"NIANBAO_CONTACT, or contact in .*config\.toml"):
            equip(plan_for("www.county.example.gov.cn"))
    assert not config_file.exists()
    monkeypatch.setenv("NIANBAO_CONTACT", "keeper@archive.example")
    assert equip(plan_for("www.county.example.gov.cn")).user_agent == f"{AGENT} (keeper@archive.example)"


def test_without_a_terminal_a_crawl_ends_before_it_begins(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    surroundings = environment(XDG_CONFIG_HOME=str(tmp_path))
    del surroundings["NIANBAO_CONTACT"]
    done = subprocess.run(
        [*command(archive, "crawl", "www.county.example.gov.cn", "--json")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert done.returncode == 2
    assert '"code": "no_contact"' in done.stdout
    assert "NIANBAO_CONTACT" in done.stderr
    assert not archive.exists()


def on_terminal(tmp_path: Path, typed: list[str]) -> tuple[int, str]:
    """The program on a terminal of its own, at which lines are typed → its exit code and what the terminal shows."""
    surroundings = environment(XDG_CONFIG_HOME=str(tmp_path))
    del surroundings["NIANBAO_CONTACT"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=surroundings
    )
    os.close(theirs)
    shown, answers, deadline = b"", list(typed), time.monotonic() + 60
    prompts = 0
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.05)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        if answers and shown.count(b"contact: ") > prompts:
            prompts += 1
            os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    return process.wait(timeout=30), shown.decode()


def test_on_a_terminal_the_contact_is_asked_for_once_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "nianbao" / "config.toml", 'project_url = "https://archive.example/"\n')
    code, shown = on_terminal(tmp_path, ["me", "keeper@archive.example"])
    assert code == 0, shown
    assert "'me' is no mail address and no https URL" in shown
    assert f"{AGENT} (+https://archive.example/; keeper@archive.example)" in shown
    kept = (tmp_path / "nianbao" / "config.toml").read_text(encoding="utf-8")
    assert kept == 'contact = "keeper@archive.example"\nproject_url = "https://archive.example/"\n'
    code, shown = on_terminal(tmp_path, [])
    assert (code, "contact: " in shown) == (0, False), shown


def test_three_answers_that_are_none_end_it(tmp_path: Path) -> None:
    code, shown = on_terminal(tmp_path, ["me", "", "no"])
    assert code == 1
    assert "NoContact" in shown
    assert not (tmp_path / "nianbao").exists()
