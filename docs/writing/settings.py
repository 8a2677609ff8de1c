"""docs/reference/settings.md: every setting, as crawler/preferences.py has it."""

from __future__ import annotations

from dataclasses import fields

from crawler.preferences import OTHER_VARIABLES, Config, key_of, variable_of
from docs.writing.markdown import code, page, plain, table


def write() -> str:
    """The page."""
    rows = [
        (
            code(key_of(one)), code(variable_of(one)), code(one.metadata["flag"]), code(str(one.default)),
            plain(one.metadata["says"]) + ("; **secret**" if one.metadata["secret"] else ""),
        )
        for one in fields(Config)
    ]  # fmt: skip
    return page(
        "# Settings",
        "A flag goes before the environment, the environment before `config.toml`, that before the default. "
        "`nianbao config show --origin` says of each where it comes from. Nothing is ever shown, logged or copied of a "
        "secret.",
        "`config.toml` is `$NIANBAO_CONFIG`, else `nianbao/config.toml` in the user's folder of settings "
        "(`$XDG_CONFIG_HOME`, else `~/.config`). A key with a dot stands in a table: `notify.webhook` is `webhook` "
        "below `[notify]`. An unknown key, and a value that cannot be meant, are errors (`bad_config`).",
        table(("key in config.toml", "environment", "flag", "default", "what it does"), rows),
        "## Of the environment alone",
        table(("variable", "what it does"), [(code(name), plain(says)) for name, says in OTHER_VARIABLES.items()]),
    )
