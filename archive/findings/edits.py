"""What was changed from one version of a report to another: figures, words, or nothing that the report says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.readings import get_text, get_values
from archive.store import Archive
from archive.versions import CellChange, changed_cells
from parsers.html.furniture import is_furniture_line
from parsers.report import Status, Value
from parsers.text import squeeze

_MOST_LINES = 3_000  # SequenceMatcher takes the square of it
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as far as comparing needs it; ``unread`` is why it has no reading, "" where it has one."""

    version: int
    format: str
    payload: str
    content_digest: str | None
    converter: str | None
    parser: str | None
    unread: str


@dataclass(frozen=True, slots=True)
class Edit:
    """``removed`` and ``added`` are lines of the report, without white space.

    ``alike`` is the share of the text that both sides have, 0 to 1. ``compared``: False where one side cannot be read,
    so that only the bytes are known to differ. ``releases``: the sides were read by different rules of ours.
    """

    cells: tuple[CellChange, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    alike: float
    compared: bool
    releases: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    id: int
    rules: tuple[str, str]


def kept_version(archive: Archive, version: int) -> Kept:
    """A version's id → what is kept of it."""
    row = archive.db.execute(
        """
        SELECT v.id, n.format, v.payload_digest, v.content_digest, v.converter, v.parser,
            CASE WHEN EXISTS (SELECT 1 FROM readings r WHERE r.version = v.id AND r.current = 1)
                THEN '' ELSE coalesce(u.code, 'unread') END
        FROM versions v JOIN renditions n ON n.id = v.rendition LEFT JOIN unread u ON u.version = v.id
        WHERE v.id = :version
        """,
        {"version": version},
    ).fetchone()
    return Kept(*row)


def edit_between(archive: Archive, before: int, after: int) -> Edit | None:
    """Two versions' ids → what was changed in the report, or None: nothing, as far as can be said.

    Both sides are taken as the same release of ours read them, where it has read both. Where none has, a cell counts
    only if it is printed otherwise, so that a better reading is never taken for an edit.
    """
    old, new = kept_version(archive, before), kept_version(archive, after)
    if old.payload == new.payload:
        return None
    if old.unread or new.unread:
        same_rules = old.content_digest is not None and (old.converter, old.parser) == (new.converter, new.parser)
        if same_rules and old.content_digest == new.content_digest:
            return None
        return Edit((), (), (), 0.0, compared=False)
    left, right = _by_the_same_rules(_readings(archive, before), _readings(archive, after))
    same = left.rules == right.rules
    changes = changed_figures(get_values(archive, left.id), get_values(archive, right.id), printed=not same)
    removed, added, alike = changed_text(get_text(archive, left.id), get_text(archive, right.id))
    if not changes and not removed and not added:
        return None
    return Edit(changes, removed, added, alike, compared=True, releases=not same)


def changed_figures(old: Sequence[Value], new: Sequence[Value], *, printed: bool) -> tuple[CellChange, ...]:
    """Two readings' cells → those that say something else now.

    An unread cell that is printed as before is none of them, whatever could be made of it; with ``printed`` no cell is
    that is printed as before.
    """
    before, after = ({one.key: one for one in side} for side in (old, new))
    return tuple(
        change
        for change in changed_cells(tuple(old), tuple(new))
        if not _printed_alike(before.get(change.key), after.get(change.key), printed=printed)
    )


def changed_text(old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...], float]:
    """Two texts → (lines removed, lines added, share of the text that both have).

    White space, the lines that belong to the page and not to the report, and the order of whole lines are no change:
    nor is where the lines break.
    """
    before, after = _lines_of(old), _lines_of(new)
    if Counter(before) == Counter(after) or "".join(before) == "".join(after):
        return (), (), 1.0
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    removed = tuple(line for line in dict.fromkeys(before) if line in gone)
    added = tuple(line for line in dict.fromkeys(after) if line in come)
    stayed = sum(len(line) * count for line, count in (Counter(before) & Counter(after)).items())
    stayed += _shared(removed, added)
    whole = max(sum(map(len, before)), sum(map(len, after)), 1)
    return removed, added, stayed / whole


def quote(edit: Edit) -> str:
    """The first words that differ, for a sentence: “…” → “…”, or what was added (+) or taken away (-) alone."""
    old, new = "".join(edit.removed), "".join(edit.added)
    matcher = SequenceMatcher(None, old[:4_000], new[:4_000], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            left, right = (_cut(text[max(0, start - 8) : end + 8]) for text, start, end in ((old, a, b), (new, c, d)))
            return _step(left, right)
    return _step(_cut(old), _cut(new))


def _step(left: str, right: str) -> str:
    if left and right:
        return f"“{left}” → “{right}”"
    return f"+ “{right}”" if right else f"- “{left}”"


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def _printed_alike(left: Value | None, right: Value | None, *, printed: bool) -> bool:
    """Whether two sides of a cell that were read otherwise print the same; a cell that only one side has does not."""
    if left is None or right is None:
        return False
    unread = Status.UNREAD in (left.status, right.status)
    return (printed or unread) and squeeze(left.raw) == squeeze(right.raw)


def _readings(archive: Archive, version: int) -> list[_Reading]:
    """The readings of a version, the current one first, then the newest."""
    rows = archive.db.execute(
        """
        SELECT id, converter, parser FROM readings WHERE version = :version ORDER BY current DESC, id DESC
        """,
        {"version": version},
    ).fetchall()
    return [_Reading(identity, (converter, parser)) for identity, converter, parser in rows]


def _by_the_same_rules(left: list[_Reading], right: list[_Reading]) -> tuple[_Reading, _Reading]:
    """A reading of each side, by the same release and converter if there are such; else the current ones."""
    for one in left:
        for other in right:
            if one.rules == other.rules:
                return one, other
    return left[0], right[0]


def _lines_of(text: str) -> list[str]:
    lines = (squeeze(line) for line in text.splitlines())
    return [line for line in lines if line and not is_furniture_line(line) and _BESIDE.fullmatch(line) is None]


# 更新时间：2024-06-03 17:20: set anew whenever the page is. A bare date may be the report's own: it is a line like any.
# 附件：示例县教育局2023年度报告.docx: the file is a rendition of its own.
_BESIDE = re.compile(
    r"(?:最后|最近|页面|系统)?(?:更新|修改|生成)(?:日期|时间|于)[:：]?.{0,40}"
    r"|(?:相关)?附件\d*(?:[:：]|【).{0,120}|.{1,120}\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|rar|zip)(?:[\[(（].{0,20}[\])）])?",
    re.I,
)


def _shared(removed: Iterable[str], added: Iterable[str]) -> int:
    """How many characters the changed lines have in common."""
    old, new = "".join(removed), "".join(added)
    if len(old) > _MOST_LINES or len(new) > _MOST_LINES:
        return (Counter(old) & Counter(new)).total()
    return sum(block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
