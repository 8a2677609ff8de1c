"""One target under libFuzzer: FOLDER_OF_LIBRARIES TARGET [libFuzzer's arguments]; run by the Python that has atheris.

Branches of every module of ``parsers`` guide it. What it finds lies where ``-artifact_prefix`` says.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Runs until libFuzzer's own limits end it."""
    libraries, name, *arguments = sys.argv[1:]
    sys.path[:0] = [str(Path(__file__).parents[2])]
    sys.path.append(libraries)  # lxml and the others: those that the program itself uses
    import atheris

    with atheris.instrument_imports(include=["parsers"]):
        from tests.batteries.fuzz_targets import TARGETS, TYPED

    def once(payload: bytes) -> None:
        try:
            TARGETS[name](payload)
        except TYPED:
            return

    atheris.Setup([sys.argv[0], *arguments], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
