"""The files for containers: what they name is there, compose's own schema takes them, nothing runs as root."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from crawler.season.schedule import render_schedule

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "crawler" / "deploy" / "Dockerfile").read_text("utf-8")
# compose-spec.json of the Compose Specification (Apache-2.0), as check-jsonschema 0.39.0 has it.
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "tests/house/compose_spec.json").read_text("utf-8")))


@pytest.fixture
def compose(tmp_path: Path) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(
        render_schedule("compose", tmp_path, "keeper@archive.example")["compose.yaml"]
    )
    return said


def stages() -> dict[str, list[str]]:
    """Name of each stage of the Dockerfile → its instructions, one a line."""
    lines = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("FROM "):
            found[line.split(" AS ")[1]] = []
        if line and not line.startswith("#"):
            found[list(found)[-1]].append(line)
    return found


def test_compose_takes_it(compose: dict[str, Any]) -> None:
    SCHEMA.validate(compose)


def test_the_schema_refuses_what_is_none_of_its_words(compose: dict[str, Any]) -> None:
    compose["services"]["web"]["helthcheck"] = {}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        SCHEMA.validate(compose)


@pytest.mark.parametrize("name", ["web", "season"])
def test_a_service_has_few_rights(name: str, compose: dict[str, Any]) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["user"].partition(":")[0]) >= 0
    assert service["build"]["target"] in stages()


def test_the_pages_are_this_machines_alone_and_looked_after(compose: dict[str, Any]) -> None:
    web = compose["services"]["web"]
    assert all(port.startswith("127.0.0.1:") for port in web["ports"])
    compile(web["healthcheck"]["test"][-1], "healthcheck", "exec")


@pytest.mark.parametrize("name", ["base", "full"])
def test_an_image_ends_as_nobody(name: str) -> None:
    users = [line.split()[1] for line in stages()[name] if line.startswith("USER ")]
    assert users[-1] == "65534:65534"


def test_what_is_copied_is_committed() -> None:
    copied = [line.split()[1:-1] for lines in stages().values() for line in lines if line.startswith("COPY ")]
    here = [word for words in copied for word in words if not word.startswith(("--from", "/"))]
    assert len(here) > 8
    assert [word for word in here if not (ROOT / word).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {project["readme"], *project["license-files"]} <= set(here), "the wheel is built with them"
