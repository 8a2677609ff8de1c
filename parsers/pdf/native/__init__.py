"""The loops over all characters and lines of a page in C, for machines where ``python -m parsers.pdf.native`` ran.

``COMPILED`` is their module, or None: then Python does the same, in half as much time again. Each function has its
double in Python, which says what it does and why; where anything on a page is odd, C leaves the page to that. What was
compiled from other sources than those that lie here is not taken.
"""

from __future__ import annotations

import importlib
import sysconfig
from hashlib import sha256
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent
OUTCOME = FOLDER / f"compiled{sysconfig.get_config_var('EXT_SUFFIX') or '.so'}"


def digest_of_sources() -> str:
    """SHA-256 of the sources in this folder, by name."""
    digest = sha256()
    for path in sorted([*FOLDER.glob("*.c"), *FOLDER.glob("*.h")]):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _load() -> tuple[ModuleType | None, str]:
    if not OUTCOME.is_file():
        return None, "not compiled"
    try:
        module = importlib.import_module(f"{__name__}.compiled")
    except ImportError as error:
        return None, f"does not load: {error}"
    if digest_of_sources() != module.SOURCES:
        return None, "compiled from other sources"
    return module, ""


COMPILED, WHY_NOT = _load()
"""The module, and why there is none ("" where there is)."""
