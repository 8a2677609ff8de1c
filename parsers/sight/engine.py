"""Pictures of printed lines → what they say, and how sure that is: RapidOCR's recognition model, run line by line.

The model is the one that comes inside RapidOCR's wheel (PP-OCR, Apache-2.0): a line of 48 pixels height, connectionist
temporal classification over some 18,000 characters. RapidOCR's own search for lines is not used: a form's lines stand
in ruled cells, and looking for those costs a hundredth of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""Height × width; 0 is black."""

HEIGHT = 48  # pixels of the model's lines
_STEP = 16  # pixels: lines whose widths are nearer are read together
_NARROWEST = 32
_WIDEST = 2_400
_TOGETHER = 6_144  # pixels of width in one batch
# Lines are shown narrower than they are: cost is width. Of 406 figures of two documents 404 are read alike at 0.6 to
# 1.0 of it (two are page numbers), surest at 0.8; of 246 texts, spaces apart, no fewer are sure at 0.7.
_SQUEEZED = 0.8
_SQUEEZED_TEXT = 0.7
_TEXT = 4.5  # wider than so many heights is no figure of a form


class Said(NamedTuple):
    """``sure``: the probability of the least sure character, 0.0 to 1.0; 0.0 where nothing was recognised."""

    text: str
    sure: float


def recognise(lines: Sequence[Grey]) -> list[Said]:
    """Pictures of one line each, dark on light, cut close → what each says, in the same order."""
    session, characters = _model()
    said: list[Said] = [Said("", 0.0)] * len(lines)
    for numbers in _batches([_width_of(line) for line in lines]):
        batch = [_fitted(lines[number]) for number in numbers]
        for number, found in zip(numbers, _read(session, characters, batch), strict=True):
            said[number] = found
    return said


@cache
def _model() -> tuple[Any, tuple[str, ...]]:
    import onnxruntime
    import rapidocr

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    (file,) = sorted((Path(rapidocr.__file__).parent / "models").glob("*_rec_*.onnx"))
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, ("", *known, " ")


def _width_of(line: Grey) -> int:
    height, width = line.shape
    squeezed = _SQUEEZED_TEXT if width > _TEXT * height else _SQUEEZED
    return int(min(_WIDEST, max(_NARROWEST, round(squeezed * width * HEIGHT / max(1, height)))))


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of lines of nearly one width, as many as may be read together."""
    order = sorted(range(len(widths)), key=widths.__getitem__)
    for step, group in groupby(order, key=lambda number: -(-widths[number] // _STEP)):
        numbers = list(group)
        most = max(1, _TOGETHER // (step * _STEP))
        for start in range(0, len(numbers), most):
            yield numbers[start : start + most]


def _fitted(line: Grey) -> NDArray[np.float32]:
    import cv2

    picture = cv2.resize(line, (_width_of(line), HEIGHT), interpolation=cv2.INTER_LINEAR)
    return picture.astype(np.float32) / 127.5 - 1.0


def _read(session: Any, characters: Sequence[str], batch: Sequence[NDArray[np.float32]]) -> Iterator[Said]:
    widest = -(-max(line.shape[1] for line in batch) // 8) * 8
    pixels = np.zeros((len(batch), 3, HEIGHT, widest), np.float32)
    for number, line in enumerate(batch):
        pixels[number, :, :, : line.shape[1]] = line
    (odds,) = session.run(None, {session.get_inputs()[0].name: pixels})
    best = odds.argmax(-1)
    sure = np.take_along_axis(odds, best[..., None], -1)[..., 0]
    for row, probabilities in zip(best, sure, strict=True):
        # The same class twice in a row is one character; class 0 stands between characters.
        starts = np.flatnonzero((row != 0) & (row != np.concatenate(([0], row[:-1]))))
        text = "".join(characters[number] for number in row[starts]).strip()
        yield Said(text, float(probabilities[starts].min()) if len(starts) else 0.0)
