"""Each way a fetch can end has one name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.connection.tape import Exchange
from crawler.outcomes import OUTCOMES, PARTLY, RETRIED, name_outcome

PAGE = (
    "<html><head><title>示例县教育局</title></head><body>" + "<p>政府信息公开工作年度报告</p>" * 60 + "</body></html>"
).encode()
CHALLENGE = b"<html><script>document.cookie='__jsl_clearance='+x;location.href=location.pathname</script></html>"
OTHER_CHALLENGE = (
    b"<!DOCTYPE html><html><head><script>window.x=function(){return 1}</script></head><body></body></html>"
)


def outcome(status: int | None, payload: bytes = PAGE, header: bytes = b"", conditional: bool = False) -> str:
    """The name for an answer with that status and body."""
    return name_outcome(Exchange("", status, header, payload, payload), conditional=conditional).name


def test_names_are_those_of_the_contract() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/schema/crawl.json").read_text(encoding="utf-8"))
    assert list(OUTCOMES) == schema["properties"]["outcomes"]["propertyNames"]["enum"]
    assert set(OUTCOMES) >= RETRIED | PARTLY


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (200, "fetched"), (203, "fetched"), (204, "bad_http"), (401, "login"), (403, "client_error"),
        (404, "not_found"), (405, "client_error"), (410, "gone"), (412, "client_error"), (429, "rate_limited"),
        (500, "server_error"), (502, "server_error"), (503, "server_error"), (521, "server_error"), (100, "bad_http"),
        (202, "bad_http"), (301, "bad_http"), (304, "bad_http"), (306, "bad_http"), (999, "bad_http"),
        (None, "bad_http"),
    ],
)  # fmt: skip
def test_status_codes(status: int | None, name: str) -> None:
    assert outcome(status) == name


def test_redirects_and_304_need_what_belongs_to_them() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"
    assert [outcome(status, b"", moved) for status in (301, 302, 303, 307, 308)] == ["alias"] * 5
    assert outcome(304, b"", conditional=True) == "not_modified"


def test_failures_of_the_wire_keep_their_names() -> None:
    assert name_outcome(Exchange("truncated", 200, payload=PAGE), conditional=False).name == "truncated"


@pytest.mark.parametrize("status", [202, 412, 521, 403, 503, 200])
def test_challenges_are_recognised(status: int) -> None:
    assert outcome(status, CHALLENGE) == "challenge"


def test_a_script_without_text_is_a_challenge_only_under_its_statuses() -> None:
    assert [outcome(status, OTHER_CHALLENGE) for status in (202, 412, 521)] == ["challenge"] * 3
    assert outcome(200, OTHER_CHALLENGE) == "fetched"
    marked = PAGE.replace(b"</body>", b"<script src='/__jsluid.js'></script></body>")
    assert outcome(200, marked) == "fetched", "a page with text that mentions the mark is a page"


@pytest.mark.parametrize(
    "payload",
    [
        "<html><title>页面不存在</title><body>请返回首页</body></html>",
        "<html><title>示例县</title><body><h1>您访问的页面不存在或已删除</h1></body></html>",
        "<html><title>404 Not Found</title><body>示例县</body></html>",
        "<html><title>提示</title><body>对不起，找不到页面</body></html>",
    ],
)
def test_soft_404(payload: str) -> None:
    assert outcome(200, payload.encode()) == "soft_404"
    assert outcome(200, payload.encode("gb18030")) == "soft_404"


def test_a_report_that_speaks_of_missing_pages_is_a_report() -> None:
    text = PAGE.replace(b"</body>", "<p>网站无页面不存在的情况，404错误已修复。</p></body>".encode())
    assert outcome(200, text) == "fetched"
    assert outcome(200, b"%PDF-1.4 " + "页面不存在".encode()) == "fetched"


def test_login() -> None:
    assert outcome(200, "<html><title>用户登录</title><input type=password></html>".encode()) == "login"
    assert outcome(200, "<html><title>示例县人民政府</title><input type=password></html>".encode()) == "fetched"


def test_a_captcha_in_place_of_a_file_is_a_challenge_and_a_form_of_requests_is_not() -> None:
    captcha = (
        '<html><head><title>下载</title></head><body><form><img src="codeimg.jsp">请输入验证码：<input name="code">'
        "</form></body></html>"
    )
    assert outcome(200, captcha.encode()) == "challenge"
    form = captcha.replace("请输入", "申请人姓名、身份证号码、联系地址、所需政府信息的名称、文号或者其他特征性描述" * 3)
    assert outcome(200, form.encode()) == "fetched"
