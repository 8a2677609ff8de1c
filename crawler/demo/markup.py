"""A report's text and tables as TRS WCM keeps them: TRS_Editor, inline style, what Word leaves behind."""

from __future__ import annotations

from html import escape

from crawler.demo import county
from crawler.demo.county import Key
from crawler.demo.prose import Section, sections_of, signature_of
from crawler.demo.sheets import Box, Sheet, sheets_of

EDITOR_STYLE = (
    '<style type="text/css">.TRS_Editor P{margin-top:1em;margin-bottom:1em;line-height:2;font-family:仿宋;'
    "font-size:12pt;}.TRS_Editor TD{margin-top:0;line-height:1.5;font-size:10pt;}</style>"
)


def render_content(report: Key, *, changed: bool = False) -> str:
    """The whole report in one TRS_Editor block."""
    pasted = "word_paste" in county.BY_NAME[report[0]].habits
    old = report[1] < 2021
    sheets = dict(zip((1, 2, 3), sheets_of(report, changed=changed), strict=True))
    parts = [_title_again(report)] if pasted else []
    for place, section in enumerate(sections_of(report, changed=changed)):
        parts += _section(section, pasted=pasted)
        if place in sheets:
            parts.append(_table(sheets[place], report, old=old))
    name, day = signature_of(report)
    parts += [_end(name), _end(day)]
    return f'<div class="TRS_Editor">{EDITOR_STYLE}\n{chr(10).join(parts)}\n</div>'


def _title_again(report: Key) -> str:
    return f'<p align="center" style="text-align: center;"><strong>{escape(county.title_of(report))}</strong></p>'


def _section(section: Section, *, pasted: bool) -> list[str]:
    if pasted:
        heading = f'<p class="MsoNormal"><b><span style="font-family:黑体">{section.heading}</span></b><o:p></o:p></p>'
        return [heading, *(_pasted_paragraph(paragraph) for paragraph in section.paragraphs)]
    heading = f"<p><strong>{section.heading}</strong></p>"
    return [heading, *(f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{escape(text)}</p>" for text in section.paragraphs)]


def _pasted_paragraph(text: str) -> str:
    """Word puts every run of digits into a span of its own."""
    runs: list[str] = []
    for character in escape(text, quote=False):
        if character.isascii() and character.isdigit():
            if runs and runs[-1].isascii() and runs[-1].isdigit():
                runs[-1] += character
                continue
        elif runs and not runs[-1].isdigit():
            runs[-1] += character
            continue
        runs.append(character)
    spans = "".join(f'<span lang="EN-US">{run}</span>' if run.isdigit() else f"<span>{run}</span>" for run in runs)
    return f'<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0">{spans}<o:p></o:p></p>'


def _end(line: str) -> str:
    return f'<p align="right" style="text-align: right;">{line}&nbsp;&nbsp;</p>'


def _table(sheet: Sheet, report: Key, *, old: bool) -> str:
    habits = county.BY_NAME[report[0]].habits
    if old:
        rows = "".join(f"<TR>{''.join(_old_cell(box, habits) for box in row)}</TR>\n" for row in sheet)
        head, foot = '<TABLE border=1 cellSpacing=0 cellPadding=0 width="100%"><TBODY>', "</TBODY></TABLE>"
    else:
        rows = "".join(f"<tr>{''.join(_cell(box, habits) for box in row)}</tr>\n" for row in sheet)
        named = "MsoNormalTable" if "word_paste" in habits else "table"
        head, foot = f'<table class="{named}" border="1" cellspacing="0"><tbody>', "</tbody></table>"
    return f"{head}\n{rows}{foot}\n<p>&nbsp;</p>"


def _text(box: Box, habits: frozenset[str]) -> str:
    """A cell's text; an empty one is a no-break space, as editors write it."""
    if not box.text:
        return "&nbsp;"
    text = escape(box.text, quote=False).replace("\n", "<br/>")
    return f"\n\t\t&nbsp;{text} \n\t" if box.key and "padding" in habits else text


def _old_cell(box: Box, habits: frozenset[str]) -> str:
    """Upper-case tags and attributes without quotes."""
    spans = f" rowSpan={box.rowspan}" if box.rowspan > 1 else ""
    spans += f" colSpan={box.colspan}" if box.colspan > 1 else ""
    return f"<TD{spans} align=middle>{_text(box, habits)}</TD>"


def _cell(box: Box, habits: frozenset[str]) -> str:
    spans = f' rowspan="{box.rowspan}"' if box.rowspan > 1 else ""
    spans += f' colspan="{box.colspan}"' if box.colspan > 1 else ""
    text = _text(box, habits)
    if "word_paste" in habits:
        text = f'<p class="MsoNormal" align="center"><span lang="EN-US">{text}</span><o:p></o:p></p>'
    return f"<td{spans}>{text}</td>"
