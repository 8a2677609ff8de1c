"""Text as people print it → text as programs compare it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# NFKC turns full-width digits, letters, brackets and U+3000 into their ASCII forms, but leaves these
# apart: curly quotes, CJK brackets and the various dashes all stand for one thing in the forms.
_SAME = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"',
        "‘": "'", "’": "'", "、": ".", "。": ".", "．": ".", "〔": "(", "〕": ")", "【": "(", "】": ")",
        "[": "(", "]": ")", "–": "-", "—": "-", "−": "-", "―": "-", "‐": "-", "‑": "-",
    }
)  # fmt: skip
_MEANT = re.compile("[" + "".join(map(re.escape, map(chr, _SAME))) + "]")  # finds in a tenth of translate's time
# Characters that print nothing: zero-width, byte-order mark, soft hyphen, variation selectors, controls.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_LABEL = 64  # characters; of longer texts each is another
# Neither holds a letter, digit or Chinese character: a text of nothing else, as most cells are, need not be searched.


def visible(text: str) -> str:
    """Text without the characters that print nothing; white space stays."""
    return text if text.isalnum() else _INVISIBLE.sub("", text)


def is_blank(text: str) -> bool:
    """True for text that prints nothing: white space (U+3000 and U+00A0 count) or invisible characters."""
    return not text or not (text[0].isalnum() or visible(text).strip())  # most begin with a letter or a digit


def squeeze(text: str) -> str:
    """Text without any white space or invisible character; the characters themselves stay as printed.

    >>> squeeze("淮 安市　人民政府")
    '淮安市人民政府'
    """
    return text if text.isalnum() else "".join(visible(text).split())


def fold(text: str) -> str:
    """Text normalised for comparing labels: NFKC, no white space, one kind of quote, bracket, dash and stop.

    >>> fold("第二十条  第（一）项") == fold("第二十条第(一)项")
    True
    """
    if text.isascii() and text.isalnum():
        return text
    return _folded(text) if len(text) > _LONGEST_LABEL else _folded_label(text)


def _folded(text: str) -> str:
    folded = squeeze(_in_one_way(unicodedata.normalize("NFKC", _in_one_way(squeeze(text)))))
    # NFKC makes a space and a mark of an accent that stands alone; without the space, the mark joins what is before.
    return unicodedata.normalize("NFC", folded)


_folded_label = lru_cache(maxsize=4096)(_folded)
"""All documents have the same labels, and each is compared many times."""


def _in_one_way(text: str) -> str:
    return text if text.isalnum() else _MEANT.sub(lambda found: _SAME[ord(found[0])], text)


def joined(units: str) -> str:
    """UTF-16 units, a character each → text: pairs of surrogates joined; a lone one becomes U+FFFD."""
    if _SURROGATE.search(units) is None:
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str) -> str:
    """Text with every run of white space made one space, and none at the ends."""
    return " ".join(visible(text).split())
