"""TRS WCM: articles ``YYYYMM/tYYYYMMDD_id.html``, pages written by ``createPageHTML``."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.families import Found
from crawler.pages.links import Page
from crawler.sorting import attached_to, sort_links

NAME = "trs"

# ./202601/t20260120_123456.html · ./201710/t20171015_521060.htm · Guangxi: t17982354.shtml
_ARTICLE = re.compile(r"/t(?:\d{8}_\d+|\d{4,})\.s?html?$")
# ./P020240115398765.pdf · older W020200113517848565234.docx
_ATTACHMENT = re.compile(r"/[PW]0\d{6,}[\w-]*\.\w+$", re.I)
# The first argument is a number here, a DOM id in Kaipu's call of the same name.
_CALL = re.compile(r"""createPageHTML\(\s*["']?\d+["']?\s*,""")


def recognise(page: Page) -> float:
    """Sum of the family's marks: the pager, article URLs, editor blocks, the WCM comment."""
    marks = (
        (0.5, any(_CALL.search(script) for script in page.scripts)),
        (0.3, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.3, _ARTICLE.search(urlsplit(page.url).path) is not None),
        (0.3, "TRS_Editor" in page.layout or "trs_editor_view" in page.layout or "TRS_UEDITOR" in page.layout),
        (0.3, "WCM置标" in page.layout or "CurrChnlCls" in page.layout),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Articles and documents are rows; pages come from the pager's call; a picture or a manual is no attachment."""
    found = sort_links(page, _ARTICLE)
    return replace(found, attachments=attached_to(page, found, _ATTACHMENT))
