"""What reports say beside their figures: sentences of a stock, with the body's own numbers and topics."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.newsroom.figures import Figures

_TOPICS = (
    "义务教育招生划片", "城乡低保和特困供养标准", "户籍与出入境办理", "预算决算和“三公”经费", "征地补偿安置",
    "医疗机构校验", "保障性住房分配", "食品安全抽检", "就业补贴申领", "环境影响评价审批", "农村公路养护",
    "惠农补贴资金", "文物保护单位名录", "安全生产事故调查报告", "法律援助指南", "河湖长制与取水许可",
    "医保目录与报销比例", "重大行政决策目录", "行政复议决定书", "营商环境与惠企政策", "老旧小区改造", "养老服务设施",
    "防汛抗旱预案", "校外培训机构名单",
)  # fmt: skip
_DISCLOSED = (
    "（一）主动公开。全年通过门户网站主动公开政府信息{many}条，其中{topic}类{few}条；通过政务新媒体发布{media}条。",
    "（一）主动公开情况。围绕{topic}，全年公开各类信息{many}条，召开新闻发布会{press}场，政策解读{few}篇。",
    "（一）主动公开。把{topic}列为重点，全年主动公开政府信息{many}条，回应公众留言{few}件。",
)
_REQUESTS = (
    "（二）依申请公开。本年新收政府信息公开申请{received}件，上年结转{carried_in}件，结转下年度{carried_out}件。",
    "（二）依申请公开情况。全年共收到政府信息公开申请{received}件，其中自然人{people}件，均在法定期限内答复。",
)
_MANAGED = (
    "（三）政府信息管理。对{from_year}年以来公开的{topic}逐条复核，更正错别字和失效链接{few}处，清理废止文件{press}件。",
    "（三）政府信息管理。规范性文件集中发布、动态更新，{topic}目录调整{press}次，隐私信息去标识化处理{few}件。",
    "（三）政府信息管理。严格执行“先审查、后公开”，全年保密审查{many}件，退回修改{few}件。",
)
_PLATFORM = (
    "（四）平台建设。网站完成适老化与无障碍改造，专栏全年访问量{visits}人次，政务公开专区接待查阅群众{few}人次。",
    "（四）政府信息公开平台建设。政务新媒体关停整合后保留{press}个账号，{topic}专栏重新编排，检索支持全文。",
)
_OVERSEEN = (
    "（五）监督保障。举办业务培训{press}期，参训{few}人次；社会评议结果为“满意”，未发生责任追究。",
    "（五）监督保障。将政务公开纳入年度考核，权重为百分之四，第三方评估得分{score}分，问题清单已逐条整改。",
)
_PROBLEMS = (
    "一是公开内容与群众期待仍有差距，{topic}公开不够细；二是答复文书说理不充分。下一步将编制公开事项标准目录，"
    "会同司法行政部门对答复文书逐件审核，减少因程序瑕疵引发的行政复议和行政诉讼。",
    "主要问题：政策解读形式单一，图解和视频解读较少；基层人员更替频繁。改进措施：{topic}政策与解读同步起草、同步发布，"
    "每季度组织一次跟班学习。",
    "存在问题：个别栏目更新不及时，个别公文公开属性认定不准。改进情况：对照上年度提出的问题，{topic}栏目已实现月更新，"
    "公文属性认定由办公室统一把关。",
)
_OWN = (
    "{name}把{topic}的办理依据、经办股室和办结时限印成折页，连同{other}的常见问答一起，摆放在{few}处便民点供群众自取。",
    "针对{topic}咨询集中的情况，{name}在办事大厅增设窗口，由熟悉{other}的人员值守，全年接待{many}人次。",
    "{name}邀请{few}名群众代表旁听研究{topic}的专题会议，会后公布的纪要回应了关于{other}的{press}条意见。",
    "在{topic}的公开中，{name}改用表格列明各项标准，并附上与{other}衔接的办理流程图，方便群众对照。",
    "围绕{other}的重大决策，{name}先后{press}次公开征求意见，采纳与{topic}有关的建议{few}条，逐条说明理由。",
)


@dataclass(frozen=True, slots=True)
class Prose:
    """The paragraphs of sections 一, 五 and 六."""

    overview: tuple[str, ...]
    problems: tuple[str, ...]
    rest: tuple[str, ...]


def prose_of(name: str, year: int, figures: Figures, *, said: int | None = None, spoken: str = "") -> Prose:
    """A report's prose. ``said``: a number of requests that is not the table's. ``spoken``: whose sentences they are,
    where a body took another's, or (as ``name/year``) its own of a year before."""
    chance = random.Random(f"prose {spoken or f'{name}/{year}'}")
    topics = chance.sample(_TOPICS, 6)
    numbers = {
        "many": chance.randrange(200, 6000), "few": chance.randrange(5, 120), "media": chance.randrange(40, 2000),
        "press": chance.randrange(2, 18), "visits": chance.randrange(20_000, 900_000),
        "score": f"{chance.randrange(780, 985) / 10}", "from_year": 2008 + chance.randrange(9),
        "serial": chance.randrange(100, 9999), "name": spoken.partition("/")[0] or name,
        "received": figures["requests.received.total"] if said is None else said,
        "carried_in": figures["requests.carried_in.total"], "carried_out": figures["requests.carried_out.total"],
        "people": figures["requests.received.natural_person"],
    }  # fmt: skip

    def one(of: tuple[str, ...], topic: int) -> str:
        return chance.choice(of).format(topic=topics[topic], other=topics[topic - 2], **numbers)

    opening = (
        f"根据《中华人民共和国政府信息公开条例》，{numbers['name']}编制本报告，所列数据的统计期限为{year}年1月1日至12月31日。"
        f"如对本报告有疑问，请与{name}联系（电话：0999-{chance.randrange(10**6, 10**7)}）。"
    )
    own = [one((sentence,), 5 - at) for at, sentence in enumerate(chance.sample(_OWN, 4 if spoken else 1))]
    return Prose(
        (opening, one(_DISCLOSED, 0), _REQUESTS[said is None and chance.random() < 0.5].format(**numbers),
         one(_MANAGED, 1), one(_PLATFORM, 2), one(_OVERSEEN, 3), *own),
        (one(_PROBLEMS, 4),),
        (f"{year}年度，{name}发出收费通知0件，收取信息处理费0元。",),
    )  # fmt: skip
