"""The sentences of a report: invented, different from body to body, in agreement with its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from crawler.demo import county
from crawler.demo.county import Body, Key
from crawler.demo.figures import Draws, Figures, printed_figures

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the outline and what stands under it before its table, if it has one."""

    heading: str
    paragraphs: tuple[str, ...] = ()


RARE = "䶮山、㙍塘、𫭟坪"
"""Invented villages with characters that GBK has not: the two-byte encodings cannot say them."""

_OPENINGS = (
    "本报告由{name}按照《中华人民共和国政府信息公开条例》的要求编制，所列数据的统计期限为{year}年1月1日至12月31日。",
    "根据《中华人民共和国政府信息公开条例》第四十九条、第五十条，{name}编制并公布{year}年度报告。报告由六个部分组成。",
    "现将{name}{year}年政府信息公开工作情况报告如下。统计期限自{year}年1月1日起，至{year}年12月31日止。",
)
_DISCLOSED = (
    "（一）主动公开。围绕{topic}，全年通过各类渠道主动公开政府信息{all}条，其中网站{site}条，微信公众号{wechat}条，公开栏{board}条。",
    "（一）主动公开情况。全年主动公开政府信息{all}条，其中网站{site}条，微信公众号{wechat}条，公开栏{board}条，重点是{topic}。",
)
_REQUESTS = (
    "（二）依申请公开。全年新收政府信息公开申请{received}件，上年结转{carried_in}件；办结{handled}件，结转下年度继续办理{carried_out}件。",
    "（二）依申请公开情况。本年新收政府信息公开申请{received}件，上年结转{carried_in}件，全部登记在册。"
    "本年度办结{handled}件，结转下年度继续办理{carried_out}件。",
)
_MANAGEMENT = (
    "（三）政府信息管理。制定公文时同步确定公开属性，定期清理已经失效的文件，让查询的人看到的都是现行有效的内容。",
    "（三）政府信息管理。把{topic}编成目录，逐条标明公开时限和责任股室，每季度核对一次。",
    "（三）政府信息管理。对历年公开的{topic}重新编排，补上缺失的索引号，修正打不开的链接。",
)
_PLATFORM = (
    "（四）政府信息公开平台建设。在县政府网站设立专栏，并在办事大厅放置查阅点，方便不上网的群众翻阅纸质材料。",
    "（四）政府信息公开平台建设。改进网站栏目的检索，老年人可以用大字版查看{topic}。",
)
_OVERSIGHT = (
    "（五）监督保障。由专人负责日常工作，全年组织业务学习，并把公开工作列入股室考核。",
    "（五）监督保障。办公室每月抽查一次，发现的问题当月改正，没有发生责任追究的情形。",
)
_PROBLEMS = (
    ("公开的内容偏重结果，过程说明不多。", "下一步将在发布{topic}时同时说明依据和办理过程。"),
    ("有的答复文字生硬，群众不容易看懂。", "今后答复申请前先由股室和办公室共同审读，用平实的话把理由讲清楚。"),
    ("栏目更新快慢不一，个别信息发布较迟。", "将为{topic}设定更新日期，到期自动提醒。"),
    ("专门人员少，遇到申请集中时比较吃力。", "已安排两个股室互为后备，并整理常见问题的答复要点。"),
)
_DISPUTES = (
    "因政府信息公开发生的行政复议{review}件；未经复议直接起诉的行政诉讼{direct}件，复议后起诉的行政诉讼{after}件。",
    "本年度涉及政府信息公开的行政复议共{review}件，未经复议直接起诉{direct}件，复议后起诉{after}件，详见下表。",
)


def sections_of(report: Key, *, changed: bool = False) -> tuple[Section, ...]:
    """The six sections of one report; tables 二, 三 and 四 follow the second, third and fourth."""
    body, figures = county.BY_NAME[report[0]], printed_figures(report, changed=changed)
    draws = Draws(f"prose/{body.slug}/{report[1]}")
    problem, remedy = _pick(_PROBLEMS, draws)
    disputes = _disputes(_pick(_DISPUTES, draws), figures)
    return (
        Section("一、总体情况", _overview(report, body, figures, draws)),
        Section("二、主动公开政府信息情况"),
        Section("三、收到和处理政府信息公开申请情况"),
        Section("四、政府信息公开行政复议、行政诉讼情况", disputes),
        Section(
            "五、存在的主要问题及改进情况",
            (f"（一）存在的问题。{problem}", f"（二）改进情况。{remedy.format(topic=body.topic)}"),
        ),
        Section("六、其他需要报告的事项", _rest(report)),
    )


def _pick(choices: tuple[T, ...], draws: Draws) -> T:
    return choices[draws.below(len(choices))]


def _overview(report: Key, body: Body, figures: Figures, draws: Draws) -> tuple[str, ...]:
    name, year = report
    site, wechat, board = (draws.below(400) + 30 for _ in range(3))
    disclosed = {"all": site + wechat + board, "site": site, "wechat": wechat, "board": board}
    counts = {
        "received": figures["requests.received.total"],
        "carried_in": figures["requests.carried_in.total"],
        "handled": figures["requests.handled_total.total"],
        "carried_out": figures["requests.carried_out.total"],
    }
    return (
        _pick(_OPENINGS, draws).format(name=name, year=year),
        _pick(_DISCLOSED, draws).format(topic=body.topic, **disclosed),
        _pick(_REQUESTS, draws).format(**counts),
        _pick(_MANAGEMENT, draws).format(topic=body.topic),
        _pick(_PLATFORM, draws).format(topic=body.topic),
        _pick(_OVERSIGHT, draws),
    )


def _disputes(sentence: str, figures: Figures) -> tuple[str, ...]:
    """What section 四 says above its table; nothing where the table itself was left empty."""
    totals = [
        figures.get(f"disputes.{row}.total") for row in ("review", "litigation_direct", "litigation_after_review")
    ]
    if None in totals:
        return ()
    return (sentence.format(review=totals[0], direct=totals[1], after=totals[2]),)


def _rest(report: Key) -> tuple[str, ...]:
    name, year = report
    fee = f"{year}年度，{name}发出收费通知0件，收取信息处理费0元。"
    contact = f"如对本报告有疑问，请与{name}办公室联系，电话：{county.BY_NAME[name].phone}。"
    villages = (f"本年新设查阅点的村有{RARE}。",) if year == 2019 else ()
    return (fee, *villages, contact)


def signature_of(report: Key) -> tuple[str, str]:
    """The last two lines: who reports, and the day."""
    day = county.published_on(report)
    return report[0], f"{day.year}年{day.month}月{day.day}日"
