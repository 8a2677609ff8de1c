"""RTF and OFD whose cost would grow faster than their bytes."""

from __future__ import annotations

from collections.abc import Callable

from tests.batteries.documents_bombs import rows_rtf, zipped


def title_rtf() -> bytes:
    """A title that grows by one character a million times."""
    return b"{\\rtf1{\\info{\\title " + b"\\u19968 ?" * 1_000_000 + b"}} 1\\par}"


def runs_rtf() -> bytes:
    """One paragraph of two million runs, all alike but for words that mean nothing."""
    return b"{\\rtf1 " + b"\\b a\\b0 b" * 1_000_000 + b"\\par}"


def notes_rtf() -> bytes:
    """A cell of a million raised notes."""
    return b"{\\rtf1\\trowd\\cellx900\\intbl " + b"{\\super 1}2" * 500_000 + b"\\cell\\row}"


def lists_rtf() -> bytes:
    """A cell of numbers of lists with blanks between them."""
    return b"{\\rtf1\\trowd\\cellx900\\intbl " + b"{\\listtext 1.} " * 200_000 + b"\\cell\\row}"


def edges_rtf() -> bytes:
    """Ten thousand edges that hold for a million rows of one cell."""
    return (
        b"{\\rtf1\\trowd"
        + b"".join(b"\\cellx%d" % at for at in range(10_000))
        + b"\\intbl 1\\cell\\row" * 500_000
        + b"}"
    )


def words_rtf() -> bytes:
    """Twelve million control words."""
    return b"{\\rtf1 " + b"\\plain" * 8_000_000 + b"}"


def paragraphs_rtf() -> bytes:
    return b"{\\rtf1 " + b"1\\par" * 1_000_000 + b"}"


def _ofd(content: str, *, pages: int = 1, template: str = "", resource: str = "", same: bool = False) -> bytes:
    """An OFD whose pages hold this content under a template; ``same`` lists one page again and again."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="P/{0 if same else n}.xml"/>' for n in range(pages))
    drawn = f"<ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content>"
    used = '<ofd:Template TemplateID="9"/>' if template else ""
    return zipped(
        **{
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>D/D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "D/D.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:DocumentRes>R.xml</ofd:DocumentRes>"
            '<ofd:TemplatePage ID="9" BaseLoc="T.xml"/></ofd:CommonData>'
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            "D/R.xml": f"<ofd:Res {space}><ofd:CompositeGraphicUnits>{resource}</ofd:CompositeGraphicUnits></ofd:Res>",
            "D/T.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{template}</ofd:Layer></ofd:Content></ofd:Page>",
        }
        | {f"D/P/{n}.xml": f"<ofd:Page {space}>{used}{drawn}</ofd:Page>" for n in range(1 if same else pages)}
    )


def _text(words: str, more: str = "") -> str:
    code = f'<ofd:TextCode X="0" Y="4" {more}>{words}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="20 20 100 8" Size="4">{code}</ofd:TextObject>'


def _path(operations: str) -> str:
    data = f"<ofd:AbbreviatedData>{operations}</ofd:AbbreviatedData>"
    return f'<ofd:PathObject Boundary="0 0 200 200" LineWidth="1">{data}</ofd:PathObject>'


def steps_ofd() -> bytes:
    """Texts of one character, each with a hundred thousand steps."""
    return _ofd(_text("一", 'DeltaX="g 100000 1"') * 50_000)


def long_steps_ofd() -> bytes:
    return _ofd(_text("一", f'DeltaX="{"1 " * 20_000_000}"'))


def letters_ofd() -> bytes:
    """One text of ten million characters."""
    return _ofd(_text("一" * 10_000_000))


def path_ofd() -> bytes:
    """One path of four million lines."""
    return _ofd(_path("M 0 0 " + "L 9 9 " * 4_000_000))


def lines_ofd() -> bytes:
    """Fifty thousand ruling lines on one page."""
    return _ofd("".join(_path(f"M 0 {at % 997 / 5} L {at % 331} {at % 997 / 5}") for at in range(50_000)))


def template_ofd() -> bytes:
    """A template of forty thousand objects on each of two thousand pages."""
    return _ofd("", pages=2_000, template=_path("M 0 0 L 9 9") * 40_000)


def same_page_ofd() -> bytes:
    """One page of many megabytes, listed two thousand times."""
    return _ofd("<ofd:Nothing/>" * 1_000_000, pages=2_000, same=True)


def composite_ofd() -> bytes:
    """Eight composite objects, each made of ten of the next."""
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{n}"><ofd:Content>'
        + f'<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="{n + 1}"/>' * 10
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for n in range(8)
    )
    return _ofd('<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="0"/>', resource=units)


def rtf_in_zip() -> bytes:
    return zipped(**{f"{n}.rtf": rows_rtf() for n in range(100)})


GROWING: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        title_rtf, runs_rtf, notes_rtf, lists_rtf, edges_rtf, words_rtf, paragraphs_rtf, steps_ofd, long_steps_ofd,
        letters_ofd, path_ofd, lines_ofd, template_ofd, same_page_ofd, composite_ofd, rtf_in_zip,
    )
}  # fmt: skip
