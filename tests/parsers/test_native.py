"""The compiled loops say what their doubles in Python say: of PDFs at hand, bent ones, and pages made by chance."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import Document
from parsers.errors import DocumentError
from parsers.formats.pdf import convert
from parsers.pdf import cells, native, runs
from parsers.pdf.characters import Character, Printed, in_columns, in_one_piece
from parsers.pdf.geometry import Box, Frame
from parsers.pdf.pages import open_pdf
from parsers.pdf.rules import Rules, Segment, read_rules
from parsers.pdf.tables import parts_of

DOCUMENTS = sorted((Path(__file__).parents[1] / "documents" / "pdf").glob("*.pdf"))
ROOT = Path(__file__).parents[2]

if native.COMPILED is None and os.environ.get("CI") != "true":
    pytest.skip(f"PDFs are read by Python alone here ({native.WHY_NOT})", allow_module_level=True)


@pytest.fixture
def in_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patch:
        yield patch


def said_of(payload: bytes) -> Document | tuple[str, str]:
    try:
        return convert(payload)
    except DocumentError as error:
        return error.code, error.says


def both_ways(payload: bytes, in_python: pytest.MonkeyPatch) -> tuple[object, object]:
    compiled = said_of(payload)
    with in_python.context() as patch:
        patch.setattr(native, "COMPILED", None)
        return compiled, said_of(payload)


def test_they_are_compiled() -> None:
    assert native.COMPILED is not None, native.WHY_NOT


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_read_alike(path: Path, in_python: pytest.MonkeyPatch) -> None:
    compiled, by_python = both_ways(path.read_bytes(), in_python)
    assert isinstance(compiled, Document)
    assert compiled == by_python
    assert repr(compiled) == repr(by_python)  # blocks are compared field by field there, and 0.0 is not -0.0 here


def test_a_published_report_is_read_alike(in_python: pytest.MonkeyPatch) -> None:
    corpus = os.environ.get("NIANBAO_CORPUS")
    if corpus is None:
        assert os.environ.get("CI") != "true", "NIANBAO_CORPUS must name the corpus in CI"
        pytest.skip("NIANBAO_CORPUS is not set: the published report is not read both ways")
    found = sorted((Path(corpus) / "pdf").glob("*.pdf"))
    assert found
    for path in found:
        compiled, by_python = both_ways(path.read_bytes(), in_python)
        assert repr(compiled) == repr(by_python)


def test_bent_documents_are_read_alike(in_python: pytest.MonkeyPatch) -> None:
    chance = random.Random(20250115)
    for path in DOCUMENTS[::3]:
        payload = path.read_bytes()
        for _ in range(12):
            bent = bytearray(payload)
            for _ in range(chance.randrange(1, 12)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            if chance.random() < 0.3:
                del bent[chance.randrange(len(bent)) :]
            compiled, by_python = both_ways(bytes(bent), in_python)
            assert repr(compiled) == repr(by_python)


# Numbers as pages have them: on lines and columns, some points beside them, some anywhere.
_near = st.sampled_from([0.0, 0.0, 0.0, 0.4, -0.4, 1.0, -2.5, 3.5, 7.0])
_place = st.builds(lambda step, by: 30.0 * step + by, st.integers(0, 8), _near)


@st.composite
def drawn(draw: st.DrawFn) -> Rules:
    def lines() -> list[Segment]:
        made = draw(st.lists(st.tuples(_place, _place, _place), max_size=14))
        return [Segment(at, min(ends), max(ends)) for at, *ends in made]

    rules = Rules(lines(), lines())
    if draw(st.booleans()):  # a whole table among them
        rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
        left, top = draw(_place), draw(_place)
        rules.horizontal += [Segment(top + 20.0 * n, left, left + 25.0 * columns) for n in range(rows + 1)]
        rules.vertical += [Segment(left + 25.0 * n, top, top + 20.0 * rows) for n in range(columns + 1)]
        for side in (rules.horizontal, rules.vertical):
            if side and draw(st.booleans()):
                side.pop(draw(st.integers(0, len(side) - 1)))
    return rules


@st.composite
def printed(draw: st.DrawFn, grids: Sequence[cells.Grid]) -> Printed:
    """Texts anywhere and across the lines of grids, figures for the most part; characters printed twice among them."""
    beside = st.sampled_from([-9.0, -4.0, -1.0, 0.0, 2.0, 6.0])
    across = [_place, *(st.builds(float.__add__, st.sampled_from(grid.xs), beside) for grid in grids)]
    down = [_place, *(st.builds(float.__add__, st.sampled_from(grid.ys), beside) for grid in grids)]
    words = st.text("0123456789", min_size=1, max_size=6) | st.text(
        "0123456789年报告机关.,，()（）ab²", min_size=1, max_size=6
    )
    made: list[Character] = []
    for _ in range(draw(st.integers(0, 12))):
        left, top, size = draw(st.one_of(across)), draw(st.one_of(down)), draw(st.sampled_from([4.0, 9.0, 12.0]))
        gap = draw(st.sampled_from([0.0, 0.0, 0.0, 0.7]))  # more than NEAR and less than TOUCHING
        for code in draw(words):
            width = size if code > "\u2e80" else size / 2
            low = draw(st.sampled_from([0.0] * 6 + [size / 8, -size / 2]))
            made.append((ord(code), left, top + low, left + width, top + size))
            if draw(st.integers(0, 9)) == 0:
                by = draw(st.sampled_from([0.3, 0.1 * size, 0.24 * width, 0.26 * width]))
                made.append((ord(code), left + by, top + low, left + by + width, top + size))
            left += width + gap + draw(st.sampled_from([0.0] * 6 + [0.3, 1.0, size, -width, -0.2 * size]))
    return in_columns(made)


@given(rules=drawn())
@settings(max_examples=400, deadline=None)
def test_lines_drawn_by_chance_make_the_same_grids(rules: Rules) -> None:
    page = Box(0.0, 0.0, 400.0, 400.0)
    compiled = cells.find_grids(rules, page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "COMPILED", None)
        assert compiled == cells.find_grids(rules, page)


@given(rules=drawn(), given_by=st.data())
@settings(max_examples=600, deadline=None)
def test_characters_set_by_chance_make_the_same_runs_and_cells(rules: Rules, given_by: st.DataObject) -> None:
    grids = cells.find_grids(rules, Box(0.0, 0.0, 400.0, 400.0))
    page = given_by.draw(printed(grids))
    compiled = runs.runs_of(page, grids)
    parts = parts_of(compiled, grids, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "COMPILED", None)
        assert compiled == runs.runs_of(page, grids)
        assert parts == parts_of(compiled, grids, 3)


_STATES = ("/Seen gs", "/Faint gs", "/Gone gs")  # alpha 1, 0.06 and 0.04: 15 and 10 of 255
_colour = st.sampled_from(["0 g 0 G", "1 g 1 G", "0.97 g 0.99 G", "1 0.5 1 rg 1 1 0.9 RG", "/Pattern cs /Stripes scn"])
_size = st.sampled_from([0.0, 0.4, 1.0, 2.9, 3.1, 4.5, 4.7, 30.0, 120.0])
_point = st.builds("{:.2f} {:.2f}".format, _place, _place)
_path = st.one_of(
    st.builds("{} {:.2f} {:.2f} re".format, _point, _size, _size),
    st.builds("{} m {} l".format, _point, _point),
    st.builds("{} m {} l {} l h".format, _point, _point, _point),
    st.builds("{0} m {0} l {0} l {0} l {0} l {1} l {1} l".format, _point, _point),
    st.builds("{} m {} {} {} c".format, _point, _point, _point, _point),
    st.builds("{0} 9 2 re {0} 8 1 re".format, _point),
)
_drawing = st.builds(
    "q {} {} {} {} Q".format, st.sampled_from(_STATES), _colour, _path, st.sampled_from(["f", "S", "B", "n", "s"])
)


def paper(content: str) -> bytes:
    """A page of 400 by 400 points with this content, a form that draws it once more, and a picture."""
    stream = f"{content} /Form Do 40 0 0 40 0 0 cm /Picture Do"
    resources = (
        "<< /ExtGState << /Seen << /ca 1 /CA 1 >> /Faint << /ca 0.06 /CA 0.06 >> /Gone << /ca 0.04 /CA 0.04 >> >> "
        "/Pattern << /Stripes 6 0 R >> /XObject << /Form 5 0 R /Picture 7 0 R >> >>"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R /Resources {resources} >>",
        f"<< /Length {len(stream)} >> stream\n{stream}\nendstream",
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 400 400] /Resources {resources.partition('/XObject')[0]}>> "
        f"/Length {len(content)} >> stream\n{content}\nendstream",
        "<< /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 2 2] /XStep 2 /YStep 2 /Resources << >> /Length 10 >> "
        "stream\n0 0 1 1 re\nendstream",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 1 >> "
        "stream\n0\nendstream",
    ]
    body = "".join(f"{number} 0 obj {said} endobj\n" for number, said in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n".encode("ascii")


def rules_of(payload: bytes) -> Rules:
    document = open_pdf(payload)
    page = pypdfium2.raw.FPDF_LoadPage(document.raw, 0)
    try:
        return read_rules(page, Frame(0.0, 0.0, 400.0, 400.0))
    finally:
        pypdfium2.raw.FPDF_ClosePage(page)
        document.close()


def test_a_page_made_here_is_drawn_on() -> None:
    drawn = rules_of(paper("q /Seen gs 0 g 0 G 30 50 120 0.4 re f Q q /Gone gs 0 g 30 90 120 0.4 re f Q"))
    assert drawn.drawings == 4  # two on the page, and the form's two
    assert [(line.at, line.start, line.end) for line in drawn.horizontal] == [
        (pytest.approx(349.8), pytest.approx(30.0), pytest.approx(150.0))
    ] * 2


@given(st.lists(_drawing, min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_what_is_drawn_by_chance_makes_the_same_lines(content: list[str]) -> None:
    payload = paper(" ".join(content))
    compiled = rules_of(payload)
    assert len(compiled.pictures) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "COMPILED", None)
        assert compiled == rules_of(payload)


def test_figures_and_lines_that_are_none_are_left_to_python() -> None:
    for number in (float("nan"), float("inf"), float("-inf")):
        rules = Rules([Segment(number, 0.0, 9.0)], [Segment(0.0, 0.0, number)])
        assert native.COMPILED is not None
        bounds = cells.SNAP, cells.SHORTEST, cells.COVERED
        assert native.COMPILED.grids_of(rules.horizontal, rules.vertical, bounds, cells.GridCell) is None


def test_a_wrong_word_is_an_error_and_no_crash() -> None:
    compiled = native.COMPILED
    assert compiled is not None
    bounds, limits = (3.0, 4.0, 0.6), (0.2, 0.9, 0.1, 0.5, 0.2, 5.0)
    side = memoryview(bytes(8))
    cell = cells.GridCell(0, 0, 2, 1)
    for wrong, kind in (
        (lambda: compiled.grids_of([(1.0, 2.0)], [], bounds, cells.GridCell), TypeError),
        (lambda: compiled.grids_of([("at", 1.0, 2.0)], [], bounds, cells.GridCell), TypeError),
        (lambda: compiled.runs_of("ab", side, side, side, side, [], limits, runs.Run, Box), ValueError),
        (lambda: compiled.runs_of("a", side, side, side, side, [(0, (0.0,), (0.0, 1.0), ())], limits, runs.Run, Box),
         ValueError),
        (lambda: compiled.runs_of("a", side, side, side, side, [(0, (0.0, 1.0), (0.0, 1.0), (cell,))], limits, runs.Run,
                                  Box), ValueError),
        (lambda: compiled.printed_characters((0,), 0, "", (0.0, 0.0, 0.0, 0.0)), TypeError),
    ):  # fmt: skip
        with pytest.raises(kind):
            wrong()
    assert in_one_piece("", b"") == in_columns(())


def test_what_is_compiled_from_other_sources_is_not_taken(tmp_path: Path) -> None:
    copied = tmp_path / "parsers"
    shutil.copytree(ROOT / "parsers", copied, ignore=shutil.ignore_patterns("__pycache__", "compiled.*"))
    said = "from parsers.pdf import native; print(native.COMPILED is not None, native.WHY_NOT)"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True)
        return f"{done.returncode} {done.stdout}{done.stderr}".strip()

    assert run("-c", said) == "0 False not compiled"
    made = run("-m", "parsers.pdf.native")
    assert made == f"0 compiled: {copied / 'pdf' / 'native' / native.OUTCOME.name}"
    assert run("-c", said) == "0 True"
    with (copied / "pdf" / "native" / "runs.c").open("a") as source:
        source.write("/* another release */\n")
    assert run("-c", said) == "0 False compiled from other sources"
    (copied / "pdf" / "native" / native.OUTCOME.name).write_bytes(b"no module")
    assert run("-c", said).startswith("0 False does not load: ")
    env["CC"] = "/nowhere/cc"
    lacking = run("-m", "parsers.pdf.native")
    assert lacking.startswith("4 not compiled, PDFs are read by Python alone: expected a compiler")
