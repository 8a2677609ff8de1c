"""Text as people print it → text as programs compare it."""

from __future__ import annotations

import re
import unicodedata

# NFKC turns full-width digits, letters, brackets and U+3000 into their ASCII forms, but leaves these
# apart: curly quotes, CJK brackets and the various dashes all stand for one thing in the forms.
_SAME = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"',
        "‘": "'", "’": "'", "、": ".", "。": ".", "．": ".", "〔": "(", "〕": ")", "【": "(", "】": ")",
        "[": "(", "]": ")", "–": "-", "—": "-", "−": "-", "―": "-", "‐": "-", "‑": "-",
    }
)  # fmt: skip
# Characters that print nothing: zero-width, byte-order mark, soft hyphen, variation selectors, controls.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\x00-\x08\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
# Neither holds a letter, digit or Chinese character: a text of nothing else, as most cells are, need not be searched.


def visible(text: str) -> str:
    """Text without the characters that print nothing; white space stays."""
    return text if text.isalnum() else _INVISIBLE.sub("", text)


def is_blank(text: str) -> bool:
    """True for text that prints nothing: white space (U+3000 and U+00A0 count) or invisible characters."""
    return not text.isalnum() and not visible(text).strip()


def squeeze(text: str) -> str:
    """Text without any white space or invisible character; the characters themselves stay as printed.

    >>> squeeze("淮 安市　人民政府")
    '淮安市人民政府'
    """
    return text if text.isalnum() else _SPACE.sub("", visible(text))


def fold(text: str) -> str:
    """Text normalised for comparing labels: NFKC, no white space, one kind of quote, bracket, dash and stop.

    >>> fold("第二十条  第（一）项") == fold("第二十条第(一)项")
    True
    """
    return squeeze(unicodedata.normalize("NFKC", squeeze(text).translate(_SAME)).translate(_SAME))


def one_line(text: str) -> str:
    """Text with every run of white space made one space, and none at the ends."""
    return _SPACE.sub(" ", visible(text)).strip()
