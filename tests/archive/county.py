"""Reports of 示例县 as HTML pages, written from the official form of 2021, and looks at a portal that shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, known_report_targets, lease_targets
from archive.ingest import read_pending
from archive.register import Site, put_sites
from archive.runs.run import begin_run, end_run
from archive.store import Archive

SITE = Site(
    code="150899_www.shili.example",
    name="示例县人民政府",
    region_code="150824",
    home="http://www.shili.example/",
    hosts=("www.shili.example",),
    family="trs",
    seeds=("http://www.shili.example/zfxxgknb/",),
)
COLUMN = "http://www.shili.example/zfxxgknb/"

APPLICANTS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
REQUESTS = (
    ("received", "一、本年新收政府信息公开申请数量", 3),
    ("carried_in", "二、上年结转政府信息公开申请数量", 3),
    ("granted", "（一）予以公开", 2),
    ("partly_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 2),
    ("refused_state_secret", "1.属于国家秘密", 1),
    ("refused_forbidden_by_law", "2.其他法律行政法规禁止公开", 1),
    ("refused_security_stability", "3.危及“三安全一稳定”", 1),
    ("refused_third_party", "4.保护第三方合法权益", 1),
    ("refused_internal_affairs", "5.属于三类内部事务信息", 1),
    ("refused_deliberative", "6.属于四类过程性信息", 1),
    ("refused_enforcement_file", "7.属于行政执法案卷", 1),
    ("refused_administrative_query", "8.属于行政查询事项", 1),
    ("unavailable_not_held", "1.本机关不掌握相关政府信息", 1),
    ("unavailable_needs_creation", "2.没有现成信息需要另行制作", 1),
    ("unavailable_still_unclear", "3.补正后申请内容仍不明确", 1),
    ("declined_petition", "1.信访举报投诉类申请", 1),
    ("declined_repeat", "2.重复申请", 1),
    ("declined_publication", "3.要求提供公开出版物", 1),
    ("declined_excessive", "4.无正当理由大量反复申请", 1),
    ("declined_reissue", "5.要求行政机关确认或重新出具已获取信息", 1),
    ("other_not_corrected", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", 1),
    ("other_fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", 1),
    ("other_other", "3.其他", 1),
    ("handled_total", "（七）总计", 2),
    ("carried_out", "四、结转下年度继续办理", 3),
)
GROUPS = {
    "refused_state_secret": ("（三）不予公开", 8),
    "unavailable_not_held": ("（四）无法提供", 3),
    "declined_petition": ("（五）不予处理", 5),
    "other_not_corrected": ("（六）其他处理", 3),
}
RESULTS = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other_result", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)
DISPUTES = ("review", "litigation_direct", "litigation_after_review")


def figures_of(number: int) -> dict[str, str]:
    """A whole report's 200 cells that satisfy every identity of the form; each ``number`` has its own."""
    figures: dict[str, str] = {}
    for at, row in enumerate(("regulations", "normative_documents")):
        for column, value in zip(("issued", "repealed", "in_force"), (at + 1, at, number + at), strict=True):
            figures[f"proactive.{row}.{column}"] = str(value)
    figures |= {f"proactive.{row}.decisions": str(number * 10 + 3) for row in ("licensing", "penalties", "coercion")}
    figures["proactive.fees.amount"] = f"{number}.25"
    handled = [row for row, _, _ in REQUESTS if row not in ("received", "carried_in", "handled_total", "carried_out")]
    for place, who in enumerate(APPLICANTS[:-1]):
        counts = {row: (number + place + at) % 4 for at, row in enumerate(handled)}
        total = sum(counts.values())
        counts |= {"handled_total": total, "carried_in": 1, "carried_out": 2, "received": total + 1}
        figures |= {f"requests.{row}.{who}": str(count) for row, count in counts.items()}
    for row, _, _ in REQUESTS:
        figures[f"requests.{row}.total"] = str(sum(int(figures[f"requests.{row}.{who}"]) for who in APPLICANTS[:-1]))
    for at, kind in enumerate(DISPUTES):
        parts = [number % 3 + at, 1, 0, 0]
        for (column, _), value in zip(RESULTS, [*parts, sum(parts)], strict=True):
            figures[f"disputes.{kind}.{column}"] = str(value)
    return figures


