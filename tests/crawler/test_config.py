"""The keeper's settings: who asks is said to every portal, asked for once, and never made up."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path

import jsonschema
import pytest

from crawler.config import _keep_contact, equip, user_agent
from crawler.errors import BadConfig, NoContact
from crawler.preferences import (
    MASK,
    OTHER_VARIABLES,
    Config,
    as_toml,
    config_path,
    is_contact,
    list_settings,
    read_config,
)
from crawler.registry import find_portal
from crawler.running.plan import Plan
from tests.crawler.conftest import ROOT, Nianbao, command, environment

ROOMS = ("archive", "crawler", "parsers")
AGENT = f"nianbao/{version('nianbao')}"
PROGRAM = (
    "from crawler.config import equip\n"
    "from crawler.running.plan import Plan\n"
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


def test_a_contact_is_kept_in_a_file_that_has_an_empty_one_and_tables(config_file: Path) -> None:
    write(config_file, 'proxy = ""\n contact = ""  # whom to write to\n[notify]\nmail_to = "desk@archive.example"\n')
    _keep_contact(config_file, "keeper@archive.example")
    assert read_config() == Config("keeper@archive.example", notify_mail_to="desk@archive.example")


def test_three_answers_that_are_none_end_it(tmp_path: Path) -> None:
    code, shown = on_terminal(tmp_path, ["me", "", "no"])
    assert code == 1
    assert "NoContact" in shown
    assert not (tmp_path / "nianbao").exists()


def test_every_setting_can_be_said_in_three_places_and_the_last_wins(
    config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = {
        "contact": "a@archive.example", "project_url": "https://a.example/", "proxy": "http://a.example:1",
        "archive": "/a", "notify_webhook": "https://a.example/hook", "notify_mail_to": "a@archive.example",
        "notify_mail_from": "a@archive.example", "notify_smtp": "a.example:25", "notify_smtp_user": "a",
        "notify_smtp_password": 'a"\\b',
    }  # fmt: skip
    assert set(file) == {one.name for one in fields(Config)}
    table = "".join(f"{key.removeprefix('notify_')} = '{file[key]}'\n" for key in file if key.startswith("notify_"))
    write(
        config_file, "".join(f"{key} = '{file[key]}'\n" for key in file if "notify" not in key) + f"[notify]\n{table}"
    )
    assert read_config() == Config(**file)
    assert {one.origin for one in list_settings({}) if one.key} == {str(config_file)}
    for one in fields(Config):
        variable = f"NIANBAO_{one.name.upper()}"
        other = file[one.name].replace("a", "b")
        with monkeypatch.context() as patch:
            patch.setenv(variable, other)
            assert read_config() == replace(Config(**file), **{one.name: other})
            (said,) = [said for said in list_settings({}) if said.variable == variable]
            assert said.origin == f"environment: {variable}"
            assert said.value == (MASK if one.metadata["secret"] else other)
    (archive,) = [one for one in list_settings({"archive": "/c"}) if one.key == "archive"]
    assert (archive.value, archive.origin, archive.flag) == ("/c", "--archive", "--archive")


def test_what_a_backup_keeps_of_the_settings_is_read_again_and_has_no_secret(config_file: Path) -> None:
    config = Config(
        "a@archive.example", notify_webhook="https://a.example/hook", notify_smtp_user='a "b" \\ \t示例',
        notify_smtp_password="canarypassword",
    )  # fmt: skip
    write(config_file, as_toml(config))
    assert read_config() == replace(config, notify_webhook="", notify_smtp_password="")
    assert "canary" not in as_toml(config)
    write(config_file, as_toml(Config()))
    assert read_config() == Config()


@pytest.mark.parametrize(
    "said",
    [
        "[notify]\nweb_hook = 'https://a.example/'", "[notify]\nwebhook = 'canarysecret'", "notify = 'x'",
        "[notify]\nmail_to = 'nobody'", "[notify]\nsmtp = 'a b'", "[notify]\nsmtp_password = 7", "[other]\na = 'b'",
    ],
)  # fmt: skip
def test_what_cannot_be_in_a_table_is_an_error_and_no_secret_is_repeated(said: str, config_file: Path) -> None:
    write(config_file, f"{said}\n")
    with pytest.raises(BadConfig, match=r"config\.toml") as refused:
        read_config()
    assert "canary" not in refused.value.says


def test_the_code_reads_no_setting_that_is_not_listed() -> None:
    listed = {*OTHER_VARIABLES, *(f"NIANBAO_{one.name.upper()}" for one in fields(Config))}
    named = set()
    for path in [ROOT / "nianbao.py", *(one for room in ROOMS for one in (ROOT / room).rglob("*.py"))]:
        named |= set(re.findall(r"environ(?:\.get\(|\[)\"(NIANBAO_\w+)\"", path.read_text("utf-8")))
    assert "NIANBAO_NOW" in named
    assert named <= listed


def test_config_show(config_file: Path, nianbao: Nianbao) -> None:
    write(config_file, "contact = 'keeper@archive.example'\n[notify]\nwebhook = 'https://a.example/canarytoken'\n")
    surroundings = {"XDG_CONFIG_HOME": str(config_file.parents[1]), "NIANBAO_TYPO": "canary", "NIANBAO_CONTACT": ""}
    shown = nianbao("config", "show", "--origin", **surroundings)
    assert shown.returncode == 0, shown.stderr
    rows = {line.split()[0]: line for line in shown.stdout.splitlines()}
    assert rows["contact"].split()[1:3] == ["keeper@archive.example", str(config_file)]
    assert MASK in rows["notify.webhook"]
    assert "--archive" in rows["archive"]
    assert rows["NIANBAO_TYPO"] == "NIANBAO_TYPO is in the environment, and nothing reads it"
    said = nianbao("config", "show", "--json", **surroundings).stdout
    schema = json.loads((ROOT / "docs/schema/config_show.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(said), schema)
    assert "canary" not in shown.stdout + said
    write(config_file, "contakt = 'keeper@archive.example'\n")
    wrong = nianbao("config", "show", **surroundings)
    assert wrong.returncode == 2
    assert "unknown keys contakt" in wrong.stderr


def test_the_archive_can_be_named_in_the_file(config_file: Path, tmp_path: Path) -> None:
    write(config_file, f"archive = '{tmp_path / 'kept'}'\n")
    surroundings = environment(XDG_CONFIG_HOME=str(config_file.parents[1]))
    words = [sys.executable, "-m", "nianbao", "status"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=surroundings, check=False)
    assert done.returncode == 1
    assert str(tmp_path / "kept") in done.stderr
