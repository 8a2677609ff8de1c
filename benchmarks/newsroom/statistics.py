"""A report of 2014 to 2018: the outline of those years, and the statistics table as its annex."""

from __future__ import annotations

import random
from html import escape

from tests.parsers.statistics.source import MONEY, ROWS, SUMS

_ORDER = ("received", "finished", "answered_refused", "answered", "reviews", "lawsuits", "staff")
"""Sums whose parts are drawn, or summed before."""
_FEW = ("reviews", "lawsuits", "refused", "press", "interview", "offices", "staff", "complaints", "by_head")
_MANY = ("disclosed", "trained")


def statistics_page(name: str, year: int, size: int) -> bytes:
    """The page of a body's report; ``size``: about how many requests it receives in a year."""
    title = f"{name}{year}年政府信息公开工作年度报告"
    figures = _figures(name, year, size)
    cells = "".join(_row(label, unit or "——", figures.get(key, "——")) for key, _, label, unit in ROWS)
    lines = (
        "一、概述", f"{year}年，{name}坚持以公开为常态、不公开为例外，围绕群众关心的事项推进主动公开。",
        "二、主动公开政府信息情况", f"全年主动公开政府信息{figures['disclosed']}条，通过网站、公报等渠道发布。",
        "三、依申请公开政府信息情况", f"全年收到申请{figures['received']}件，均按时答复，分类情况见附表。",
        "四、政府信息公开的收费及减免情况", "本年度没有减免的情形。", "五、行政复议、行政诉讼情况", "分类情况见附表。",
        "六、存在的主要问题及改进措施", "公开内容还不够全面，下一步加强对基层的指导。", name, f"{year + 1}年3月18日",
    )  # fmt: skip
    body = "".join(f"<p>{line}</p>\n" for line in lines)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><meta name="ArticleTitle" content="{title}">
<style>table{{border-collapse:collapse}}td{{border:1px solid #333;padding:3px}}</style></head><body><h1>{title}</h1>
{body}<p>附表</p><p>政府信息公开情况统计表</p><p>（{year}年度）</p><p>填报单位（盖章）：{name}</p>
<table>{_row("统计指标", "单位", "统计数")}{cells}</table></body></html>
""".encode()


def _row(*texts: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>\n"


def _figures(name: str, year: int, size: int) -> dict[str, str]:
    """Key → what is printed; the sums of the form hold."""
    chance = random.Random(f"statistics {name} {year}")
    figures = {key: chance.randrange(1 + _most(key, size)) for key, _, _, _ in ROWS if key and key not in MONEY}
    for whole in _ORDER:
        figures[whole] = sum(figures[part] for part in SUMS[whole])
    money = {key: f"{chance.randrange(2, 90)}.{chance.randrange(11, 99)}" for key in MONEY}
    return {key: str(figure) for key, figure in figures.items()} | money


def _most(key: str, size: int) -> int:
    if any(word in key for word in _FEW):
        return max(2, size // 20)
    return size * 40 if any(word in key for word in _MANY) else size // 3
