"""docs/reference/api.md: the HTTP interface, from the OpenAPI document that the site itself gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from archive.web.api.interface import BASE, describe_interface, mount_interface
from archive.web.asked import Site
from archive.web.door import Door
from docs.writing.markdown import code, codes, page, plain, table

_LONG = 12  # more values than that are listed by the page that has them
Schema = Mapping[str, Any]


def write() -> str:
    """The page."""
    said = describe()
    paths = [(f"GET {BASE}{path}", one["get"]) for path, one in said["paths"].items()]
    shapes = {name: one for name, one in said["components"]["schemas"].items() if one.get("properties")}
    return page(
        "# HTTP interface",
        "`nianbao serve` answers below `/api/v1`. The whole document, OpenAPI 3.1, is at `/openapi.json` of every "
        "site; this page is written from it.",
        *str(said["info"]["description"]).split("\n\n"),
        table(
            ("path", "what"),
            [(f"[{code(path)}](#{_anchor(one)})", plain(one["summary"])) for path, one in paths],
        ),
        *(part for path, one in paths for part in _describe(path, one)),
        "## Shapes",
        *(part for name, one in shapes.items() for part in (f"### {_name(name)}", plain(one.get("description", "")),
          table(("field", "type", "meaning"), _fields(one)))),
    )  # fmt: skip


def describe() -> dict[str, Any]:
    """The OpenAPI document, without any archive being opened."""
    app = FastAPI()
    mount_interface(app, Door.__new__(Door), Site("http://127.0.0.1:8000"))
    return describe_interface(app.state.interface)


def _describe(path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {_anchor(operation)}"
    yield f"```text\n{path}\n```"
    yield plain(operation.get("description", operation["summary"]))
    yield table(
        ("parameter", "type", "meaning"),
        [
            (code(one["name"]) + (" (must be given)" if one["required"] else ""), _type(one["schema"]),
             plain(one.get("description") or one["schema"].get("description", "")))
            for one in operation.get("parameters", ())
        ],
    )  # fmt: skip
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    yield f"Answers with {_type(answer)}; status {codes(operation['responses'])}."


def _fields(schema: Schema) -> Iterator[tuple[str, ...]]:
    for name, one in schema["properties"].items():
        meaning = " ".join(filter(None, (one.get("title", "") if _is_chinese(one) else "", one.get("description", ""))))
        yield code(name), _type(one), plain(meaning)


def _is_chinese(schema: Schema) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in schema.get("title", ""))


def _type(schema: Schema) -> str:
    if ref := schema.get("$ref"):
        name = _name(str(ref).rpartition("/")[2])
        return f"[{name}](#{name.lower()})"
    if arms := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(one) for one in arms))
    if "const" in schema:
        return code(str(schema["const"]))
    if values := schema.get("enum"):
        return "one of " + codes(map(str, values)) if len(values) <= _LONG else f"one of {len(values)}: see its meaning"
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    limits = [f"{word} {schema[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in schema]
    default = [f"default {schema['default']}"] if schema.get("default") not in (None, "") else []
    return ", ".join((" or ".join(kind) if isinstance(kind, list) else str(kind), *limits, *default))


def _anchor(operation: Mapping[str, Any]) -> str:
    return str(operation["operationId"]).replace("_", "-")


def _name(schema: str) -> str:
    """``Items_Cell_`` → ``Items-Cell``: as a heading's anchor can be."""
    return schema.strip("_").replace("_", "-")
