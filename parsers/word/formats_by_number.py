"""Word's list number formats by number ([MS-OSHARED] 2.2.1.3, MSONFC) → their names in ECMA-376 part 1, 17.18.59."""

from __future__ import annotations

# "" stands for formats that no Chinese document numbers with (Japanese kana, Korean, Hebrew, Arabic letters).
_NAMES = (
    "decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter", "ordinal", "cardinalText", "ordinalText",
    "", "", "ideographDigital", "japaneseCounting", "", "", "decimalFullWidth", "decimalHalfWidth", "japaneseLegal",
    "japaneseDigitalTenThousand", "decimalEnclosedCircle", "decimalFullWidth2", "", "", "decimalZero", "bullet", "",
    "", "decimalEnclosedFullstop", "decimalEnclosedParen", "decimalEnclosedCircleChinese", "ideographEnclosedCircle",
    "ideographTraditional", "ideographZodiac", "ideographZodiacTraditional", "taiwaneseCounting",
    "ideographLegalTraditional", "taiwaneseCountingThousand", "taiwaneseDigital", "chineseCounting",
    "chineseLegalSimplified", "chineseCountingThousand",
)  # fmt: skip


def number_format(number: int) -> str:
    """The name of a number format; "none" (255) prints no number, an unlisted one prints as decimal.

    >>> number_format(37), number_format(255), number_format(0)
    ('chineseCounting', 'none', 'decimal')
    """
    if number == 255:
        return "none"
    return (_NAMES[number] if 0 <= number < len(_NAMES) else "") or "decimal"
