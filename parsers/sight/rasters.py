"""A scanned PDF or a picture → its pages as grey pixels, seals left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2

from parsers.errors import TooLarge, Unreadable
from parsers.pdf.pages import open_pdf
from parsers.sight.engine import Grey

DOTS = 200  # to the inch: figures of 9 points are 18 pixels high, and a page of A4 takes 4 MB
MOST_PAGES = 60
_MOST_PIXELS = 40_000_000
_REDDER = 40  # of 255
# What is lighter than 150 in or beside red ink becomes white: JPEG draws a seal's edges as dark as that.
_LIGHTER = np.clip((np.arange(256.0) - 30.0) * (255.0 / 120.0), 0, 255).astype(np.uint8)
_EDGE = 0.02  # inches
_WIDTH = 8.27  # inches: a picture of unknown scale is taken for a page of A4, a wide one for a page on its side
_HEIGHT = 11.69
_SCREEN = 96.0  # dots an inch of a screenshot (CSS 2.1, 4.3.2): no picture has fewer


class Raster(NamedTuple):
    """``grey``: height × width; ``dots`` of it to an inch of the page; ``red``: 255 where red ink was taken off.

    ``sealed``: the page before that; None where there is no red ink.
    """

    grey: Grey
    dots: float
    red: Grey
    sealed: Grey | None = None

    def each(self, change: Callable[[Grey], Grey]) -> Raster:
        """All of its pictures changed alike."""
        sealed = None if self.sealed is None else change(self.sealed)
        return Raster(change(self.grey), self.dots, change(self.red), sealed)


def rasters_of(payload: bytes) -> Iterator[Raster]:
    """A PDF or a picture → its pages in order. Raises Unreadable, Encrypted, TooLarge."""
    if b"%PDF-" in payload[:1024]:
        return _of_pdf(payload)
    return _of_picture(payload)


def _of_pdf(payload: bytes) -> Iterator[Raster]:
    with closing(open_pdf(payload)) as document:
        expect_few(document)
        for index in range(len(document)):
            yield draw_sheet(document, index)


def expect_few(document: pypdfium2.PdfDocument) -> None:
    """Raises TooLarge for more than ``MOST_PAGES`` pages."""
    if len(document) > MOST_PAGES:
        raise TooLarge(f"expected at most {MOST_PAGES} scanned pages, found {len(document)}")


def draw_sheet(document: pypdfium2.PdfDocument, index: int) -> Raster:
    """The page with this index (from 0) of an open PDF. Raises Unreadable."""
    try:
        page = document[index]
        width, height = page.get_size()
        dots = min(float(DOTS), 72.0 * (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        pixels = page.render(scale=dots / 72.0, rev_byteorder=True).to_numpy()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"expected page {index + 1} to be drawn, found: {error}") from error
    return _without_red(pixels, dots)


def _of_picture(payload: bytes) -> Iterator[Raster]:
    try:
        whole, pages = cv2.imdecodemulti(np.frombuffer(payload, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error as error:
        raise Unreadable(f"expected a picture, found: {error.err}") from error
    if not whole or not pages:
        raise Unreadable("expected a picture, found bytes that cannot be decoded")
    if len(pages) > MOST_PAGES:
        raise TooLarge(f"expected at most {MOST_PAGES} pages, found {len(pages)}")
    for pixels in pages:
        height, width = pixels.shape[:2]
        if width * height > _MOST_PIXELS:
            raise TooLarge(f"expected a picture of at most {_MOST_PIXELS} pixels, found {width} × {height}")
        dots = max(_SCREEN, width / (_WIDTH if width <= height else _HEIGHT))
        yield _at_dots(_without_red(np.asarray(pixels, np.uint8), dots))


def _at_dots(raster: Raster) -> Raster:
    """Brought to ``DOTS``: the steps that follow know no other size of print."""
    height, width = raster.grey.shape
    size = (max(1, round(width * DOTS / raster.dots)), max(1, round(height * DOTS / raster.dots)))
    way = cv2.INTER_AREA if raster.dots > DOTS else cv2.INTER_CUBIC
    grey = cv2.resize(raster.grey, size, interpolation=way)
    red = cv2.resize(raster.red, size, interpolation=cv2.INTER_NEAREST)
    sealed = None if raster.sealed is None else np.asarray(cv2.resize(raster.sealed, size, interpolation=way), np.uint8)
    return Raster(np.asarray(grey, np.uint8), float(DOTS), np.asarray(red, np.uint8), sealed)


def _without_red(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], dots: float) -> Raster:
    """Red ink taken off: each pixel's red alone, and in and beside red ink as light as paper. JPEG keeps colours in
    blocks: at a seal's edge it is dark and not red.

    Print under a seal is darker than the seal in red too, and stays; but it may have lost strokes.
    """
    if pixels.ndim == 2:
        return Raster(np.ascontiguousarray(pixels), dots, np.zeros_like(pixels))
    red, green, blue = (np.ascontiguousarray(pixels[:, :, channel]) for channel in range(3))
    is_red = np.where(np.asarray(cv2.subtract(red, cv2.max(green, blue))) > _REDDER, 255, 0).astype(np.uint8)
    if not is_red.any():
        return Raster(red, dots, is_red)
    beside = 2 * round(_EDGE * dots) + 1
    near = cv2.dilate(is_red, np.ones((beside, beside), np.uint8))
    grey = np.where(np.asarray(near) > 0, cv2.LUT(red, _LIGHTER), red)
    return Raster(np.asarray(grey, np.uint8), dots, is_red, red)
