"""The invented bodies of the bench: one entry a document, what it bends and which program made its file."""

from __future__ import annotations

from tests.documents import bare, other_bodies
from tests.documents import prints as p
from tests.documents.sources import Invented, Look

F21, F19, MIXED = ("2021", "2021"), ("2019", "2019"), ("2021", "2019")
FIRST, LAST = "requests.received.natural_person", "requests.carried_out.total"
NORMATIVE = "proactive.normative_documents"
SPLIT = {
    "商业企业": "商业\n企业",
    "科研机构": "科研\n机构",
    "社会公益组织": "社会公\n益组织",
    "结果维持": "结果\n维持",
    "结果纠正": "结 果\n纠 正",
}
UPRIGHT = {"三、本年度办理结果": "\n".join("三、本年度办理结果")}
SPACED = {
    "第二十条第（一）项": "第二十条  第（一）项",
    "自然人": "自 然 人",
    "总计": "总 计",
    "（三）不予公开": "(三) 不予公 开",
    "三、本年度办理结果": "三、本 年度 办理 结果",
}
EMPTY_REVIEW = {f"disputes.review.{o}": p.empty for o in ("upheld", "corrected", "other_result", "pending", "total")}

HTML = (
    Invented("html01", "pandoc_html", "示例县教育局", 2023, F21, "2024年1月12日", "2024-01-12", "0999-6100001"),
    Invented(
        "html02", "writer_html", "示例市统计局", 2020, F19, "2021年01月25日", "2021-01-25", "0999-6100002",
        "{org}政府信息公开工作{year}年度报告",
        {"proactive.licensing.change": p.plus, "proactive.other_services.change": p.minus,
         "proactive.penalties.change": p.increased, "proactive.fees.change": p.decreased,
         "proactive.procurement.amount": p.in_10k_yuan, "proactive.regulations.made": p.zero},
        Look(half_brackets=True, relabel=SPACED),
    ),
    Invented(
        "html03", "calc_html", "示例县财政局", 2022, F21, "2023年1月30日", "2023-01-30", "0999-6100003",
        look=Look(one_table="sheet"),
    ),
    Invented("html04", "abiword_html", "示例镇人民政府", 2021, F21, "2022-01-17", "2022-01-17", "0999-6100004"),
    Invented(
        "html05", "mammoth_page", "示例县民政局", 2022, MIXED, "2023年1月9日", "2023-01-09", "0999-6100005",
        look=Look(relabel={"行政规范性文件": "规范性文件", **SPLIT}, dot="、"),
    ),
    Invented(
        "html06", "own_page_gbk", "示例区水务局", 2019, F19, "", "2020-01-21", "0999-6100006",
        "{org}{year}年度政府信息公开工作年报",
        {"proactive.procurement.amount": p.in_yuan, FIRST: p.hard_space, LAST: p.hard_space,
         "proactive.coercion.change": p.minus, "requests.granted.total": p.padded},
        Look(relabel={"采购总金额（单位：万元）": "采购总金额"}),
    ),
    Invented(
        "html07", "chromium_dom", "示例市人民政府办公室", 2024, F21, "2025年1月24日", "2025-01-24", "0999-6100007",
        "{year}年{org}政府信息公开工作年度报告",
        {f"{NORMATIVE}.issued": p.with_revisions, f"{NORMATIVE}.in_force": p.with_expiries,
         "proactive.fees.amount": p.thousands},
        Look(bands_apart=True, footnote="注：行政复议、行政诉讼数量含上年度结转数量。", other_table=True),
    ),
    Invented(
        "html08", "own_page_false_label", "示例县卫生健康委员会", 2023, F21, "2024年1月19日", "2024-01-19", None,
        "{org}\n{year}年政府信息公开工作年度报告",
        {"requests.granted.research": p.slash, "requests.partly_granted.legal_service": p.dash,
         "proactive.coercion.decisions": p.none_word, "requests.declined_repeat.other_org": p.hyphen},
        Look(review=False, no_last_cell="declined_excessive", head_five="五、存在的问题和改进情况"),
    ),
    Invented(
        "html09", "own_page_ragged", "示例县医疗保障局", 2022, F21, "2023年1月18日", "2023-01-18", "0999-6100009",
        look=Look(one_table="ragged", relabel={"社会公益组织": "社会组织"}),
    ),
    Invented(
        "html10", "writer_html_from_docx", "示例旗农牧局", 2023, F21, "2024年1月8日", "2024-01-08", "0999-6100010",
        look=Look(head_again_at=(5, 15), first_filled="declined_publication"),
    ),
    Invented(
        "html11", "own_page_merged", "示例县商务局", 2024, F21, "2025年1月15日", "2025-01-15", "0999-6100011",
        prints={FIRST: p.full_width, "requests.received.total": p.thousands},
        look=Look(merged="unavailable_not_held"),
    ),
)  # fmt: skip

