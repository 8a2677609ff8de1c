"""Word's property modifiers ([MS-DOC] 2.2.5, 2.6: Prl, Sprm) one after the other."""

from __future__ import annotations

import struct

from parsers.word.fib import NotUnderstood

# The characters' (2.6.1), the paragraphs' (2.6.2) and the tables' (2.6.3) that matter here.
C_DELETED, C_STYLE, C_SYMBOL, C_PLAIN, C_HIDDEN, C_STRUCK, C_STRUCK_TWICE, C_RAISED, C_SPECIAL = (
    0x0800, 0x4A30, 0x6A09, 0x2A33, 0x083C, 0x0837, 0x2A53, 0x2A48, 0x0855,
)  # fmt: skip
P_STYLE, P_IN_TABLE, P_ENDS_ROW, P_DEPTH, P_DEEPER, P_ENDS_INNER_CELL, P_ENDS_INNER_ROW = (
    0x4600, 0x2416, 0x2417, 0x6649, 0x664A, 0x244B, 0x244C,
)  # fmt: skip
P_LEVEL, P_LIST, P_OUTLINE, P_HUGE, P_TABLE_PROPERTIES = 0x260A, 0x460B, 0x2640, 0x6646, 0x646B
T_ROW, T_ROW_95, T_LEFT, T_HALF_GAP, T_INSERT, T_DELETE, T_WIDTH, T_MERGE, T_SPLIT, T_MERGE_DOWN = (
    0xD608, 0xD606, 0x9601, 0x9602, 0x7621, 0x5622, 0x7623, 0x5624, 0x5625, 0xD62B,
)  # fmt: skip
_TAB_STOPS = 0xC615  # sprmPChgTabs, whose size byte may be 255: then it is to be counted
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)  # by spra, the upper three bits; 6: the first byte says
_OF_OWN_SIZE = 6
_SHORT = struct.Struct("<H")


def modifiers_in(group: bytes, wanted: frozenset[int] | None = None) -> list[tuple[int, bytes]]:
    """A group of modifiers → (number, operand) of each, or of the wanted ones; the size is no part of an operand.

    Raises NotUnderstood where the last one is cut off; a byte or two left over are padding.
    """
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(group)
    while at + 2 < end:
        (number,) = _SHORT.unpack_from(group, at)
        at += 2
        size = _SIZES[number >> 13]
        if number in (T_ROW, T_ROW_95):
            # 2.6.3: its size takes two bytes and counts one too many.
            if at + 2 > end:
                raise NotUnderstood(f"the modifier {number:#06x} is cut off")
            size = _SHORT.unpack_from(group, at)[0] - 1
            at += 2
        elif number >> 13 == _OF_OWN_SIZE:
            size = group[at]
            at += 1
            if number == _TAB_STOPS and size == 0xFF:
                size = _size_of_tab_stops(group, at)
        if size < 0 or at + size > end:
            raise NotUnderstood(f"the modifier {number:#06x} is cut off")
        if wanted is None or number in wanted:
            found.append((number, group[at : at + size]))
        at += size
    return found


def _size_of_tab_stops(group: bytes, at: int) -> int:
    """2.9.182 PChgTabsOperand: stops deleted (position and range each), then stops added (position and kind each)."""
    if at >= len(group):
        raise NotUnderstood("tab stops are cut off")
    added = at + 1 + 4 * group[at]
    if added >= len(group):
        raise NotUnderstood("tab stops are cut off")
    return added + 1 + 3 * group[added] - at
