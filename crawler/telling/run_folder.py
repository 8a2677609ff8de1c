"""The folder of a run beside the archive: its summary, its looks, its hosts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.runs.looks import list_looks, sum_hosts
from archive.store import Archive, naming_errors
from crawler.telling.logbook import RUN_LOG

RUNS = "runs"
SUMMARY, SUMMARY_WORDS, CRAWL_LOG, HOSTS = "summary.json", "summary.md", "crawl.log", "hosts.jsonl"
_MEANS = {
    0: "done", 1: "an error", 2: "a setting cannot be what it says", 3: "an expectation failed", 4: "partly done",
    5: "no room, or no right to write", 6: "another run holds the archive", 7: "damage found",
    8: "the clock jumped", 130: "interrupted",
}  # fmt: skip
_COUNTS = ("requests", "captures", "revisits", "new_versions", "reports", "not_seen")


def folder_of(archive: Path, run: int) -> Path:
    """An archive's folder and a run's number → the run's folder."""
    return archive / RUNS / str(run)


def write_run(archive: Archive, run: int, summary: Mapping[str, Any]) -> None:
    """Writes summary.json, summary.md, crawl.log (one JSON object a look) and hosts.jsonl (one a host), each whole or
    as it was before. Raises NoRoom, Damaged."""
    folder = folder_of(archive.folder, run)
    with naming_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / SUMMARY, [json.dumps(summary, ensure_ascii=False, indent=2)])
        _write(folder / SUMMARY_WORDS, [render_summary(summary)])
        _write(folder / CRAWL_LOG, (json.dumps(asdict(one), ensure_ascii=False) for one in list_looks(archive, run)))
        pauses = _pauses_in(folder / RUN_LOG)
        hosts = sum_hosts(list_looks(archive, run))
        _write(
            folder / HOSTS,
            (json.dumps(asdict(one) | {"pauses": pauses.get(one.host, [])}, ensure_ascii=False) for one in hosts),
        )


def _write(path: Path, lines: Iterable[str]) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(f"{line}\n")
    part.replace(path)


def _pauses_in(log: Path) -> dict[str, list[dict[str, object]]]:
    """The run's log → each host that asked to be left alone, when and for how many seconds."""
    found: dict[str, list[dict[str, object]]] = {}
    if not log.is_file():
        return found
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(line)
        except ValueError:  # the last line of a process that was killed
            continue
        if said.get("event") == "pause":
            found.setdefault(said["host"], []).append({"time": said["time"], "seconds": said["seconds"]})
    return found


def render_summary(summary: Mapping[str, Any]) -> str:
    """A summary → the same for a person, in Markdown."""
    code = summary["exit_code"]
    run = "no run" if summary["run"] is None else f"run {summary['run']}"
    lines = [f"# nianbao: {run}, exit code {code}: {_MEANS.get(code, 'an error')}", "", f"`{summary['command']}`"]
    if summary["why"]:
        lines += ["", summary["why"]]
    failed = [site for site in summary.get("sites", ()) if site["failures"]]
    if failed:
        lines += ["", "## What failed", ""]
        for site in failed:
            named = f"{site['site']} {site['name']}".strip()
            lines.append(f"- {named}: {'; '.join(site['failures'])}" + (f" – `{site['next']}`" if site["next"] else ""))
    if summary["run"] is not None:
        lines += ["", "## What was done", ""]
        lines.append(f"- begun {summary['started_at']}, ended {summary['ended_at'] or 'not yet'}")
        lines += [f"- {name.replace('_', ' ')}: {summary[name]}" for name in _COUNTS]
        for name in ("outcomes", "unread"):
            counts = ", ".join(f"{one} {count}" for one, count in sorted(summary[name].items())) or "none"
            lines.append(f"- {name}: {counts}")
    return "\n".join(lines)
