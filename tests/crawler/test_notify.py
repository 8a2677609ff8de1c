"""A run that fails is made known: one POST, one mail; what cannot be delivered is said, and changes nothing."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives import serialization

from crawler.preferences import Config
from crawler.telling.account import NOTIFIED
from crawler.telling.notify import notify
from tests.batteries.wire_certificates import Signed, sign
from tests.crawler.conftest import ROOT, Nianbao
from tests.crawler.test_season import own as own
from tests.portals.trs import Reply, TrsPortal

SECRET, PASSWORD = "canaryhooktoken", "canarymailpassword"
SUMMARY: dict[str, Any] = {
    "run": None, "command": "nianbao season", "exit_code": 6, "why": "held: 示例", "year": None, "sites": [],
}  # fmt: skip


class Hook:
    """A server on loopback that is posted to: path, headers and body of each, and the status it answers."""

    def __init__(self, status: int = 204) -> None:
        self.posted: list[tuple[str, dict[str, str], Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posted.append((self.path, dict(self.headers.items()), json.loads(body)))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/{SECRET}?key={SECRET}"

    def __enter__(self) -> Hook:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Office:
    """What a mail server has taken: each envelope, whether it came under TLS, and who had logged in."""

    def __init__(self) -> None:
        self.taken: list[tuple[Envelope, bool, bytes | None]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append((envelope, session.ssl is not None, session.auth_data))
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False, auth_data=data.login if good else None)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The TLS of a mail server on loopback, whose authority this process trusts."""
    root = sign("authority.example", authority=True)
    signed: Signed = sign("localhost", root, addresses=("127.0.0.1",))
    (tmp_path / "root.pem").write_bytes(root.pem())
    key = signed.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "server.pem").write_bytes(key + signed.pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    return context


def mail_server(office: Office, **options: Any) -> Controller:
    office_hours = {"hostname": "127.0.0.1", "port": 0, "ready_timeout": 60}
    return _Controller(office, authenticator=office.authenticate, **office_hours, **options)


@pytest.fixture
def started() -> Iterator[list[Controller]]:
    servers: list[Controller] = []
    yield servers
    for server in servers:
        server.stop()


class _Controller(Controller):
    """On a port that is free: which one, it learns before it asks itself whether it is there."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def start(server: Controller, started: list[Controller]) -> Config:
    server.start()
    started.append(server)
    return Config(notify_mail_to="desk@archive.example", notify_smtp=f"127.0.0.1:{server.port}")


def test_one_post_of_the_summary() -> None:
    with Hook() as hook:
        assert list(notify(Config(notify_webhook=hook.url), SUMMARY)) == [("webhook", "")]
    ((path, heads, body),) = hook.posted
    assert path == f"/hooks/{SECRET}?key={SECRET}"
    assert heads["Content-Type"] == "application/json"
    assert body == SUMMARY


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_the_hook_refuses_is_said_without_its_url(status: int) -> None:
    with Hook(status) as hook:
        ((_, failure),) = notify(Config(notify_webhook=hook.url), SUMMARY)
    assert failure == f"the server answered {status}"
    assert len(hook.posted) == 1, "no redirect is followed, nothing is sent twice"
    for url in (hook.url, f"http://127.0.0.1:99999/{SECRET}", f"https://no.such.host.example:1/{SECRET}"):
        ((_, failure),) = notify(Config(notify_webhook=url), SUMMARY)
        assert failure
        assert SECRET not in failure


def test_a_mail_in_the_clear_where_no_tls_is_offered(office: Office, started: list[Controller]) -> None:
    config = start(mail_server(office), started)
    assert list(notify(config, SUMMARY)) == [("mail", "")]
    ((envelope, under_tls, login),) = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("desk@archive.example", ["desk@archive.example"])
    assert (under_tls, login) == (False, None)
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "nianbao: no run, exit code 6: another run holds the archive"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "held: 示例" in message.get_content()


def test_a_mail_under_tls_with_a_login(office: Office, started: list[Controller], authority: ssl.SSLContext) -> None:
    config = start(mail_server(office, tls_context=authority, auth_required=True), started)
    config = replace(config, notify_smtp_user="keeper", notify_smtp_password=PASSWORD)
    assert list(notify(config, SUMMARY)) == [("mail", "")]
    ((_, under_tls, login),) = office.taken
    assert (under_tls, login) == (True, b"keeper")
    ((_, failure),) = notify(replace(config, notify_smtp_password="canaryother"), SUMMARY)
    assert failure == "SMTPAuthenticationError, the server answered 535"


def test_a_password_is_never_sent_in_the_clear_nor_to_a_stranger(
    office: Office, started: list[Controller], authority: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = {"notify_smtp_user": "keeper", "notify_smtp_password": PASSWORD}
    clear = start(mail_server(office, auth_require_tls=False), started)
    ((_, failure),) = notify(replace(clear, **login), SUMMARY)
    assert failure == "the server offers no TLS, and a password is not sent without"
    monkeypatch.delenv("SSL_CERT_FILE")
    strange = start(mail_server(office, tls_context=authority), started)
    ((_, failure),) = notify(replace(strange, **login), SUMMARY)
    assert failure.startswith("SSLCertVerificationError")
    assert office.taken == []


def write_settings(config: Path, hook: Hook, mail: Config) -> None:
    (config / "nianbao" / "config.toml").write_text(
        f'[notify]\nwebhook = "{hook.url}"\nmail_to = "{mail.notify_mail_to}"\nsmtp = "{mail.notify_smtp}"\n',
        encoding="utf-8",
    )


def test_a_season_that_failed_is_told(
    own: tuple[TrsPortal, Path], nianbao: Nianbao, folder: Path, office: Office, started: list[Controller]
) -> None:
    portal, config = own
    busy = "/zfxxgk/zfxxgknb/2023/index_1.html"
    portal.pages[busy] = Reply(b"", 503, {"Retry-After": "1"})
    mail = start(mail_server(office), started)
    words = ("season", "2025", "--region", "999999", "--delay", "0")
    settings = {"XDG_CONFIG_HOME": str(config), "NIANBAO_NOW": "2026-04-02T14:00:00Z"}
    with Hook() as hook:
        write_settings(config, hook, mail)
        done = nianbao(*words, **settings)
        assert done.returncode == 3, done.stderr
        ((_, _, posted),) = hook.posted
        assert len(office.taken) == 1
        run = folder / "runs" / "1"
        assert posted == json.loads((run / "summary.json").read_text(encoding="utf-8"))
        jsonschema.validate(posted, json.loads((ROOT / "docs/schema/run_summary.json").read_text(encoding="utf-8")))
        (site,) = posted["sites"]
        assert (posted["exit_code"], posted["year"], site["site"]) == (3, 2025, "shili")
        words_of_it = (run / "summary.md").read_text(encoding="utf-8")
        assert words_of_it.startswith("# nianbao: run 1, exit code 3: an expectation failed")
        assert f"- shili 示例县人民政府: {'; '.join(site['failures'])} – `{site['next']}`" in words_of_it
        assert isinstance(office.taken[0][0].content, bytes)
        message = message_from_bytes(office.taken[0][0].content, policy=policy.default)
        assert message.get_content().replace("\r\n", "\n").strip() == words_of_it.strip()
    kept_files = [path for path in (folder / "runs").rglob("*") if path.is_file()]
    told = done.stdout + done.stderr + "".join(path.read_text(encoding="utf-8") for path in kept_files)
    assert SECRET not in told
    assert "webhook: delivered" in told
    hosts = [json.loads(line) for line in (run / "hosts.jsonl").read_text(encoding="utf-8").splitlines()]
    (host,) = [one for one in hosts if one["host"] == portal.netloc]
    assert host["outcomes"]["server_error"] == 1, "the one look whose three tries failed"
    assert [pause["seconds"] for pause in host["pauses"]] == [1, 1, 1], "each of the three tries was told to wait"


def test_what_is_not_delivered_changes_nothing(own: tuple[TrsPortal, Path], nianbao: Nianbao, folder: Path) -> None:
    _, config = own
    with Hook() as hook:
        pass  # nobody is there any more
    write_settings(config, hook, Config(notify_mail_to="desk@archive.example", notify_smtp="127.0.0.1:1"))
    words = ("season", "2025", "--region", "999999", "--delay", "0")
    settings = {"XDG_CONFIG_HOME": str(config), "NIANBAO_NOW": "2026-04-02T14:00:00Z"}
    done = nianbao(*words, **settings)
    assert done.returncode == 3
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(one["event"], one["what"]) for one in lines if "what" in one] == [
        ("not_notified", "webhook"), ("not_notified", "mail"),
    ]  # fmt: skip
    assert all("Connection refused" in one["words"] and one["level"] == "warning" for one in lines if "what" in one)
    assert SECRET not in done.stderr
    assert nianbao("verify").returncode == 0
    assert json.loads((folder / "runs" / "1" / "summary.json").read_text(encoding="utf-8"))["exit_code"] == 3


def test_a_refusal_before_any_run_is_told(own: tuple[TrsPortal, Path], nianbao: Nianbao, folder: Path) -> None:
    """Another run holds the archive: night after night nobody would know."""
    from archive.store import Archive

    _, config = own
    settings = {"XDG_CONFIG_HOME": str(config), "NIANBAO_NOW": "2026-01-20T14:00:00Z"}
    with Hook() as hook, Archive.open(folder, write=True):
        write_settings(config, hook, Config())
        (config / "nianbao" / "config.toml").write_text(f'[notify]\nwebhook = "{hook.url}"\n', encoding="utf-8")
        done = nianbao("season", "2025", "--region", "999999", "--delay", "0", **settings)
    assert done.returncode == 6
    ((_, _, posted),) = hook.posted
    assert (posted["run"], posted["exit_code"]) == (None, 6)
    assert posted["why"].startswith("held: ")
    jsonschema.validate(posted, json.loads((ROOT / "docs/schema/run_summary.json").read_text(encoding="utf-8")))


def test_a_night_that_ends_with_work_left_is_no_failure() -> None:
    assert not NOTIFIED & {0, 4, 130}


def test_nothing_is_sent_where_nothing_is_set_up(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert list(notify(Config(), SUMMARY)) == []
    assert caplog.records == []
