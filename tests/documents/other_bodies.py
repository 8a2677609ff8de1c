"""More invented bodies: spreadsheets, RTF, Word's XML, OFD, archives and saved pages."""

from __future__ import annotations

from tests.documents import prints as p
from tests.documents.sources import Invented, Look

_F21, _F19, _MIXED = ("2021", "2021"), ("2019", "2019"), ("2021", "2019")
_NORMATIVE = "proactive.normative_documents"
_UPRIGHT = {"三、本年度办理结果": "\n".join("三、本年度办理结果")}
_SPLIT = {"商业企业": "商业\n企业", "科研机构": "科研\n机构", "结果维持": "结果\n维持", "结果纠正": "结 果\n纠 正"}

XLSX = (
    Invented(
        "xlsx01", "openpyxl_xlsx", "示例县粮食和物资储备局", 2022, _F21, "2023年1月16日", "2023-01-16", "0999-6500001",
        look=Look(one_table="sheet"),
    ),
    Invented(
        "xlsx02", "calc_xlsx", "示例市机关事务管理局", 2023, _MIXED, "2024年1月15日", "2024-01-15", "0999-6500002",
        prints={"requests.granted.research": p.slash, f"{_NORMATIVE}.issued": p.with_revisions},
        look=Look(relabel=_SPLIT, half_brackets=True),
    ),
    Invented(
        "xlsx03", "xlsxwriter_xlsx", "示例县投资促进局", 2019, _F19, "2020年1月17日", "2020-01-17", "0999-6500003",
        prints={"requests.received.total": p.thousands, "proactive.procurement.amount": p.in_10k_yuan},
        look=Look(bands_apart=True),
    ),
)  # fmt: skip

XML = (
    Invented(
        "xml01", "writer_xml_2003", "示例县气象局", 2023, _F21, "2024年1月10日", "2024-01-10", "0999-6600001",
        look=Look(head_again_at=(8,)),
    ),
    Invented(
        "xml02", "spire_flat_opc", "示例县融媒体中心", 2020, _F19, "2021年1月20日", "2021-01-20", "0999-6600002",
        prints={"proactive.licensing.change": p.minus, "proactive.procurement.amount": p.in_yuan},
        look=Look(relabel={**_SPLIT, **_UPRIGHT}),
    ),
)  # fmt: skip

RTF = (
    Invented(
        "rtf01", "writer_rtf", "示例县金融工作局", 2022, _F21, "2023年1月19日", "2023-01-19", "0999-6700001",
        prints={"requests.granted.research": p.slash, f"{_NORMATIVE}.issued": p.with_revisions},
        look=Look(relabel=_SPLIT, other_table=True),
    ),
    Invented(
        "rtf02", "pandoc_rtf", "示例县搬迁安置中心", 2021, _MIXED, "2022年1月12日", "2022-01-12", "0999-6700002",
        look=Look(half_brackets=True, dot="、"),
    ),
    Invented(
        "rtf03", "abiword_rtf", "示例县供销合作社", 2019, _F19, "2020年1月13日", "2020-01-13", "0999-6700003",
        prints={"proactive.coercion.change": p.decreased, "requests.received.total": p.thousands},
    ),
)  # fmt: skip

ZIP = (
    Invented(
        "zip01", "gbk_zip_of_docx", "示例县交通运输局", 2023, _F21, "2024年1月25日", "2024-01-25", "0999-6800001",
        look=Look(half_brackets=True),
    ),
    Invented(
        "zip02", "info_zip_of_xlsx", "示例县统计局", 2022, _F21, "2023年1月31日", "2023-01-31", "0999-6800002",
        look=Look(one_table="sheet"),
    ),
)  # fmt: skip

XLS = (
    Invented(
        "xls01", "calc_xls", "示例县教育考试院", 2023, _F21, "2024年1月9日", "2024-01-09", "0999-6900001",
        look=Look(one_table="sheet"),
    ),
    Invented(
        "xls02", "calc_xls_from_page", "示例县卫生监督所", 2021, _MIXED, "2022年1月11日", "2022-01-11", "0999-6900002",
        prints={"requests.granted.research": p.slash}, look=Look(relabel=_SPLIT),
    ),
    Invented(
        "xls03", "xlwt_xls", "示例县农机推广中心", 2020, _F19, "2021年1月12日", "2021-01-12", "0999-6900003",
        prints={"proactive.procurement.amount": p.in_10k_yuan}, look=Look(half_brackets=True),
    ),
)  # fmt: skip

OFD = (
    Invented(
        "ofd01", "spire_ofd", "示例县交通运输综合执法大队", 2023, _F21, "2024年1月24日", "2024-01-24", "0999-7000001",
        prints={"requests.granted.research": p.slash}, look=Look(relabel=_SPLIT),
    ),
    Invented(
        "ofd02", "spire_ofd_from_fpdf2", "示例县住房公积金管理中心", 2019, _F19, "2020年1月16日", "2020-01-16",
        "0999-7000002", prints={"proactive.other_services.change": p.minus},
    ),
)  # fmt: skip

MHTML = (
    Invented(
        "mhtml01", "chromium_mhtml", "示例县红十字会", 2022, _F21, "2023年1月20日", "2023-01-20", "0999-7100001",
        prints={"requests.received.total": p.thousands}, look=Look(half_brackets=True, other_table=True),
    ),
)  # fmt: skip

ALL = (*XLSX, *XML, *RTF, *ZIP, *XLS, *OFD, *MHTML)
