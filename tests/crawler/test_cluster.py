"""A crawl on a Dask cluster of processes: workers killed and cut off, the scheduler killed, links encrypted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from archive.reparsing.reparse import reparse
from archive.spread.cluster import Cluster
from archive.spread.reading import readers_at
from archive.spread.task import ClusterLost
from archive.store import Archive
from tests.archive.content import difference_of
from tests.crawler.certificates import make_certificates
from tests.crawler.cluster import ClusterOfProcesses, children_of, go_on, is_running, start_time, stop, until
from tests.crawler.conftest import ROOT, command, environment
from tests.crawler.shares import DELAY, SEEDED, a_crowd, alone, asked, crawled, ends_of_tasks, judge, plan_of
from tests.crawler.timeless import seen_in
from tests.portals.crowd import REPORTS, Crowd


def times() -> dict[str, float]:
    """A lease that is long enough for a share on this machine as it is loaded now, and no longer to be waited for."""
    return {"lease": 4.0 + 3 * start_time(), "grace": 2.0 + 2 * start_time()}


@pytest.fixture(autouse=True)
def dask() -> None:
    """Skips by name where the extra is not installed; with CI=true that is a failure."""
    if find_spec("distributed") is None:
        lacks = "distributed is not installed (extra: cluster)"
        assert os.environ.get("CI") != "true", lacks
        pytest.skip(lacks)


@contextmanager
def when(what: Callable[[], object], then: Callable[[], None]) -> Iterator[None]:
    """Does something as soon as a condition holds, while the block runs; its failure is the block's."""

    def strike() -> None:
        until(what)
        then()

    with ThreadPoolExecutor(1) as thread:
        struck = thread.submit(strike)
        yield
        struck.result()


def kill_a_worker_at_work(cluster: ClusterOfProcesses) -> None:
    """SIGKILL to a worker in the middle of a task; the task's process ends with it."""
    victim = next(worker for worker in cluster.workers if cluster.tasks_of(worker))
    tasks = cluster.tasks_of(victim)
    victim.kill()
    victim.wait()
    until(lambda: not any(is_running(task) for task in tasks), 5)


def test_a_cluster_crawls_what_one_process_would(tmp_path: Path) -> None:
    with a_crowd() as crowd, ClusterOfProcesses(1) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd, 0.0)
        until(lambda: place.slots == 2)
        assert crawled(tmp_path, replace(plan, portals=plan.portals[:1]), place) == ""
        assert ends_of_tasks(tmp_path) == {"home": 2}
        assert len(crowd.log) == 2 + REPORTS + 3
    with Archive.open(tmp_path, write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM reports").fetchone() == (REPORTS + 1,)


def test_a_task_ends_with_the_one_that_gave_it() -> None:
    giving = "from archive.spread.child import run_in_child as r; r('tests.crawler.idling', b'', 1e9, 0)"
    giver = subprocess.Popen([sys.executable, "-c", giving], cwd=ROOT, env=environment())
    until(lambda: children_of(giver.pid, "tests.crawler.idling"))
    tasks = children_of(giver.pid, "tests.crawler.idling")
    giver.kill()
    giver.wait()
    until(lambda: not any(is_running(task) for task in tasks), 5)


@pytest.mark.full  # the short forms are the two tests before
def test_a_worker_that_is_killed_takes_its_crawl_along_and_another_does_it_again(tmp_path: Path) -> None:
    with a_crowd() as crowd, ClusterOfProcesses(2, threads=1) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd)
        plan = replace(plan, portals=plan.portals[:2])
        until(lambda: place.slots == 2)
        with when(lambda: asked(crowd.log, SEEDED[0]) >= 2, lambda: kill_a_worker_at_work(cluster)):
            assert crawled(tmp_path / "shares", plan, place, **times()) == ""
        judge(list(crowd.log), DELAY)
        assert ends_of_tasks(tmp_path / "shares")["lost"] == 1
        assert {one.path for one in crowd.log if one.address == SEEDED[0]} >= {"/nb/t1000.html", "/nb/t1002.html"}


