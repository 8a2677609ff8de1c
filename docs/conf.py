"""How docs/ becomes a site: ``python -m sphinx -W --keep-going -b html docs build/docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs.writing.word_search import WordsAndPairs

project = "nianbao 年报"
author = "nianbao"
html_title = "nianbao 年报"
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["schema", "screenshots", "writing", "__pycache__"]

myst_heading_anchors = 4
# What is printed between quotes is what is to be typed.
smartquotes = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["nianbao.css"]
html_favicon = "../archive/web/static/icon.svg"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
# Names and signatures come in no language of their own: the index of Python objects would be empty.
html_use_index = False
html_domain_indices = False
html_search_language = WordsAndPairs.lang
# The reader's own fonts: a font of the site's would be fetched, and none of 10 MB has all Chinese characters.
_FONTS = 'system-ui, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
_MONO = 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace'
_LIGHT = {"color-brand-primary": "#8a1f11", "color-brand-content": "#8a1f11", "color-brand-visited": "#6d3b33"}
_DARK = {"color-brand-primary": "#f0a090", "color-brand-content": "#f0a090", "color-brand-visited": "#c9968c"}
html_theme_options = {
    "light_css_variables": {**_LIGHT, "font-stack": _FONTS, "font-stack--monospace": _MONO},
    "dark_css_variables": _DARK,
}


def _name_language(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """A page says what it is written in: screen readers and the choice of characters go by that."""
    if page.endswith(".zh"):
        context["language"] = "zh-CN"


_OUTSIDE = re.compile(r"\]\((?:\.\./)+(SECURITY|CHANGELOG)\.md(?=[#)])")


def _stay_in_the_site(_app: Sphinx, _page: str, source: list[str]) -> None:
    """In the repository these two pages stand above docs/; on the site they are pages of it."""
    source[0] = _OUTSIDE.sub(lambda found: f"](/{found[1].lower()}.md", source[0])


_CHINESE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef“”…—]")


def _join_lines(_app: Sphinx, tree: nodes.document) -> None:
    """Chinese has no spaces between words: where a line of the source ends within it, a browser would show one."""
    for end in [text for text in tree.findall(nodes.Text) if text == "\n"]:
        at = end.parent.index(end)
        sides = [one.astext() for one in (*end.parent[at - 1 : at], *end.parent[at + 1 : at + 2])]
        if len(sides) == 2 and _CHINESE.match(sides[0][-1:]) and _CHINESE.match(sides[1][:1]):
            end.parent.remove(end)


def setup(app: Sphinx) -> dict[str, bool]:
    """What no setting can say."""
    app.add_search_language(WordsAndPairs)
    app.connect("html-page-context", _name_language)
    app.connect("source-read", _stay_in_the_site)
    app.connect("doctree-read", _join_lines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
