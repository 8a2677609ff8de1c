"""docs/reference/python.md: what ``parsers`` gives to programs, from its signatures and docstrings."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass

import parsers
from docs.writing.markdown import code, from_docstring, page, table


def write() -> str:
    """The page."""
    head, _, rest = inspect.cleandoc(parsers.__doc__ or "").partition("\n\n")
    del head
    return page(
        "# Python interface",
        "The package `parsers` reads bytes, and knows no network, no database and no clock. These names are kept "
        "stable and typed (`py.typed`); everything else of the three rooms may change from release to release. To "
        "ask an archive, use its [views](views.md), the [HTTP interface](api.md) or the [JSON](shapes.md) "
        "that commands print.",
        from_docstring(rest),
        *(part for name in parsers.__all__ for part in _describe(name)),
    )


def _describe(name: str) -> Iterator[str]:
    one = getattr(parsers, name)
    yield f"## {name}"
    yield f"```text\n{_signature(name, one)}\n```"
    if enum.Enum not in getattr(one, "__mro__", ()) or one.__doc__:
        yield from_docstring(inspect.getdoc(one) or "")
    if inspect.isclass(one) and issubclass(one, enum.Enum):
        yield table(("member", "value"), [(code(member.name), code(str(member.value))) for member in one])
    elif is_dataclass(one):
        yield table(("field", "type", "default"), [(code(f.name), code(str(f.type)), _default(f)) for f in fields(one)])
    elif inspect.isclass(one) and not issubclass(one, Exception):
        for method, found in vars(one).items():
            if not method.startswith("_") and inspect.isfunction(found):
                yield f"### {name}.{method}"
                yield f"```text\n{method}{_bare(inspect.signature(found))}\n```"
                yield from_docstring(inspect.getdoc(found) or "")


def _signature(name: str, one: object) -> str:
    if inspect.isclass(one) and issubclass(one, Exception):
        return f"exception parsers.{name}"
    if inspect.isclass(one) and issubclass(one, enum.Enum):
        return f"enum parsers.{name}"
    if is_dataclass(one):
        return f"class parsers.{name}  # a frozen dataclass"
    assert callable(one)
    return f"{'class ' if inspect.isclass(one) else ''}parsers.{name}{_bare(inspect.signature(one))}"


def _bare(signature: inspect.Signature) -> str:
    """As it is written in the source: annotations are texts there, and would stand in quotes."""
    return str(signature).replace("'", "").replace("self, ", "").replace("(self)", "()").removesuffix(" -> None")


def _default(one: Field[object]) -> str:
    if one.default is MISSING:
        return "" if one.default_factory is MISSING else "empty"
    return code(repr(one.default))