@pytest.mark.full  # the short forms are the first tests of this file
def test_workers_that_are_killed_lose_nothing(tmp_path: Path) -> None:
    with a_crowd() as crowd, ClusterOfProcesses(3) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd)
        until(lambda: place.slots == 6)

        def strike() -> None:
            kill_a_worker_at_work(cluster)
            cluster.workers.append(cluster.start_worker())

        with when(lambda: asked(crowd.log, SEEDED[1]) >= 3, strike):
            assert crawled(tmp_path / "shares", plan, place, **times()) == ""
        judge(list(crowd.log), DELAY)
        assert ends_of_tasks(tmp_path / "shares")["lost"] >= 1
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_a_worker_that_is_cut_off_past_its_lease_sends_nothing_more(tmp_path: Path) -> None:
    with a_crowd() as crowd, ClusterOfProcesses(2) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd)
        until(lambda: place.slots == 4)
        stopped: list[int] = []

        def cut_off() -> None:
            victim = next(worker for worker in cluster.workers if cluster.tasks_of(worker))
            stopped.extend([victim.pid, *cluster.tasks_of(victim)])
            stop(*stopped)

        with when(lambda: asked(crowd.log, SEEDED[0]) >= 2, cut_off):
            assert crawled(tmp_path / "shares", plan, place, **times()) == ""
        before = list(crowd.log)
        go_on(*stopped)
        until(lambda: not any(is_running(task) for task in stopped[1:]))
        # What was on its way to us when the process was stopped is all that is added.
        assert [one for one in crowd.log[len(before) :] if one.began > before[-1].began] == []
        judge(list(crowd.log), DELAY)
        assert ends_of_tasks(tmp_path / "shares")["lost"] >= 1
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_a_scheduler_that_is_killed_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    with a_crowd() as crowd, ClusterOfProcesses(2) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd)
        until(lambda: place.slots == 4)

        def strike() -> None:
            cluster.scheduler.kill()
            cluster.scheduler.wait()
            cluster.scheduler = cluster.start_scheduler()
            cluster.workers += [cluster.start_worker(), cluster.start_worker()]

        with when(lambda: asked(crowd.log, SEEDED[0]) >= 3, strike):
            assert crawled(tmp_path / "shares", plan, place, **times()) == ""
        judge(list(crowd.log), DELAY)
        assert ends_of_tasks(tmp_path / "shares")["lost"] >= 1
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_a_scheduler_that_does_not_come_back_ends_the_command_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("archive.spread.cluster", "crawler.voyages.parties"):
        monkeypatch.setattr(f"{module}.BEGUN_WITHIN", 3.0)
    with a_crowd() as crowd, ClusterOfProcesses(1) as cluster, closing(Cluster(cluster.address)) as place:
        plan = plan_of(crowd)
        until(lambda: place.slots == 2)

        def strike() -> None:
            for process in (cluster.scheduler, *cluster.workers):
                process.kill()
                process.wait()

        with when(lambda: asked(crowd.log, SEEDED[0]) >= 3, strike), pytest.raises(ClusterLost, match="goes on"):
            crawled(tmp_path / "shares", plan, place, **times())
        with ClusterOfProcesses(1) as another, closing(Cluster(another.address)) as again:
            until(lambda: again.slots == 2)
            assert crawled(tmp_path / "shares", plan, again, **times()) == ""
        judge(list(crowd.log), DELAY)
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_over_encrypted_links_and_to_nobody_without_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, others = make_certificates(tmp_path / "ours"), make_certificates(tmp_path / "others")
    more = ("--tls-ca-file", str(ours.ca), "--tls-cert", str(ours.cert), "--tls-key", str(ours.key))
    with a_crowd() as crowd, ClusterOfProcesses(1, scheme="tls", more=more) as cluster:
        for wrong, files in ((True, others), (False, ours)):
            for name, file in (("CA_FILE", files.ca), ("CLIENT__CERT", files.cert), ("CLIENT__KEY", files.key)):
                monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(file))
            import_module("dask").config.refresh()  # it reads the environment when it is imported
            if wrong:
                with pytest.raises(ClusterLost):
                    Cluster(cluster.address)
        with closing(Cluster(cluster.address)) as place:
            until(lambda: place.slots == 2)
            plan = plan_of(crowd, 0.0)
            assert crawled(tmp_path / "shares", plan, place) == ""
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_reading_on_a_cluster_is_reading_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.spread.reading._MOST_JOBS", 4)
    with a_crowd() as crowd:
        alone(tmp_path / "here", plan_of(crowd, 0.0))
        alone(tmp_path / "there", plan_of(crowd, 0.0))
    for folder in ("here", "there"):
        with Archive.open(tmp_path / folder, write=True) as archive, archive.writing() as db:
            db.execute("UPDATE readings SET parser = '0'")
            db.execute("UPDATE versions SET parser = '0'")
            db.execute("UPDATE documents SET parser = '0'")
    with Archive.open(tmp_path / "here", write=True) as archive:
        expected = reparse(archive)
    assert expected.read > 10
    with ClusterOfProcesses(2, threads=1) as cluster, closing(Cluster(cluster.address)) as place:
        until(lambda: place.slots == 2)
        began = time.monotonic()
        with (
            when(lambda: time.monotonic() > began + 1, lambda: cluster.workers[0].kill()),
            Archive.open(tmp_path / "there", write=True) as archive,
        ):
            assert reparse(archive, opened=readers_at(place, None)) == expected
    assert difference_of(seen_in(tmp_path / "here"), seen_in(tmp_path / "there")) == ""


@pytest.mark.full  # the short forms are the first tests of this file
def test_a_command_that_is_killed_leaves_nobody_asking_and_goes_on(tmp_path: Path) -> None:
    with Crowd(SEEDED[:2]) as crowd:
        words = command(tmp_path, "crawl", *(f"http://{host.netloc}/nb/" for host in crowd.hosts))
        words += [word for host in crowd.hosts for word in ("--allow-host", host.netloc)]
        words += ["--delay", "0.5", "--workers", "2", "--json"]
        running = subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=-3, stderr=-3)
        until(lambda: len(crowd.log) >= 4)
        tasks = children_of(running.pid, "crawler.voyages.afield")
        running.kill()
        running.wait()
        assert tasks
        until(lambda: not any(is_running(task) for task in tasks), 5)
        before = len(crowd.log)
        # Interrupted, it asks its workers for what they have.
        running = subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=-3, stderr=-3)
        until(lambda: len(crowd.log) >= before + 4)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
        with Archive.open(tmp_path, write=False) as archive:
            assert archive.db.execute("SELECT count(*) FROM captures").fetchone()[0] >= 2
        done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["captures"] == 2 * (2 + REPORTS)
        judge(list(crowd.log), 0.5)
