"""A page of HTML whose tables are pictures inside it → its Document, the pictures' tables among its own blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from parsers.document import Block, Document, Problem, Table
from parsers.errors import DocumentError
from parsers.formats import html
from parsers.html.pictures import Picture, picture_bytes
from parsers.sight.installed import release
from parsers.sight.rasters import Raster, rasters_of
from parsers.sight.story import Story, story_of

_NARROW = 200  # pixels of a screen: a smaller picture holds no table
_LOW = 60
_SCREEN = 96.0
_SCRAPS = 40  # characters
_MOST = 40
_LEGIBLE = 0.6
_PLACE = re.compile(r"page=(\d+)(?:&xywh=([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+))?")


class _Opened(NamedTuple):
    picture: Picture
    raster: Raster


def see_web_page(payload: bytes) -> Document:
    """The page as ``html.convert`` reads it, with what its pictures show where they stand.

    ``where`` of what was seen is ``xpath=…/img[1]&xywh=…&confidence=…``: in percent of the picture
    (``xywh=percent:``, Media Fragments URI 1.0, 4.2.2). Raises what ``html.convert`` raises.
    """
    from parsers.sight.seeing import SAYS, SIGHT

    document, pictures = html.convert_with_pictures(payload)
    problems: list[Problem] = []
    opened = [found for picture in pictures[:_MOST] if (found := _opened(picture, problems))]
    blocks: list[Block] = []
    done = 0
    for at, group in groupby(opened, key=lambda one: one.picture.before):
        together = list(group)
        blocks += document.blocks[done:at]
        done = at
        story = story_of(one.raster for one in together)
        if _is_worth(story):
            blocks += [_placed(block, together) for block in story.blocks]
            problems += [replace(doubt, where=_in_page(doubt.where, together)) for doubt in story.problems]
            problems += [Problem("recognised", SAYS, one.picture.where, "note") for one in together]
    blocks += document.blocks[done:]
    was_seen = any(one.code == "recognised" for one in problems)
    kept = [one for one in document.problems if one.code != "pictures" or not was_seen]
    converter = f"{document.converter}+{release()}+nianbao/{SIGHT}"
    return replace(document, blocks=tuple(blocks), converter=converter, problems=(*kept, *problems))


def _opened(picture: Picture, problems: list[Problem]) -> _Opened | None:
    """A picture that the page holds itself and that is large enough for a table; what cannot be opened is said."""
    content = picture_bytes(picture.source)
    if content is None:
        return None
    try:
        raster = next(rasters_of(content))
    except DocumentError as error:
        problems.append(Problem("picture_not_read", f"a picture in the text: {error.says}", picture.where))
        return None
    height, width = raster.grey.shape
    screen = _SCREEN / raster.dots
    return _Opened(picture, raster) if width * screen > _NARROW and height * screen > _LOW else None


def _is_worth(story: Story) -> bool:
    """Whether it is a table, or print: photographs have scraps of it, which are no text of the report."""
    return any(isinstance(block, Table) for block in story.blocks) or (
        story.characters > _SCRAPS and story.legible > _LEGIBLE
    )


def _placed(block: Block, pictures: Sequence[_Opened]) -> Block:
    where = _in_page(block.where, pictures)
    if not isinstance(block, Table):
        return replace(block, where=where)
    rows = tuple(tuple(cell._replace(where=_in_page(cell.where, pictures)) for cell in row) for row in block.rows)
    return replace(block, rows=rows, where=where)


def _in_page(where: str, pictures: Sequence[_Opened]) -> str:
    """A place on the picture, in points → on the page."""
    found = _PLACE.match(where)
    if found is None:
        return where
    picture, raster = pictures[int(found[1]) - 1]
    if found[2] is None:
        return picture.where + where[found.end() :]
    height, width = raster.grey.shape
    points = raster.dots / 72.0
    x, y, wide, high = (100.0 * points * float(found[at]) / (width, height)[at % 2] for at in range(2, 6))
    return f"{picture.where}&xywh=percent:{x:.2f},{y:.2f},{wide:.2f},{high:.2f}{where[found.end() :]}"
