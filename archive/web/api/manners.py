"""What HTTP lets a client ask of every answer: its head alone, or nothing where it has it already."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Manners:
    """HEAD as GET without the body (RFC 9110, 9.3.2); ETag, and 304 where If-None-Match names it (8.8.3, 13.1.2).

    The body is held until it is whole: pages of the interface are bounded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        known = [one.strip().removeprefix("W/") for one in Headers(scope=scope).get("if-none-match", "").split(",")]
        start: Message = {}
        parts: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                body = b"".join(parts)
                if start["status"] == 200 and _tag(start, body, known):
                    body = b""
                await send(start)
                await send({"type": "http.response.body", "body": b"" if is_head else body})

        await self._app({**scope, "method": "GET"} if is_head else scope, receive, hold)


def _tag(start: Message, body: bytes, known: list[str]) -> bool:
    """Puts the ETag on the start of an answer; True where the client has it, and the answer is 304 now."""
    headers = MutableHeaders(scope=start)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers["ETag"] = etag
    headers["Cache-Control"] = "no-cache"
    if etag not in known and "*" not in known:
        return False
    start["status"] = 304
    del headers["Content-Length"], headers["Content-Type"]
    return True
