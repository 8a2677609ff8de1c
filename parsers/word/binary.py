"""Word's binary form, 97 to 2003 and WPS ([MS-DOC]) → Document, from the file's own structures."""

from __future__ import annotations

import struct

from parsers.document import Document, Problem
from parsers.errors import Unreadable
from parsers.report import RELEASE
from parsers.word import fib as f
from parsers.word.doc_body import Item, body_of, paragraphs_in
from parsers.word.doc_boxes import Box, read_boxes
from parsers.word.doc_story import Story
from parsers.word.doc_text import Printer
from parsers.word.lists import read_lists
from parsers.word.ole import bytes_of_stream, root_streams
from parsers.word.pieces import read_text
from parsers.word.properties import Properties
from parsers.word.runs import read_runs
from parsers.word.styles import read_styles
from parsers.word.summary import STREAM as SUMMARY
from parsers.word.summary import read_summary

CONVERTER = f"nianbao-doc/{RELEASE}"
MAIN = "WordDocument"
_DATA = "Data"
_SECTION = 12  # bytes of Sed


def read_word(payload: bytes, name: str) -> Document:
    """A document of Word 97 to 2003 → Document; ``where`` is ``paragraph=12`` or ``table=2&row=5&cell=3``, from 1.

    Only the main text and its text boxes: headers, footers, notes and comments are no body text. Raises
    Encrypted, Unreadable (cut off, damaged) and NotUnderstood, which says what this reader does not read.
    """
    streams = root_streams(payload)
    if MAIN not in streams:
        raise Unreadable("expected a stream WordDocument, found none: the file is cut off")
    main = bytes_of_stream(payload, streams[MAIN])
    fib = f.read_fib(main)
    if fib.table_stream not in streams:
        raise Unreadable(f"expected a stream {fib.table_stream}, found none")
    table = bytes_of_stream(payload, streams[fib.table_stream])
    outside = bytes_of_stream(payload, streams[_DATA]) if _DATA in streams else b""
    text = read_text(main, fib.part(table, f.PIECES), fib.before_boxes + fib.boxes if fib.boxes else fib.text)
    properties = Properties(read_styles(fib.part(table, f.STYLES)), outside)
    paragraphs = read_runs(main, fib.part(table, f.PARAGRAPH_PAGES), of_paragraphs=True)
    characters = read_runs(main, fib.part(table, f.CHARACTER_PAGES), of_paragraphs=False)
    numbering = read_lists(table, fib.place(f.LISTS), fib.place(f.LIST_OVERRIDES))
    printer = Printer(text, characters, properties, numbering)
    ends = _ends_of_sections(fib.part(table, f.SECTIONS))

    def items_of(start: int, end: int) -> list[Item]:
        found = paragraphs_in(text, printer.units, start, end, ends, paragraphs, properties)
        return body_of(found, printer.is_deleted)

    boxes = [(box, items_of(box.start, box.end)) for box in read_boxes(fib, table)]
    story = _read_story(items_of(0, fib.text), boxes, printer)
    summary = bytes_of_stream(payload, streams[SUMMARY]) if SUMMARY in streams else b""
    return Document(tuple(story.blocks), name, CONVERTER, read_summary(summary), tuple(story.problems))


def _read_story(body: list[Item], boxes: list[tuple[Box, list[Item]]], printer: Printer) -> Story:
    """The main text, each box behind the paragraph with its shape; boxes without a place follow at the end."""
    placed: dict[int, list[Item]] = {}
    for box, items in boxes:
        if box.shape is not None:
            placed.setdefault(box.shape, []).extend(items)
    story = Story(printer, placed)
    story.read(body)
    for box, items in boxes:
        if box.shape is None:
            says = "a text box whose place is not stated; its text stands at the end"
            story.problems.append(Problem("text_box", says, severity="note"))
            story.read(items)
    return story


def _ends_of_sections(sections: bytes) -> frozenset[int]:
    count = max(0, (len(sections) - 4) // (4 + _SECTION))
    return frozenset(struct.unpack_from(f"<{count + 1}I", sections)) if count else frozenset()
