"""The child without its own wall around it: its network is not cut off, so that a reader that asks is seen."""

from __future__ import annotations

from parsers import child

if __name__ == "__main__":
    child.cut_off = lambda: False
    child.main()