DOCX = (
    Invented("docx01", "python_docx", "示例县司法局", 2022, F21, "2023年1月11日", "2023-01-11", "0999-6200001"),
    Invented(
        "docx02", "python_docx", "示例区人民政府", 2021, MIXED, "2022年3月28日", "2022-03-28", "0999-6200002",
        "{org} {year} 年度政府信息公开工作年度报告",
        {"proactive.fees.amount": p.four_decimals, "requests.granted.enterprise": p.spaced_out},
        Look(half_brackets=True, dot="、", relabel={**SPLIT, **UPRIGHT}),
    ),
    Invented(
        "docx03", "docx_npm", "示例市交通运输局", 2023, F21, "2024年1月16日", "2024-01-16", "0999-6200003",
        look=Look(head_again_at=(12,), other_table=True, relabel={"社会公益组织": "社会组织"}),
    ),
    Invented(
        "docx04", "docx_npm", "示例县市场监督管理局", 2020, F19, "2021年1月28日", "2021-01-28", "0999-6200004",
        "{org}{year}年政府信息公开年度报告",
        {"proactive.licensing.change": p.minus, "proactive.penalties.change": p.plus,
         "proactive.coercion.change": p.decreased, "proactive.procurement.amount": p.in_yuan,
         "proactive.procurement.items": p.with_unit},
    ),
    Invented(
        "docx05", "writer_docx", "示例县人力资源和社会保障局", 2024, F21, "2025年1月20日", "2025-01-20", "0999-6200005",
        prints=dict(EMPTY_REVIEW),
        look=Look(relabel=SPACED),
    ),
    Invented(
        "docx06", "writer_docx", "示例县应急管理局", 2019, F19, "2020年1月22日", "2020-01-22", "0999-6200006",
        "{org}{year}年度政府信息公开工作报告",
        {FIRST: p.wide_space, "requests.granted.social_welfare": p.slash, "proactive.fees.change": p.increased,
         "proactive.procurement.amount": p.in_10k_yuan},
        Look(bands_apart=True),
    ),
    Invented(
        "docx07", "pandoc_docx", "示例乡人民政府", 2022, MIXED, "2023年1月6日", "2023-01-06", "0999-6200007",
        look=Look(relabel={"行政规范性文件": "规范性文件"}, half_brackets=True),
    ),
    Invented(
        "docx08", "html_to_docx", "示例县住房和城乡建设局", 2021, F21, "2022年1月14日", "2022-01-14", "0999-6200008",
        prints={LAST: p.thousands, "requests.handled_total.total": p.full_width},
    ),
    Invented(
        "docx09", "python_docx", "示例县审计局", 2023, F21, "2024年1月5日", "2024-01-05", None,
        "{year}年度政府信息公开年度报告",
        look=Look(merged="refused_state_secret", first_filled="other_other"),
    ),
)  # fmt: skip

