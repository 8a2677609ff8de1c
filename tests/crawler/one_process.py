"""Runs a plan in this process alone, from its first request to its last reading."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from archive.ingest import read_pending
from archive.runs.run import end_run
from archive.store import Archive
from crawler.running.expedition import Expedition
from crawler.running.plan_sent import plan_from_dict
from crawler.voyages.journey import travel

if __name__ == "__main__":
    with Archive.open(Path(sys.argv[1]), write=True) as archive:
        expedition = Expedition(archive, plan_from_dict(json.loads(sys.argv[2])))
        travel(expedition)
        read_pending(archive, expedition.run)
        assert expedition.is_done(), expedition.why_stuck()
        expedition.finish()
        end_run(archive, expedition.run)