def page(
    organisation: str, year: int, figures: Mapping[str, str], *, note: str = "", counter: int = 0, side: str = ""
) -> bytes:
    """The report as an article of a portal: ``note`` is a sentence of its text, counter and side are around it."""
    title = f"{organisation}{year}年政府信息公开工作年度报告"
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{year + 1}-01-20 09:00">
<meta name="SiteIDCode" content="1508240001"></head><body>
<div class="nav"><a href="/">首页</a>{escape(side)}</div>
<div class="TRS_Editor"><h1>{title}</h1>
<p>一、总体情况</p><p>{escape(organisation)}认真贯彻落实《中华人民共和国政府信息公开条例》。{escape(note)}</p>
<p>二、主动公开政府信息情况</p>{_proactive(figures)}
<p>三、收到和处理政府信息公开申请情况</p>{_requests(figures)}
<p>四、政府信息公开行政复议、行政诉讼情况</p>{_disputes(figures)}
<p>五、存在的主要问题及改进情况</p><p>公开内容有待充实，下一步加强培训。</p>
<p>六、其他需要报告的事项</p><p>本年度无收取信息处理费的情况。</p></div>
<div class="footer">访问次数：{counter}</div></body></html>""".encode()


def _cells(cells: Iterable[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _proactive(figures: Mapping[str, str]) -> str:
    rows = ['<tr><td colspan="4">第二十条第（一）项</td></tr>']
    rows.append(f"<tr>{_cells(('信息内容', '本年制发件数', '本年废止件数', '现行有效件数'))}</tr>")
    for key, label in (("regulations", "规章"), ("normative_documents", "行政规范性文件")):
        counts = [figures[f"proactive.{key}.{column}"] for column in ("issued", "repealed", "in_force")]
        rows.append(f"<tr>{_cells((label, *counts))}</tr>")
    for band, head, lines in (
        ("（五）", "本年处理决定数量", (("licensing.decisions", "行政许可"),)),
        ("（六）", "本年处理决定数量", (("penalties.decisions", "行政处罚"), ("coercion.decisions", "行政强制"))),
        ("（八）", "本年收费金额（单位：万元）", (("fees.amount", "行政事业性收费"),)),
    ):
        rows.append(f'<tr><td colspan="4">第二十条第{band}项</td></tr>')
        rows.append(f'<tr><td>信息内容</td><td colspan="3">{head}</td></tr>')
        for key, label in lines:
            rows.append(f'<tr><td>{label}</td><td colspan="3">{figures[f"proactive.{key}"]}</td></tr>')
    return f"<table>{''.join(rows)}</table>"


def _requests(figures: Mapping[str, str]) -> str:
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    rows = [
        f'<tr><td colspan="3" rowspan="3">{note}</td><td colspan="7">申请人情况</td></tr>',
        '<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>',
        f"<tr>{_cells(('商业企业', '科研机构', '社会公益组织', '法律服务机构', '其他'))}</tr>",
    ]
    for key, label, width in REQUESTS:
        before = '<td rowspan="22">三、本年度办理结果</td>' if key == "granted" else ""
        if key in GROUPS:
            name, height = GROUPS[key]
            before += f'<td rowspan="{height}">{name}</td>'
        values = _cells(figures[f"requests.{key}.{who}"] for who in APPLICANTS)
        rows.append(f'<tr>{before}<td colspan="{width}">{label}</td>{values}</tr>')
    return f"<table>{''.join(rows)}</table>"


def _disputes(figures: Mapping[str, str]) -> str:
    labels = [label for _, label in RESULTS]
    values = _cells(figures[f"disputes.{kind}.{column}"] for kind in DISPUTES for column, _ in RESULTS)
    return f"""<table><tr><td colspan="5">行政复议</td><td colspan="10">行政诉讼</td></tr>
