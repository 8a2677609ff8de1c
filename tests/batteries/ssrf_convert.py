"""Documents that name pictures and style sheets elsewhere, converted by the real LibreOffice."""

from __future__ import annotations

from tests.batteries.ssrf_acts import Act
from tests.batteries.ssrf_ground import ROOT, Ground

_HTML = """<html><head><meta charset="utf-8"><link rel="stylesheet" href="http://10.0.0.1:PORT/a.css"></head>
<body><p>示例</p><img src="http://10.0.0.1:PORT/LEAF"><img src="//[::1]:PORT/a.png"></body></html>"""
_RTF = r"""{\rtf1\ansi {\field{\*\fldinst INCLUDEPICTURE "http://169.254.169.254:PORT/LEAF" \\d}{\fldrslt a}}
{\field{\*\fldinst INCLUDETEXT "http://10.0.0.1:PORT/a.doc"}{\fldrslt b}} example\par}"""


def convert_documents(ground: Ground, each: int) -> Act:
    """Two documents, of which the one is fetched from when LibreOffice is left alone."""
    act = Act("documents converted by LibreOffice (battery documents does this in depth)")
    act.tries = ground.tries([_HTML, _RTF])
    for one in act.tries:
        document = ground.folder / f"{one.token}.doc"
        document.write_text(one.reference("LEAF.png"), encoding="utf-8")
        ran = ground.run(str(ROOT / "tests/batteries/ssrf_office.py"), str(document))
        one_name = one.name.split("\\n")[0][:40]
        act.ends.append(
            (
                one.name,
                "" if ran.code == 0 and "word/document.xml" in ran.output else f"{one_name}: {ran.errors[-300:]}",
            )
        )
        act.runs.append(ran)
    act.seconds = max(ran.seconds for ran in act.runs)
    return act
