"""docs/reference/cli.md: every verb, argument, option and exit code, as argparse has them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from docs.writing.markdown import code, page, plain, table
from nianbao import build_parser

_MARKS = {"?": "[{}]", "*": "[{}…]", "+": "{}…", None: "{}"}


def write() -> str:
    """The page."""
    parser = build_parser()
    verbs = dict(_verbs_of(parser))
    listed = [
        (f"[{code(name)}](#nianbao-{name})", plain(helps[name])) for helps in [_helps_of(parser)] for name in verbs
    ]
    return page(
        "# Command line",
        plain(parser.description or ""),
        "What stands in brackets may be left out; `…` may be said again. Every verb has `--help`. With `--json` a verb "
        "prints one JSON document, whose shape is in [JSON shapes](shapes.md).",
        table(("verb", "what for"), listed),
        "## Options before the verb",
        table(("option", "meaning"), [row for row in _rows_of(parser) if row[0].startswith("`-")]),
        "## Exit codes",
        table(("exit code", "meaning"), exit_codes(parser)),
        "A refusal prints one line, `nianbao: CODE: what was expected and what was found`; each code is in "
        "[Codes](codes.md).",
        *(part for name, verb in verbs.items() for part in _describe(f"nianbao {name}", verb, 2)),
    )


def exit_codes(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """The exit codes that ``nianbao --help`` ends with, each with its meaning."""
    said = (parser.epilog or "").removeprefix("exit codes: ").split(" · ")
    return [(code(number), plain(meaning)) for number, _, meaning in (one.strip().partition(" ") for one in said)]


def _describe(name: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    below = dict(_verbs_of(parser))
    yield f"{'#' * level} {name}"
    yield plain(parser.description or "")
    yield f"```text\n{_synopsis(name, parser)}\n```"
    yield table(("argument", "meaning"), _rows_of(parser))
    for verb, one in below.items():
        yield from _describe(f"{name} {verb}", one, level + 1)


def _verbs_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _helps_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    return {
        choice.dest: choice.help or ""
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }


def _told(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What can be said to a verb, without --help, which each has."""
    return [one for one in parser._actions if not isinstance(one, argparse._HelpAction)]


def _synopsis(name: str, parser: argparse.ArgumentParser) -> str:
    either = {id(one): group for group in parser._mutually_exclusive_groups for one in group._group_actions}
    words, lines = [name], []
    seen: set[int] = set()
    for action in sorted(_told(parser), key=lambda one: bool(one.option_strings) and not one.required):
        group = either.get(id(action))
        if group is None:
            words.append(_spelled(action))
        elif id(group) not in seen:
            seen.add(id(group))
            words.append("[" + " | ".join(_spelled(one).strip("[]") for one in group._group_actions) + "]")
    line = ""
    for word in words:
        if line and len(line) + len(word) > 98:
            lines.append(line)
            line = "   "
        line += f" {word}" if line else word
    return "\n".join([*lines, line])


def _spelled(action: argparse.Action) -> str:
    if isinstance(action, argparse._SubParsersAction):
        return str(action.metavar)
    if not action.option_strings:
        return _MARKS[str(action.nargs) if action.nargs is not None else None].format(_metavar(action))
    spelled = " ".join(filter(None, (action.option_strings[-1], _metavar(action) if action.nargs != 0 else "")))
    repeated = "…" if isinstance(action, argparse._AppendAction) else ""
    return f"{spelled}{repeated}" if action.required else f"[{spelled}]{repeated}"


def _metavar(action: argparse.Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def _rows_of(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    rows = []
    for action in _told(parser):
        if isinstance(action, argparse._SubParsersAction):
            rows.append((code(str(action.metavar)), ", ".join(code(name) for name in action.choices)))
            continue
        value = f" {_metavar(action)}" if action.nargs != 0 else ""
        spelled = [f"{one}{value}" for one in action.option_strings] or [_metavar(action)]
        rows.append((" ".join(code(one) for one in spelled), plain(_meaning(action))))
    return rows


def _meaning(action: argparse.Action) -> str:
    said = action.help or ""
    if action.choices is not None and action.metavar is not None and action.metavar != "FORMAT":
        said += f" (one of {', '.join(map(str, action.choices))})"
    return f"{said}; must be given" if action.required and action.option_strings else said
