"""Numbers → texts of annual reports that differ as those of real bodies do: much is the form's, the rest is theirs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from archive.form_columns import SHEETS
from parsers.forms import label_of

YEARS = range(2019, 2025)

_PLACES = "东西南北中上下新平安乐和兴宁清石金银龙凤云白青红阳阴山水河湖海江林桥门关口岭坪坝湾洲源泉川谷原田园塘潭溪峰岩"
_SUFFIXES = (("县", "24"), ("旗", "25"), ("区", "02"), ("市", "81"))
_DUTIES = (
    "教育局", "民政局", "水利局", "财政局", "公安局", "司法局", "审计局", "统计局", "商务局", "卫生健康委员会", "应急管理局",
    "交通运输局", "自然资源局", "农业农村局", "医疗保障局", "市场监督管理局", "文化和旅游局", "住房和城乡建设局", "发展和改革委员会",
    "人力资源和社会保障局", "退役军人事务局", "生态环境局", "人民政府", "人民政府办公室", "城市管理局", "林业和草原局", "信访局",
)  # fmt: skip
_VERBS = (
    "公开", "发布", "梳理", "完善", "健全", "落实", "推进", "规范", "优化", "细化", "明确", "加强", "深化", "拓展", "更新",
    "审核", "汇总", "归集", "编制", "修订", "整改", "督促", "核查", "办理", "答复", "回应", "解读", "培训", "考核", "通报",
)  # fmt: skip
_OBJECTS = (
    "重点领域信息", "权责清单", "财政预决算", "行政许可结果", "行政处罚决定", "规范性文件", "政策解读材料", "公开指南", "公开目录",
    "依申请公开流程", "答复文书格式", "保密审查制度", "政务新媒体", "政务公开专区", "基层标准化目录", "民生实事进展", "招标采购公告",
    "征地补偿方案", "义务教育招生方案", "食品抽检结果", "安全生产检查情况", "环境质量监测数据", "社会救助标准", "就业创业政策", "惠农补贴名单",
    "公共卫生服务项目", "工程建设项目", "人事任免信息", "会议议定事项", "建议提案答复", "热点问题回应", "营商环境措施", "历史文件清理结果",
)  # fmt: skip
_MEANS = (
    "通过门户网站", "依托政务服务大厅", "利用微信公众号", "借助广播电视", "结合主题活动", "按照上级要求", "对照考核指标", "围绕中心工作",
    "聚焦群众关切", "坚持问题导向", "会同有关股室", "组织全体干部", "邀请法律顾问", "召开专题会议", "印发工作方案", "建立台账制度",
)  # fmt: skip
_ENDS = (
    "取得了较好成效", "群众满意度不断提高", "有力保障了公众的知情权", "进一步提升了工作透明度", "得到服务对象的肯定", "为依法行政打下基础",
    "形成了长效机制", "未发生失泄密问题", "各项任务按期完成", "仍有改进的空间", "受到上级通报表扬", "没有引发舆情",
)  # fmt: skip
_PROBLEMS = (
    "公开内容不够全面", "更新不够及时", "工作人员业务能力有待提高", "解读形式比较单一", "个别栏目信息偏少", "依申请公开办理不够规范",
    "部门之间协调不够顺畅", "公众参与度不高", "专职人员不足", "新媒体运用不够", "公开意识有待增强", "监督考核力度不够",
)  # fmt: skip
_WORDS = (
    "工作 服务 管理 建设 发展 改革 制度 机制 平台 渠道 信息 数据 资源 项目 资金 人员 单位 部门 群众 企业 学校 医院 社区 乡镇 街道 村庄 "
    "农户 学生 教师 居民 职工 干部 专家 代表 媒体 网络 窗口 热线 信箱 栏目 文件 政策 法规 标准 流程 时限 程序 责任 任务 目标 计划 方案 "
    "措施 办法 意见 通知 公告 目录 指南 清单 台账 档案 报表 结果 情况 问题 困难 风险 隐患 投诉 举报 建议 咨询 申请 答复 复议 诉讼 听证 "
    "评估 检查 监督 审计 调查 统计 分析 研判 会商 协调 配合 联动 共享 宣传 培训 学习 交流 调研 指导 帮扶 救助 补贴 保障 就业 创业 教育 "
    "医疗 卫生 养老 住房 交通 道路 桥梁 供水 供电 供暖 燃气 垃圾 污水 绿化 林地 草场 耕地 水库 河道 矿山 工厂 市场 商铺 食品 药品 价格 "
    "质量 安全 消防 应急 防汛 抗旱 地震 气象 环境 空气 土壤 噪声 文化 旅游 体育 广场 场馆 图书 古迹 民族 宗教 侨务 国防 征兵 双拥 优抚"
).split()
_FIXED = (
    "本报告根据《中华人民共和国政府信息公开条例》第五十条规定编制，由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、"
    "政府信息公开行政复议和行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项六部分组成。",
    "所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。",
    "如对本报告有疑问，请与{name}联系（地址：{place}{street}路{number}号，邮编：{post}，电话：{phone}，网址：www.{host}.example）。",
)
_TABLE = tuple(label_of(key) for sheet in SHEETS if sheet.form == "2021" for key in sheet.keys[::7])


@dataclass(frozen=True, slots=True)
class Generated:
    """One invented report."""

    name: str
    region: str
    year: int
    title: str
    published: str | None
    text: str


def write_report(number: int, bodies: int) -> Generated:
    """A number → always the same report; numbers that differ by ``bodies`` are of one body, in other years."""
    body, turn = number % bodies, number // bodies
    own = random.Random(f"body {body}")
    place = "示例" + "".join(own.choices(_PLACES, k=2))
    suffix, county = own.choice(_SUFFIXES)
    name = place + suffix + own.choice(_DUTIES)
    year = YEARS[turn % len(YEARS)]
    chance = random.Random(f"report {number}")
    published = date(year + 1, 1, 1) + timedelta(days=min(int(chance.gammavariate(2.0, 14.0)), 300))
    title = f"{name}{year}年政府信息公开工作年度报告"
    text = "\n".join(_lines(chance, own, name, place + suffix, year, title))
    return Generated(
        name, f"{own.randrange(11, 66)}{own.randrange(1, 20):02}{county}", year, title,
        published.isoformat() if chance.random() > 0.1 else None, text,
    )  # fmt: skip


def _lines(chance: random.Random, own: random.Random, name: str, place: str, year: int, title: str) -> list[str]:
    facts = {
        "year": year, "name": name, "place": place, "street": "".join(own.choices(_PLACES, k=2)),
        "number": own.randrange(1, 400), "post": f"{own.randrange(100000, 999999)}",
        "phone": f"0{own.randrange(310, 999)}-{own.randrange(2000000, 8999999)}", "host": f"sl{own.randrange(10000)}",
    }  # fmt: skip
    fixed = [line.format(**facts) for line in _FIXED]
    return [
        title,
        *fixed[:2],
        "一、总体情况",
        *_paragraphs(chance, own, year, 5),
        "二、主动公开政府信息情况",
        *_table(chance, 9),
        "三、收到和处理政府信息公开申请情况",
        *_table(chance, 27),
        "四、政府信息公开行政复议、行政诉讼情况",
        *_table(chance, 4),
        "五、存在的主要问题及改进情况",
        *_problems(chance, own),
        "六、其他需要报告的事项",
        f"本年度按照《政府信息公开信息处理费管理办法》收取信息处理费{chance.choice((0, 0, 0, 120, 1860))}元。",
        fixed[2],
    ]


def _paragraphs(chance: random.Random, own: random.Random, year: int, count: int) -> list[str]:
    paragraphs = []
    for at in range(count):
        sentences = []
        for _ in range(chance.randrange(4, 7)):
            # Three in four sentences are what the body has said every year.
            words = own if chance.random() < 0.75 else chance
            sentences.append(_of_words(words) if words.random() < 0.5 else _of_phrases(words, chance))
        paragraphs.append(f"（{'一二三四五'[at]}）{year}年，{''.join(sentences)}")
    return paragraphs


def _of_phrases(words: random.Random, chance: random.Random) -> str:
    return (
        f"{words.choice(_MEANS)}，{words.choice(_VERBS)}{words.choice(_OBJECTS)}{chance.randrange(1, 400)}条，"
        f"{words.choice(_VERBS)}{words.choice(_OBJECTS)}，其中“{''.join(words.choices(_PLACES, k=2))}”专栏"
        f"{chance.randrange(1, 99)}期，{words.choice(_ENDS)}。"
    )


def _of_words(words: random.Random) -> str:
    one = words.choices(_WORDS, k=9)
    return (
        f"{words.choice(_VERBS)}{one[0]}{one[1]}、{one[2]}{one[3]}{one[4]}，在{one[5]}的{one[6]}中"
        f"{words.choice(_VERBS)}{one[7]}与{one[8]}。"
    )


def _problems(chance: random.Random, own: random.Random) -> list[str]:
    first, second = own.sample(_PROBLEMS, 2)
    means, verb, what = chance.choice(_MEANS), chance.choice(_VERBS), chance.choice(_OBJECTS)
    return [
        f"一是{first}；二是{second}；三是{chance.choice(_PROBLEMS)}。",
        f"下一步，将{means}，{verb}{what}，力争工作再上新台阶。",
    ]


def _table(chance: random.Random, rows: int) -> list[str]:
    start = chance.randrange(2)
    lines = []
    for at in range(rows):
        figures = (str(chance.randrange(60) if chance.random() < 0.2 else 0) for _ in range(7))
        lines.append("\t".join([_TABLE[(start + at) % len(_TABLE)], *figures]))
    return lines
