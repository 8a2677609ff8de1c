"""Pages asked of the site over an archive, as a browser's request comes to it, and the processor's time of each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

_SEED = 20250120


def ask_pages(folder: str, times: int) -> dict[str, list[float]]:
    """Kind of page → CPU milliseconds of each request; places and bodies are drawn by chance, always the same."""
    from archive.web.app import create_app
    from archive.web.asked import Site

    app = create_app(Path(folder), Site("http://127.0.0.1:8000"))
    took: dict[str, list[float]] = {}
    asked = {kind: [next(urls) for _ in range(times)] for kind, urls in _urls(Path(folder)).items()}
    for kind, urls in asked.items():
        asyncio.run(_ask(app, urls[0]))  # templates and tables are loaded
        took[kind] = [asyncio.run(_ask(app, url)) * 1e3 for url in urls]
    return took


def yardstick(times: int) -> list[float]:
    """CPU milliseconds of a piece of work that never changes, by which this machine is known again."""
    took = []
    for _ in range(times):
        began = time.process_time()
        sorted(str(number * 7919 % 100_003) for number in range(60_000))
        took.append((time.process_time() - began) * 1e3)
    return took


async def _ask(app: Any, url: str) -> float:
    """Raises ValueError where the answer is none."""
    parts, status = urlsplit(url), []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": parts.path, "raw_path": quote(parts.path).encode(), "query_string": parts.query.encode(),
        "root_path": "", "headers": [(b"host", b"127.0.0.1:8000"), (b"accept-language", b"zh-CN")],
        "client": ("127.0.0.1", 40000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    is_asked = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if is_asked.is_set():
            await asyncio.Event().wait()
        is_asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    began = time.process_time()
    await app(scope, receive, send)
    took = time.process_time() - began
    if status != [200]:
        raise ValueError(f"{url}: expected 200, found {status}")
    return took


def _urls(folder: Path) -> dict[str, Any]:
    from archive.store import Archive

    with Archive.open(folder, write=False) as archive:
        every = archive.db.execute("SELECT name, region_code FROM organisations ORDER BY id").fetchall()
    chance = random.Random(_SEED)
    bodies = chance.sample(every, min(400, len(every)))
    return {
        "front page": _forever(["/"]),
        "coverage of a county": _forever([f"/place/{code}?year=2023" for _, code in bodies]),
        "coverage of a city": _forever([f"/place/{code[:4]}?year=2023" for _, code in bodies]),
        "coverage of a province": _forever([f"/place/{code[:2]}?year=2023" for _, code in bodies]),
        "coverage of the country": _forever(["/place/?year=2023"]),
        "compare three bodies": _forever([_compared(bodies[at : at + 3]) for at in range(len(bodies) - 2)]),
        "compare with a province's peers": _forever(
            [f"{_compared([body])}&peers=province" for body in bodies]
        ),
    }  # fmt: skip


def _compared(bodies: Sequence[tuple[str, str]]) -> str:
    return "/compare?" + "&".join(f"body={quote(name)}" for name, _ in bodies)


def _forever(urls: Sequence[str]) -> Any:
    while True:
        yield from urls