PDF = (
    Invented("pdf01", "writer_pdf", "示例市生态环境局", 2023, F21, "2024年1月22日", "2024-01-22", "0999-6300001"),
    Invented(
        "pdf02", "writer_pdf", "示例县林业和草原局", 2020, F19, "2021年1月19日", "2021-01-19", "0999-6300002",
        prints={"proactive.licensing.change": p.plus, "proactive.penalties.change": p.minus,
                "proactive.procurement.amount": p.in_10k_yuan},
        look=Look(half_brackets=True, dot="、", relabel=UPRIGHT),
    ),
    Invented(
        "pdf03", "chromium_pdf", "示例县农业农村局", 2024, F21, "2025年1月13日", "2025-01-13", "0999-6300003",
        prints={f"{NORMATIVE}.issued": p.with_revisions, "proactive.fees.amount": p.thousands},
        look=Look(relabel=SPLIT),
    ),
    Invented(
        "pdf04", "chromium_pdf_headed", "示例市示例区人民政府", 2022, MIXED, "2023年3月24日", "2023-03-24",
        "0999-6300004", prints=dict(EMPTY_REVIEW), look=Look(head_again_at=(9,)),
    ),
    Invented(
        "pdf05", "weasyprint", "示例县自然资源局", 2021, F21, "2022年1月20日", "2022-01-20", "0999-6300005",
        "{org}\n{year}年政府信息公开工作年度报告",
        look=Look(footnote="注：本表由示例县自然资源局填报。", bands_apart=True),
    ),
    Invented(
        "pdf06", "reportlab", "示例县文化和旅游局", 2023, F21, "2024年1月17日", "2024-01-17", "0999-6300006",
        look=Look(relabel={"社会公益组织": "社会组织"}, review=False),
    ),
    Invented(
        "pdf07", "wkhtmltopdf", "示例县退役军人事务局", 2022, F21, "2023年1月12日", "2023-01-12", "0999-6300007",
        prints={"requests.granted.research": p.slash, "requests.declined_repeat.legal_service": p.empty,
                "proactive.coercion.decisions": p.dash},
    ),
    Invented(
        "pdf08", "fpdf2", "示例县发展和改革局", 2019, F19, "2020年1月15日", "2020-01-15", "0999-6300008",
        prints={"proactive.other_services.change": p.minus, "proactive.procurement.amount": p.in_yuan},
    ),
    Invented(
        "pdf09", "typst", "示例市公安局", 2024, F21, "2025年1月26日", "2025-01-26", "0999-6300009",
        prints={LAST: p.thousands}, look=Look(half_brackets=True, other_table=True),
    ),
)  # fmt: skip

DOC = (
    Invented("doc01", "writer_doc", "示例县水利局", 2022, F21, "2023年1月10日", "2023-01-10", "0999-6400001"),
    Invented(
        "doc02", "writer_doc_from_python_docx", "示例市体育局", 2023, F21, "2024年1月23日", "2024-01-23",
        "0999-6400002",
        look=Look(relabel={**SPLIT, **UPRIGHT}, head_again_at=(7,)),
    ),
    Invented(
        "doc03", "writer_doc_from_docx_npm", "示例县档案局", 2020, F19, "2021年1月26日", "2021-01-26", "0999-6400003",
        prints={"proactive.licensing.change": p.minus, "proactive.fees.change": p.plus,
                "proactive.procurement.amount": p.in_10k_yuan},
        look=Look(half_brackets=True),
    ),
    Invented(
        "doc04", "writer_doc_from_pandoc", "示例县信访局", 2021, MIXED, "2022年1月13日", "2022-01-13", "0999-6400004",
        look=Look(relabel={"行政规范性文件": "规范性文件"}, dot="、"),
    ),
    Invented(
        "doc05", "writer_doc_from_abiword", "示例街道办事处", 2024, F21, "2025年1月10日", "2025-01-10", "0999-6400005",
    ),
    Invented(
        "doc06", "spire_doc", "示例县城市管理局", 2023, F21, "2024年1月11日", "2024-01-11", "0999-6400006",
        prints={"requests.granted.research": p.slash, FIRST: p.wide_space},
    ),
    Invented(
        "doc07", "spire_doc", "示例县乡村振兴局", 2019, F19, "2020年1月20日", "2020-01-20", "0999-6400007",
        prints={"proactive.procurement.amount": p.in_yuan, "proactive.coercion.change": p.decreased},
        look=Look(bands_apart=True),
    ),
)  # fmt: skip

ALL = (*HTML, *DOCX, *PDF, *DOC, *other_bodies.ALL, *bare.ALL)
