"""Writes docs/reference from the code: ``python -m docs.writing [PAGE…]``."""

from __future__ import annotations

import sys

from docs.writing.pages import FOLDER, PAGES


def main(names: list[str]) -> int:
    """Writes these pages, or all; 2 for one that nobody writes."""
    if unknown := [name for name in names if name not in PAGES]:
        print(f"no page {', '.join(unknown)}; there are {', '.join(PAGES)}", file=sys.stderr)
        return 2
    for name in names or PAGES:
        text = PAGES[name]()
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"written: {path.relative_to(FOLDER.parents[1])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
