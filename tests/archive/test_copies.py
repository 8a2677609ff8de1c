"""Prose that is another body's, or last year's; and prose that only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest
from county import Answer, article, crawl, figures_of
from test_cli import facts

from archive.findings.copies import names_to_mask, pairs_that_share, sentences_of
from archive.ledgers import Event, Wanted, list_events
from archive.store import Archive

BODIES = ["示例县教育局", "示例县民政局", "示例县水利局", "示例县林业局", "示例县司法局", "示例县统计局"]
# Three texts of somebody's own: nothing in them is in the form, and none of them is in the others.
OWN = (
    "今年春天我们在三所乡村学校试行了午间公开日。家长可以在食堂门口翻看当月的采购单据和菜谱。有家长提出猪肉单价偏高。"
    "我们当场请来供货商说明运费的构成。第二个月的单价随即降下来了。这件小事让股室的同志明白公开不是负担。"
    "后来我们把单据的照片直接贴在校门口的橱窗里。橱窗上了锁而钥匙由家长委员会保管。下半年打算把校车的路线和时刻也贴出来。"
    "有两位退休教师自愿每周来核对一次橱窗里的内容。他们发现的错字当天就改过来了。",
    "去年冬天的取暖补贴名单在村口贴了两个星期。有一户因为户口迁移被漏掉而名单公开之后邻居替他说了话。补发只用了三天时间。"
    "我们因此改变了做法并且先贴名单再发钱。十一个村的网格员学会了用手机核对身份。"
    "名单里只写姓名的最后一个字和门牌号码。老人们说这样既看得懂又不丢面子。明年要把临时救助的名单也照此办理。"
    "敬老院的伙食账目每个季度念给老人们听。听不清楚的由护理员再念一遍给他们听。",
    "河道清淤的工程量过去只写在合同里面没有人看。今年汛前我们把断面图挂在施工围挡上供人核对。"
    "有钓鱼的人指出东岸少挖了半米左右的深度。监理复测以后承认确实没有达到设计标高。施工队返工用了四天没有另外付钱。"
    "围挡上的图纸此后都加盖了监理的印章。水库的放水时间改为提前一天在沿岸喇叭里播报。下游种西瓜的农户说这是今年最管用的一条信息。"
    "我们打算把灌溉用水的计量数据也按月贴到闸房门口。",
)


def told(archive: Archive, *grades: str) -> list[Event]:
    return [one for one in list_events(archive, Wanted(), ["copy"]) if not grades or one.grade in grades]


def report(place: int, year: int, note: str, figures: dict[str, str] | None = None) -> tuple[str, Answer]:
    url = f"http://www.shili.example/zfxxgknb/{year}{place}.html"
    return url, article(BODIES[place], year, figures_of(place + year) if figures is None else figures, note=note)


def test_a_body_that_copied_another_s_prose(archive: Archive) -> None:
    crawl(archive, 0, dict([report(0, 2024, OWN[0]), report(1, 2024, OWN[1]), report(2, 2024, OWN[2])]))
    assert told(archive) == []
    stolen = OWN[1].replace("十一个村", "九个村").replace("三天时间", "四天时间")
    crawl(archive, 1, dict([report(0, 2024, OWN[0]), report(1, 2024, OWN[1]), report(3, 2024, stolen)]))
    (event,) = told(archive)
    assert (event.grade, event.organisation, event.first) == ("same_prose", BODIES[3], "2025-01-02T08:00:04Z")
    assert BODIES[1] in event.says
    assert "老人们说这样既看得懂又不丢面子" in event.says or "名单" in event.says
    assert len(event.captures) == 2


def test_a_template_that_all_were_given_is_nobody_s_copy(archive: Archive) -> None:
    crawl(archive, 0, dict(report(place, 2024, OWN[0]) for place in range(6)))
    assert told(archive) == []
    # Two that share the template and nothing else of their own.
    crawl(archive, 1, dict(report(place, 2024, OWN[0] + (OWN[1] if place == 4 else "")) for place in range(6)))
    assert told(archive) == []


def test_last_year_s_prose_with_this_year_s_figures(archive: Archive) -> None:
    text = OWN[0] + OWN[1]
    crawl(archive, 0, dict([report(0, 2023, text), report(1, 2023, OWN[2])]))
    crawl(archive, 1, dict([report(0, 2024, text), report(1, 2024, OWN[0])]))
    (event,) = told(archive, "last_year")
    assert (event.organisation, event.report_year) == (BODIES[0], 2024)
    assert "2023" in event.says


def test_the_name_of_another_body_left_in(archive: Archive) -> None:
    left_in = "根据条例要求，示例县档案局编制本报告。"
    crawl(
        archive,
        0,
        dict([report(0, 2024, left_in), report(1, 2024, "由示例县民政局编制本报告，请各界监督并提出意见。")]),
    )
    (event,) = told(archive)
    assert (event.grade, event.organisation) == ("foreign_name", BODIES[0])
    assert "speaks as 示例县档案局" in event.says


@pytest.mark.parametrize(
    "said",
    [
        "各乡镇和县直各部门政府信息公开工作年度报告均已在网站公布，可以查阅。",
        "配合县人民政府办公室完成全县政府信息公开工作年度报告的汇总。",
        "参加了上级机关组织的政府信息公开工作年度报告编制培训两次。",
    ],
)
def test_bodies_that_are_only_spoken_of(archive: Archive, said: str) -> None:
    crawl(archive, 0, dict([report(0, 2024, said)]))
    assert told(archive) == []


def test_last_year_s_figures_left_in_the_prose(archive: Archive) -> None:
    key = "requests.received.total"
    then, now = figures_of(3), figures_of(4)
    said = f"本年新收政府信息公开申请{then[key]}件。"
    crawl(archive, 0, dict([report(0, 2023, said, then)]))
    crawl(archive, 1, dict([report(0, 2024, said, now)]))
    (event,) = told(archive, "last_years_figures")
    assert [(one.key, one.before, one.after) for one in event.cells] == [(key, int(now[key]), int(then[key]))]
    assert f"{then[key]}件" in event.says


def test_a_wrong_figure_that_is_not_last_year_s_is_no_copy(archive: Archive) -> None:
    key = "requests.received.total"
    crawl(archive, 0, dict([report(0, 2023, "", figures_of(3))]))
    said = f"本年新收政府信息公开申请{int(figures_of(3)[key]) + 1000}件。"
    crawl(archive, 1, dict([report(0, 2024, said, figures_of(4))]))
    assert told(archive) == []


def test_the_verb_lists_them(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, dict([report(0, 2024, OWN[0]), report(1, 2024, OWN[0])]))
    (event,) = facts(folder, "events", "events", "--kind", "copy", "--year", "2024", "--region", "1508")
    assert (event["grade"], event["report"]) == ("same_prose", "r2")
    assert facts(folder, "events", "events", "--kind", "copy", "--year", "2023") == []


def test_the_work_grows_with_the_sentences_and_not_with_the_pairs() -> None:
    """2,000 texts that share a template make no pair; two of them that share more make one."""
    texts = {}
    for number in range(2000):
        own = "。".join(
            f"第{number}号单位在第{line}件事情上说了一句只有自己才说的话{number * 7 + line}" for line in range(8)
        )
        text = f"{OWN[2]}{own if number != 1999 else OWN[0]}"
        texts[number] = sentences_of(text.replace("第", f"第{chr(0x4E00 + number)}"), [])
    texts[2000] = sentences_of(OWN[0].replace("第", f"第{chr(0x4E00 + 1999)}"), [])
    (pair,) = pairs_that_share(texts, 0.6, 100)
    assert (pair.left, pair.right) == (1999, 2000)


def test_names_of_body_and_place_are_masked() -> None:
    names = names_to_mask("乌拉特中旗教育局", "乌拉特中旗教育局", "150824")
    assert {"乌拉特中旗", "教育局", "巴彦淖尔市", "巴彦淖尔", "内蒙古自治区"} <= set(names)
