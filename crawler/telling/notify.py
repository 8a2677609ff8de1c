"""A failed run made known: its summary sent to a webhook and by mail."""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

from archive.clock import read_clock
from crawler.preferences import Config
from crawler.telling.run_folder import render_summary

TIMEOUT = 20.0
"""Seconds that a server has for each of its answers: the run is over, and its end waits for this."""
_SMTP, _SMTPS = 25, 465


class NotDelivered(Exception):
    """A server did not take a message; said without what is secret: no URL, no password, nothing the server said."""


def notify(config: Config, summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings and a run's summary → each way that is set up (``webhook``, ``mail``), and "" or why it failed."""
    ways = (("webhook", config.notify_webhook, post_summary), ("mail", config.notify_mail_to, mail_summary))
    for name, to, send in ways:
        if not to:
            continue
        try:
            send(config, summary)
        except NotDelivered as failure:
            yield name, str(failure)
        else:
            yield name, ""


def post_summary(config: Config, summary: Mapping[str, Any]) -> None:
    """One POST of the summary as JSON (RFC 8259); an answer of 2xx is its receipt, and no redirect is followed.

    Raises NotDelivered.
    """
    parts = urlsplit(config.notify_webhook)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = made(parts.hostname or "", parts.port, timeout=TIMEOUT)
        try:
            body = json.dumps(summary, ensure_ascii=False).encode("utf-8")
            connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "nianbao"})
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDelivered(_named(error)) from error
    if not 200 <= status < 300:
        raise NotDelivered(f"the server answered {status}")


def mail_summary(config: Config, summary: Mapping[str, Any]) -> None:
    """The summary in words, by SMTP (RFC 5321): under TLS where the server offers it (RFC 3207), and a password never
    without. Raises NotDelivered.
    """
    parts = urlsplit(f"//{config.notify_smtp}")
    try:
        host, port = parts.hostname or "", parts.port or _SMTP
        context = ssl.create_default_context()
        if port == _SMTPS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        with server:
            server.ehlo()
            if port != _SMTPS and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if config.notify_smtp_password:
                if not isinstance(server.sock, ssl.SSLSocket):
                    raise NotDelivered("the server offers no TLS, and a password is not sent without")
                server.login(config.notify_smtp_user, config.notify_smtp_password)
            server.send_message(_message(config, summary))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotDelivered(_named(error)) from error


def _message(config: Config, summary: Mapping[str, Any]) -> EmailMessage:
    words = render_summary(summary)
    message = EmailMessage()
    message["Subject"] = words.partition("\n")[0].removeprefix("# ")
    message["From"] = config.notify_mail_from or config.notify_mail_to
    message["To"] = config.notify_mail_to
    message["Date"] = format_datetime(read_clock())
    message["Message-ID"] = make_msgid(domain=message["From"].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    message.set_content(words)
    return message


def _named(error: Exception) -> str:
    """What went wrong, in words of this machine."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__}, the server answered {error.smtp_code}"
    if isinstance(error, ssl.SSLError):
        return f"{type(error).__name__} {error.reason or ''}".rstrip()
    said = error.strerror if isinstance(error, OSError) else ""
    return f"{type(error).__name__}{f': {said}' if said else ''}"
