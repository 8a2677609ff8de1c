"""Kept bytes read again in a merge: where two releases must be compared, or a part of a version stands alone now."""

from __future__ import annotations

from dataclasses import replace

from archive.ingest import job_of, look_at
from archive.merging.chains import Place, ReportKey
from archive.store import Archive
from archive.workers import Answer, Job, Workers
from parsers.errors import DocumentError
from parsers.report import Report


class Readers:
    """The present release of the parsers; each payload is read once, a few are remembered."""

    _MOST = 64

    def __init__(self, archive: Archive, workers: Workers) -> None:
        self.archive = archive
        self.workers = workers
        self.count = 0
        self._known: dict[tuple[str, int], Answer | DocumentError] = {}

    def read(self, payload: str, place: Place, key: ReportKey) -> Report | tuple[str, str]:
        """A payload's digest, where it was seen, and of which report → that report, or (code, says) of why not."""
        answer = self._answer(payload, place.capture)
        if not isinstance(answer, tuple):
            return answer.code, answer.says
        same = [
            one
            for one in answer
            if (one.body.name, one.body.region_code or "", one.report_year, one.format) == (*key, place.format)
        ]
        if place.nth < len(same):
            return same[place.nth]
        return "unidentified", "read again, it names another body or year"

    def agree(self, left: str, right: str, place: Place, key: ReportKey) -> bool:
        """Whether two payloads are one report in the same words and figures."""
        reports = [self.read(payload, place, key) for payload in (left, right)]
        digests = [one.content_digest for one in reports if isinstance(one, Report)]
        return len(digests) == len(reports) and len(set(digests)) == 1

    def _answer(self, payload: str, capture: int) -> Answer | DocumentError:
        if (payload, capture) not in self._known:
            job = job_of(self.archive, replace(look_at(self.archive, capture), payload=payload))
            self.count += isinstance(job, Job)
            answer = self.workers.submit(job).result() if isinstance(job, Job) else job
            if len(self._known) >= self._MOST:
                self._known.pop(next(iter(self._known)))
            self._known[payload, capture] = answer  # type: ignore[assignment]
        return self._known[payload, capture]
