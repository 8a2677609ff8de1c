"""Whether the programs of the extra ocr are there, and which."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


def is_installed() -> bool:
    """Whether scans and pictures can be read here."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2", "numpy"))


def release() -> str:
    """The programs behind what is recognised: ``rapidocr/3.10.0+onnxruntime/1.31.1``; "" where they are missing."""
    try:
        return "+".join(f"{name}/{version(name)}" for name in ("rapidocr", "onnxruntime"))
    except PackageNotFoundError:
        return ""
