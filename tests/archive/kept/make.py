"""Makes an archive as an earlier release made it, and says what that release printed of it.

Run with that release's own tree: ``python make.py TREE OUT.tar.xz``; writes ``held.json`` beside it, in which the
releases of 0001, 0004, 0005, 0010, 0012, 0013 and 0013 with payloads of 0002 (the ones that wrote those archives) agree
to the byte. No release ended with a number between them. Two crawls of an invented portal (an edit, a page that is
gone, a list), and an import of a document of tests/documents.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_{}.html"
WRITE = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/archive"]
from archive.store import Archive
from county import article, crawl, figures_of
one, two, three = (f"http://www.shili.example/zfxxgknb/202501/t20250120_{n}.html" for n in (1, 2, 3))
with Archive.open(Path(sys.argv[2]), write=True) as archive:
    portal = {
        one: article("示例县教育局", 2024, figures_of(3)),
        two: article("示例县民政局", 2024, figures_of(8), counter=1),
        three: article("示例县水利局", 2023, figures_of(5)),
    }
    crawl(archive, 0, portal)
    edited = figures_of(3) | {"requests.received.enterprise": "77"}
    portal[one] = article("示例县教育局", 2024, edited, note="已修改。")
    portal[two] = article("示例县民政局", 2024, figures_of(8), counter=2)
    del portal[three]
    crawl(archive, 1, portal)
"""


def printed(tree: Path, folder: Path, *words: str) -> object:
    """What that release prints with --json."""
    ran = subprocess.run(
        [sys.executable, str(tree / "nianbao.py"), "--archive", str(folder), *words, "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tree,
    )
    return json.loads(ran.stdout)


def facts_of(tree: Path, folder: Path) -> dict[str, object]:
    """Reports with their figures, histories, hits and runs, as printed."""
    status = printed(tree, folder, "status")
    assert isinstance(status, dict)
    reports = {}
    for number in range(1, status["reports"] + 1):
        shown = printed(tree, folder, "show", f"r{number}")
        assert isinstance(shown, dict)
        reports[f"r{number}"] = {
            "organisation": shown["organisation"],
            "report_year": shown["report_year"],
            "version": shown["version"],
            "cells": {key: cell["raw"] for key, cell in shown["cells"].items()},
            "not_seen": shown["not_seen"],
            "history": [
                {name: one[name] for name in ("version", "url", "first_captured", "last_captured", "payload_digest")}
                for one in shown["history"]
            ],
        }
    hits = printed(tree, folder, "search", "行政复议")
    assert isinstance(hits, list)
    runs = printed(tree, folder, "runs")
    assert isinstance(runs, list)
    return {
        "reports": reports,
        "search": sorted((hit["report"], hit["version"]) for hit in hits),
        "runs": [{name: one[name] for name in ("run", "command", "captures", "revisits", "state")} for one in runs],
    }


def main(tree: Path, out: Path) -> None:
    """Writes the archive and what was printed of it."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "nianbao-archive"
        subprocess.run([sys.executable, "-c", WRITE, str(tree), str(folder)], check=True, cwd=tree)
        document = tree / "tests" / "documents" / "docx" / "docx01.docx"
        subprocess.run(
            [sys.executable, str(tree / "nianbao.py"), "--archive", str(folder), "import", str(document)],
            check=True,
            cwd=tree,
            env=os.environ | {"NIANBAO_NOW": "2025-02-01T08:00:00Z"},
        )
        (folder / "lock").write_bytes(b"")
        out.with_name("held.json").write_text(
            json.dumps(facts_of(tree, folder), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
        )
        with tarfile.open(out, "w:xz", preset=9) as tar:
            kept = ("archive.db", "payloads.db", "archive.db.seal", "payloads.db.seal")  # seals from 0006 on
            for path in (folder / name for name in kept if (folder / name).exists()):
                entry = tarfile.TarInfo(path.name)
                entry.size = path.stat().st_size
                with path.open("rb") as opened:
                    tar.addfile(entry, opened)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
