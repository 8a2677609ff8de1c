"""The OpenAPI document is what the interface does: schemathesis asks what it allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from starlette.testclient import TestClient

from tests.web.serving import NOW

EXAMPLES = 12
"""Of each operation; a release is tried with some thousands by hand (NIANBAO_EXAMPLES)."""


@pytest.fixture(scope="module")
def interface(app: FastAPI, _client: TestClient) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIANBAO_NOW", NOW)
        config = SchemathesisConfig.from_dict({"seed": 711, "generation": {"mode": "all"}})
        yield schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


schema = schemathesis.pytest.from_fixture("interface")


@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_does_what_its_description_says(case: Case) -> None:
    # A text that somebody made up is no cursor: those of the interface are followed in test_api.
    case.query.pop("after", None)
    case.call_and_validate()
