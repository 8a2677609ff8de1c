"""Links that lead to no public web address, in every way a page can spell one."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = (
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0x7f000001",
    "0X7F000001", "0x7f.1", "0x7f.0.0.0x1", "0177.0.0.1", "0177.1", "00000177.0.0.01", "127.0x0.0.1", "0", "0.0.0.0",
    "0x0", "localhost", "LOCALHOST.", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1",
    "１２７。１", "%31%32%37.0.0.1", "127.0.0.1%00", "127.0.0.1%2F.shili.gov.cn", "127.0.0.1%09.shili.gov.cn",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[::1%25lo]", "[::1%lo]",
)  # fmt: skip
"""Hosts of which a resolver, an HTTP library or a browser makes this machine."""

OTHERS = (
    "10.0.0.1", "10.1", "167772161", "0xa.1", "012.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "192.168.257",
    "3232235777", "0xc0a80101", "0300.0250.1.1", "１９２．１６８．１．１", "169.254.169.254", "2852039166",
    "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.64.0.1", "100.127.255.254", "0.1.2.3", "192.0.0.1",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "4294967295", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]", "[2001:2::1]", "[5f00::1]",
    "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]",
    "[2002:a00:1::1]", "[2002:c0a8:101::]",
)  # fmt: skip
"""Hosts of private, shared, link-local, documentation, benchmarking, multicast, reserved and embedded addresses."""

WRITTEN = (
    "HTTP://127.0.0.1:PORT/LEAF", "hTtPs://127.0.0.1:PORT/LEAF", "//127.0.0.1:PORT/LEAF", " \t//10.0.0.1:PORT/LEAF ",
    "http:///127.0.0.1:PORT/LEAF", "http:////127.0.0.1:PORT/LEAF", "///127.0.0.1:PORT/LEAF", "http:127.0.0.1:PORT/LEAF",
    "http:/127.0.0.1:PORT/LEAF", "https:127.0.0.1:PORT/LEAF", "http:\\\\127.0.0.1:PORT\\LEAF",
    "\\\\127.0.0.1:PORT\\LEAF", "/\\127.0.0.1:PORT/LEAF", "\\/127.0.0.1:PORT/LEAF", "/\t/127.0.0.1:PORT/LEAF",
    "ht\ttp://127.0.0.1:PORT/LEAF", "http:/\n/127.0.0.1:PORT/LEAF", "http://127.0.\t0.1:PORT/LEAF",
    "\x01http://127.0.0.1:PORT/LEAF", "http://www.shili.gov.cn@127.0.0.1:PORT/LEAF", "http://@127.0.0.1:PORT/LEAF",
    "http://www.shili.gov.cn:80@127.0.0.1:PORT/LEAF", "http://127.0.0.1:PORT@www.shili.gov.cn/LEAF",
    "http://127.0.0.1@www.shili.gov.cn:PORT/LEAF", "http://127.0.0.1:PORT\\@www.shili.gov.cn/LEAF",
    "http://www.shili.gov.cn\\@127.0.0.1:PORT/LEAF", "http://127.0.0.1:PORT/LEAF#@www.shili.gov.cn/",
    "http://127.0.0.1:PORT?LEAF&@www.shili.gov.cn/", "http://127.0.0.1:PORT;.shili.gov.cn/LEAF",
    "http://127.0.0.1:PORT\u2100.shili.gov.cn/LEAF", "http://127.0.0.1\uff0f.shili.gov.cn:PORT/LEAF",
    "http://127.0.0.1\u00ad:PORT/LEAF", "http://127.0.0.1 :PORT/LEAF", "http://[::1:PORT/LEAF", "http://[x]:PORT/LEAF",
    "http://[v1.a]:PORT/LEAF", "http://[127.0.0.1]:PORT/LEAF", "http://127.0.0.1:0PORT/LEAF",
    "http://127.0.0.1:PORT:PORT/LEAF", "http://127.0.0.1:/LEAF", "http://127.0.0.1:99999/LEAF",
)  # fmt: skip
"""Whole references: what parsers of URLs read differently. PORT and LEAF stand for what tells one try from another."""

SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "file://127.0.0.1:PORT/LEAF", "FILE:///LEAF", "file:LEAF",
    "ftp://127.0.0.1:PORT/LEAF", "ftp://www.shili.gov.cn:PORT/LEAF", "ftps://127.0.0.1:PORT/LEAF",
    "sftp://127.0.0.1:PORT/LEAF", "gopher://127.0.0.1:PORT/_LEAF", "dict://127.0.0.1:PORT/LEAF",
    "ldap://127.0.0.1:PORT/LEAF", "tftp://127.0.0.1:PORT/LEAF", "telnet://127.0.0.1:PORT/LEAF",
    "ws://127.0.0.1:PORT/LEAF", "wss://www.shili.gov.cn:PORT/LEAF", "smb://127.0.0.1:PORT/LEAF",
    "jar:http://127.0.0.1:PORT/a.jar!/LEAF", "view-source:http://127.0.0.1:PORT/LEAF", "data:text/html,LEAF",
    "data:text/html;base64,PGEgaHJlZj0iLyI+", "javascript:fetch('/LEAF')", "vbscript:LEAF", "mailto:LEAF@shili.gov.cn",
    "tel:12345", "about:blank", "blob:http://127.0.0.1:PORT/LEAF", "filesystem:http://127.0.0.1:PORT/LEAF",
    "php://filter/resource=LEAF", "s3://LEAF/nb", "netdoc:///LEAF", "\\\\127.0.0.1\\LEAF", "httpx://127.0.0.1:PORT/LEAF",
    "http+unix://%2Frun%2Fdocker.sock/LEAF", "unix:/run/docker.sock:LEAF", "feed:http://127.0.0.1:PORT/LEAF",
)  # fmt: skip
"""References that are neither http nor https."""

STRANGERS = (
    "gov.cn.evil.example", "www.gov.cn.evil.example", "evilgov.cn", "evil-gov.cn", "xn--gov-9na.cn", "gov.cn.com",
    "www.gov.com.cn", "gоv.cn", "www.gov.сn", "gov.cn@evil.example", "www.gov.cn%2Eevil.example",
    "evil.example%2Fwww.gov.cn", "evil.example;www.gov.cn", "www.gov.cn:80@evil.example", "evil.example?.gov.cn/",
    "evil.example#.gov.cn/", "evil.example/.gov.cn/", "evil.example\\.gov.cn", "evil.example\\@www.gov.cn",
    "ｅｖｉｌ.example", "www.gov.cn\uff0eevil.example", "www.gov.cn\u3002evil.example", "cn", "gov",
    "203.0.113.9.nip.example", "evil.example:80", "evil.example.:80", "user:pass@evil.example",
)  # fmt: skip
"""Hosts that look like ``*.gov.cn`` and are not, or not to every parser."""


@dataclass(frozen=True, slots=True)
class Try:
    """One reference on one page: ``port`` (0: it names none) and ``token``, which stands in it alone, tell it apart."""

    name: str
    template: str
    port: int
    token: str

    def reference(self, leaf: str = "nb/t20240115_TOKEN.html") -> str:
        """The reference as the page prints it; ``leaf`` is what its path is to be."""
        return self.template.replace("PORT", str(self.port)).replace("LEAF", leaf).replace("TOKEN", self.token)


def addresses() -> list[str]:
    """Every template that means an address, or that some parser takes for one."""
    return [*(f"http://{host}:PORT/LEAF" for host in (*LOOPBACK, *OTHERS)), *WRITTEN]


def strangers() -> list[str]:
    """Templates of the hosts that are not followed."""
    return [f"http://{host}/LEAF" for host in STRANGERS]


def tries(templates: list[str], ports: list[int], first: int) -> list[Try]:
    """Templates → tries, each with a port and a token of its own, counted from ``first``."""
    return [
        Try(template.encode("unicode_escape").decode(), template, port, str(first + number))
        for number, (template, port) in enumerate(zip(templates, ports, strict=True))
    ]
