"""Numbers without end, infinite or of another kind, and JSON nested without end, stop no crawl."""

from __future__ import annotations

import json

import pytest

from archive.capture import Target
from crawler.families import families, read_answer
from crawler.gathering.harvest import harvest
from crawler.pages.counted import count_in, read_json
from crawler.pages.links import read_page

HOST = "http://127.0.0.1"
ENDLESS = "9" * 5000
PAGERS = (
    f'<script>createPageHTML({ENDLESS}, 0, "index", "html", {ENDLESS});</script>',
    f"<script>createPageHTML('page_div', {ENDLESS}, {ENDLESS}, 'index', 'html', {ENDLESS});</script>",
    f"<script>var countPage = {ENDLESS}//共多少页</script>",
    f"<div>共{ENDLESS}条 共{ENDLESS}页 1/{ENDLESS}页</div><a href='index_{ENDLESS}.html'>下一页</a>",
    f"<a href='?page={ENDLESS}'>{ENDLESS}</a><a href='javascript:next({ENDLESS})'>尾页</a>",
    f'<div class="pagination" rows="{ENDLESS}" count="{ENDLESS}"></div>',
)
ROWS = "".join(
    f'<li><a href="/nb/t2024011{n}_{n}.html">示例县第{n}局2023年政府信息公开工作年度报告</a></li>' for n in (1, 2)
)
TOTALS = (ENDLESS, "1e999", "-1", "null", '"x"', "[]", "{}", "[" * 100_000)


def answers(total: str) -> list[tuple[str, str, str]]:
    """URL, body of the request, answer: one for each family that has a list program."""
    title = "示例县2023年政府信息公开工作年度报告"
    record = f'<record><![CDATA[<a href="/a/t1.html">{title}</a>]]></record>'
    store = f"<datastore><totalrecord>{total}</totalrecord><totalpage>{total}</totalpage>{record}</datastore>"
    post = json.dumps({"pageIndex": 0, "pageSize": 15})
    return [
        (f"{HOST}/common/search/1?page=1", "", f'{{"data": {{"total": {total}, "rows": {total}, "results": [1]}}}}'),
        (f"{HOST}/common/search/1?page=1", "", f'{{"data": {{"total": {total}, "rows": {total}, "results": []}}}}'),
        (f"{HOST}/gkmlpt/api/all/1?page=1", "",
         f'{{"total": {total}, "articles": [{{"title": "{title}", "url": "/b.html"}}]}}'),
        (f"{HOST}/rest/lightfrontaction/getgovinfolist", post, f'{{"custom": {{"total": {total}, "data": []}}}}'),
        (f"{HOST}/build/unit?paramJson=%7B%22pageNo%22%3A{total}%7D", "", f'{{"data": {{"html": {total}}}}}'),
        (f"{HOST}/messageController/getMessage.do?startrecord=1", "", f"callback({json.dumps({'result': store})})"),
        (f"{HOST}/messageController/getMessage.do?startrecord=1", "", f'callback({{"result": {total}}})'),
        (f"{HOST}/module/jpage/dataproxy.jsp?page=1", "", store),
        (f"{HOST}/module/jpage/dataproxy.jsp?page=1", "a=1", store),
        (f"{HOST}/module/jpage/dataproxy.jsp?page=1&perpage={total}&startrecord={total}", "a=1", store),
    ]  # fmt: skip


@pytest.mark.parametrize("family", ["", *families()])
@pytest.mark.parametrize("pager", PAGERS, ids=range(len(PAGERS)))
def test_of_a_page(pager: str, family: str) -> None:
    source = (
        f'<html><head><meta charset="utf-8"><title>政府信息公开年报</title></head><body>{ROWS}{pager}</body></html>'
    )
    page = read_page(f"{HOST}/nb/index.html", source.encode())
    taken = harvest(page, Target(page.url, "column", "seed"), family, None)
    assert sum(target.kind == "article" for target in taken.targets) == 2
    assert taken.said is None or taken.said < 10**9


@pytest.mark.parametrize("total", TOTALS, ids=range(len(TOTALS)))
def test_of_a_list_program(total: str) -> None:
    for url, post, text in answers(total):
        read = read_answer(url, post, text.encode())
        assert read is None or read[0].total is None or 0 <= read[0].total < 10**9


def test_a_count_is_read_and_nothing_else() -> None:
    assert [count_in(said) for said in ("52", " 7 ", 52, 52.0, 0)] == [52, 7, 52, 52, 0]
    odd = ("-1", -1, 52.5, float("inf"), float("nan"), 10**9, 10**5000, ENDLESS, None, [], {})
    assert [count_in(said) for said in odd] == [None] * len(odd)
    with pytest.raises(ValueError, match="nested too deeply"):
        read_json("[" * 100_000)
