"""Documents are read by several children at once, and their answers come in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from county import figures_of, page

from archive import workers
from archive.workers import Job, open_workers, read_in_order
from parsers.errors import NotAReport
from parsers.readers import Reader
from parsers.report import Hints, Report


def jobs(count: int) -> list[Job]:
    """Each fifth is no report."""
    made = [page("示例县教育局", 2010 + number, figures_of(number)) for number in range(count)]
    return [
        Job(number, "今天天气很好".encode() if number % 5 == 4 else payload, Hints())
        for number, payload in enumerate(made)
    ]


@pytest.mark.parametrize("held", [1, 2**30])
def test_answers_come_in_order_however_few_may_wait(held: int) -> None:
    asked = jobs(30)
    with open_workers(2) as warm:
        warm.held = held
        answers = list(read_in_order(warm, asked))
    assert [job for job, _ in answers] == asked
    for job, answer in answers:
        if job.number % 5 == 4:
            assert isinstance(answer, NotAReport)
        else:
            assert isinstance(answer, tuple)
            assert [report.report_year for report in answer] == [2010 + job.number]


def test_a_reader_that_breaks_down_is_no_reason_to_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Reader):
        def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
            raise TypeError("an error of our own")

    monkeypatch.setattr(workers, "Reader", Broken)
    with open_workers(1) as warm:
        futures = [warm.submit(job) for job in jobs(4)]
        assert [str(future.exception(30)) for future in futures] == ["an error of our own"] * 4


def test_after_an_interrupt_what_was_taken_ahead_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    begun = threading.Event()

    class Slow(Reader):
        def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
            read.append(len(payload))
            begun.set()
            time.sleep(0.2)
            return ()

    def interrupted() -> None:
        with open_workers(1) as warm:
            for job in jobs(12):
                warm.submit(job)
            assert begun.wait(30)
            raise KeyboardInterrupt

    monkeypatch.setattr(workers, "Reader", Slow)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(read) <= 2  # the one under way, and the one that waited for its reader