<tr>{"".join(f'<td rowspan="2">{label}</td>' for label in labels)}
<td colspan="5">未经复议直接起诉</td><td colspan="5">复议后起诉</td></tr>
<tr>{_cells(labels * 2)}</tr><tr>{values}</tr></table>"""


@dataclass(frozen=True)
class Answer:
    """What the portal answers at one URL; no answer at all is a 404."""

    payload: bytes
    kind: str = "article"
    link_text: str = ""
    via: str = COLUMN
    title: str = ""


def crawl(archive: Archive, day: int, portal: Mapping[str, Answer]) -> dict[str, object]:
    """One crawl of the portal as it is on that day, through the frontier: linked URLs and those known before.

    The servers know ETags: what has not changed is answered with 304, what is gone with 404.
    """
    put_sites(archive, [SITE])
    at = datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(days=day)
    run = begin_run(archive, f"crawl {SITE.code}", SITE.code)
    add_targets(archive, run, known_report_targets(archive, SITE.code))
    add_targets(
        archive,
        run,
        [Target(url, one.kind, COLUMN, one.via, one.link_text, SITE.code) for url, one in portal.items()],
    )
    while leases := lease_targets(archive, run, 10):
        for lease in leases:
            one = portal.get(lease.target.url)
            etag = "" if one is None else f'"{hashlib.sha256(one.payload).hexdigest()[:16]}"'
            outcome, status = "fetched", 200
            if one is None:
                outcome, status = "not_found", 404
            elif etag == lease.etag:
                outcome, status = "not_modified", 304
            body = one.payload if one is not None and status == 200 else b""
            header = f"HTTP/1.1 {status} X\r\n" + (f"ETag: {etag}\r\n" if etag else "")
            header += f"Content-Length: {len(body)}\r\n\r\n"
            target = lease.target
            at += timedelta(seconds=1)
            capture = Capture(
                url=target.url,
                captured_at=at,
                outcome=outcome,
                status=status,
                header=header.encode(),
                wire=body,
                payload=body,
                kind=target.kind,
                seed=target.seed,
                via=target.via,
                link_text=target.link_text,
                site=target.site,
                title="" if one is None or status == 304 else one.title,
            )
            acknowledge(archive, run, lease, capture)
    read_pending(archive, run)
    return end_run(archive, run)


def article(organisation: str, year: int, figures: Mapping[str, str], note: str = "", counter: int = 0) -> Answer:
    """A portal's answer that is a report's page."""
    title = f"{organisation}{year}年政府信息公开工作年度报告"
    return Answer(page(organisation, year, figures, note=note, counter=counter), link_text=title, title=title)


URLS_OF_KILLED = 300


def write_for_ever(folder: Path) -> None:
    """A crawl of generated pages that is meant to be killed; says each URL before it keeps what it "fetched"."""
    with Archive.open(folder, write=True) as archive:
        run = begin_run(archive, "crawl killed", "killed")
        add_targets(archive, run, [Target("http://a.example/0", "other", "seed")])
        while leases := lease_targets(archive, run, 7):
            for lease in leases:
                print(lease.target.url, flush=True)
                number = int(lease.target.url.rpartition("/")[2])
                body = (f"page {number} " * 2000).encode()
                following = [n for n in range(number * 3 + 1, number * 3 + 4) if n < URLS_OF_KILLED]
                capture = Capture(lease.target.url, datetime(2025, 1, 1, tzinfo=UTC), "fetched", 200, b"", body, body)
                acknowledge(
                    archive, run, lease, capture, [Target(f"http://a.example/{n}", "other", "seed") for n in following]
                )
