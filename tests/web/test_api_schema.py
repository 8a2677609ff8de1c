"""The OpenAPI document is what the interface does: schemathesis asks what it allows, and what it does not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.hooks import unregister_all

from archive.web.api.interface import mount_interface
from archive.web.api.refused import refuse_in_problems
from archive.web.asked import Site
from archive.web.door import Door
from tests.web.serving import NOW

EXAMPLES = int(os.environ.get("NIANBAO_EXAMPLES", "3"))
"""Made up for each operation, beside some thousand that follow from the document."""
KEYS = 5
"""Of the 440 keys of the forms, each of which would be tried for itself."""


class Run:
    """What was asked, how it was answered, and what was wrong with that."""

    def __init__(self, schema: Any) -> None:
        self.asked: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self._count()
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._note(event.recorder)
            assert not isinstance(event, events.FatalError | events.NonFatalError), event.info

    def _count(self) -> None:
        @schemathesis.hook
        def before_call(context: Any, case: Any, kwargs: Any) -> None:
            # A text that somebody made up is no cursor: those of the interface are followed in test_api.
            (case.query or {}).pop("after", None)

        @schemathesis.hook
        def after_call(context: Any, case: Any, response: Any) -> None:
            self.asked[case.operation.path] += 1
            self.statuses[response.status_code] += 1

    def _note(self, recorder: Any) -> None:
        for checks in recorder.checks.values():
            for check in checks:
                failure = check.failure_info
                # Too slow is an answer that the description promises; a machine that is busy gives it.
                if failure is not None and getattr(failure.failure, "status_code", 0) != 503:
                    self.wrong.append(f"{recorder.label}: {failure.failure.message}\n{failure.code_sample}")


@pytest.fixture(scope="module")
def run(newsroom: Path) -> Iterator[Run]:
    site, door = FastAPI(openapi_url=None), Door(newsroom)
    refuse_in_problems(site)
    mount_interface(site, door, Site("http://127.0.0.1:8000"))
    config = SchemathesisConfig.from_dict(
        {
            "seed": 711,
            "generation": {"mode": "all", "max-examples": EXAMPLES},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", site, config=config)
    for parameter in schema.raw_schema["paths"]["/cells"]["get"]["parameters"]:
        if parameter["name"] == "key":
            parameter["schema"]["enum"] = parameter["schema"]["enum"][:KEYS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIANBAO_NOW", NOW)
        yield Run(schema)
    unregister_all()
    door.close()


def test_it_does_what_its_description_says(run: Run) -> None:
    assert run.wrong == []


def test_every_operation_was_asked_for_much_and_answered(run: Run) -> None:
    assert len(run.asked) == 13
    assert min(run.asked.values()) >= 5
    assert sum(run.asked.values()) >= 500
    assert run.statuses.keys() <= {200, 400, 404, 405, 503}
    assert run.statuses[503] <= 3
    assert min(run.statuses[200], run.statuses[400], run.statuses[405]) >= 50
