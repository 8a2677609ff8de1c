"""Pages of a PDF → pages as a scanner, a camera or a screenshot would give them; made with fixed seeds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""Height × width × (red, green, blue)."""
Spoil = Callable[[Pixels, np.random.Generator], Pixels]


def draw(payload: bytes, dots: int) -> Iterator[Pixels]:
    """The pages of a PDF at so many dots an inch."""
    document = pypdfium2.PdfDocument(payload)
    for index in range(len(document)):
        yield np.ascontiguousarray(document[index].render(scale=dots / 72, rev_byteorder=True).to_numpy()[:, :, :3])
    document.close()


def skewed(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Laid on the glass at up to a degree and a half."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(chance.uniform(-1.5, 1.5)), 1.0)
    return _pixels(cv2.warpAffine(pixels, turn, (width, height), borderValue=(255, 255, 255)))


def blurred(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """A lens a little out of focus."""
    return _pixels(cv2.GaussianBlur(pixels, (0, 0), float(chance.uniform(0.7, 1.0))))


def grainy(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """The grain of paper and sensor."""
    return _pixels(np.clip(pixels + chance.normal(0, 12, pixels.shape), 0, 255))


def faint(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """A toner that runs out."""
    return _pixels(255 - (255 - pixels.astype(np.float32)) * float(chance.uniform(0.4, 0.6)))


def stamped(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """A round red seal over the lower half."""
    height, width = pixels.shape[:2]
    centre = (int(width * chance.uniform(0.5, 0.8)), int(height * chance.uniform(0.5, 0.8)))
    seal = np.full_like(pixels, 255)
    radius, red = int(0.1 * width), (200, 30, 40)
    cv2.circle(seal, centre, radius, red, max(2, width // 200))
    cv2.circle(seal, centre, radius // 3, red, -1)
    return np.minimum(pixels, seal)


def penned(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Three strokes of a pen, blue or black, as long as a hand makes them."""
    height, width = pixels.shape[:2]
    page = pixels.copy()
    for _ in range(3):
        turns = int(chance.integers(8, 16))
        begin = (chance.uniform(0.2, 0.9) * width, chance.uniform(0.2, 0.85) * height)
        steps = chance.normal((0.01 * width, 0), 0.022 * width, (turns, 2))
        along = np.linspace(0, turns - 1, 12 * turns)
        way = np.stack([np.interp(along, range(turns), line) for line in (begin + np.cumsum(steps, axis=0)).T], axis=1)
        ink = ((20, 30, 120), (25, 25, 25), (10, 60, 160))[int(chance.integers(3))]
        cv2.polylines(page, [way.astype(np.int32).reshape(-1, 1, 2)], False, ink, max(2, width // 600), cv2.LINE_AA)
    return np.minimum(pixels, page)


def compressed(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Kept as JPEG of middling quality."""
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(35, 60))])[1]
    return _pixels(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED))


def turned(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Laid on its side or upside down."""
    return np.ascontiguousarray(np.rot90(pixels, int(chance.integers(1, 4))))


CLEAN: tuple[Spoil, ...] = ()
DEGRADED: dict[str, tuple[Spoil, ...]] = {
    "skew, grain": (skewed, grainy),
    "blur, JPEG": (blurred, compressed),
    "faint, grain, skew": (faint, skewed, grainy),
    "seal, JPEG, skew": (stamped, skewed, compressed),
    "turned": (turned,),
}


def scan(payload: bytes, dots: int, spoils: Sequence[Spoil], seed: int, on_a_sheet: int = 1) -> bytes:
    """A PDF → a PDF of pictures of its pages, one or two on a sheet."""
    pages = list(draw(payload, dots))
    sheets = []
    for index in range(0, len(pages), on_a_sheet):
        pixels = np.ascontiguousarray(np.hstack(_of_one_height(pages[index : index + on_a_sheet], on_a_sheet)))
        chance = np.random.default_rng(1000 * seed + index)
        for spoil in spoils:
            pixels = spoil(pixels, chance)
        sheets.append(Image.fromarray(pixels))
    kept = io.BytesIO()
    sheets[0].save(kept, "PDF", resolution=dots, save_all=True, append_images=sheets[1:], quality=90)
    return kept.getvalue()


def _of_one_height(pages: list[Pixels], many: int) -> list[Pixels]:
    """Pages side by side; beside the last one an empty one where the other side of its sheet is empty."""
    height = max(page.shape[0] for page in pages)
    filled = [np.pad(page, ((0, height - page.shape[0]), (0, 0), (0, 0)), constant_values=255) for page in pages]
    return filled + [np.full_like(filled[0], 255)] * (many - len(filled))


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture).astype(np.uint8)
