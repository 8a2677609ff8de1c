"""What a browser needs to search here from its own search box (OpenSearch 1.1)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from archive.web.answers import Plain
from archive.web.asked import Asked
from archive.web.pages_found import Path


def describe_search(asked: Asked) -> Plain:
    """``/opensearch.xml``."""
    base = escape(asked.site.base, {'"': "&quot;"})
    text = f"""<?xml version="1.0" encoding="utf-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>年报</ShortName>
<Description>政府信息公开工作年度报告</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{base}/search?q={{searchTerms}}"/>
<Url type="application/atom+xml" template="{base}/search.atom?q={{searchTerms}}"/>
</OpenSearchDescription>
"""
    return Plain(text.encode("utf-8"), "application/opensearchdescription+xml")


PATHS = (Path("/opensearch.xml", describe_search),)
