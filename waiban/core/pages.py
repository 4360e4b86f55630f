"""Error pages: what happened, what was kept, whom to ask. One function makes all of them."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader

KEPT = "页面上已填的内容没有提交，返回后可继续填写；已自动保存的草稿不受影响。"
UNCHANGED = "系统中的数据没有任何改变。"


@dataclass(frozen=True, slots=True)
class Page:
    """Words of one error page."""

    status: int
    title: str
    what: str
    code: str
    kept: str = UNCHANGED
    ask: str = ""


BAD_REQUEST = Page(400, "请求无法识别", "浏览器发来的内容不完整或格式有误。", "BAD_REQUEST")
NO_RIGHT = Page(403, "没有权限", "您的岗位不能查看或办理这项内容。", "FORBIDDEN")
EXPIRED = Page(403, "页面已过期", "页面已过期，请刷新后重试（已填内容已保留）。", "CSRF", KEPT)
NOT_FOUND = Page(404, "没有找到", "地址有误，或这项内容不在您的可见范围内。", "NOT_FOUND")
BROKEN = Page(500, "系统出错了", "系统处理时发生意外，已自动记录，管理员会看到。", "ERROR", KEPT)

TITLES = {403: "没有权限", 404: "没有找到", 409: "现在不能办理", 422: "填写有误", 429: "操作过于频繁"}


def default_ask() -> str:
    """Whom to ask when nobody in particular is named."""
    return settings.HELPDESK or "请与本单位系统管理员或外办综合科联系。"


def show(request: HttpRequest, page: Page) -> HttpResponse:
    """Answer with the page, or, to htmx, with a small partial that the frame shows above the content."""
    context = {
        "title": page.title,
        "what": page.what,
        "kept": page.kept,
        "ask": page.ask or default_ask(),
        "code": page.code,
        "status": page.status,
    }
    if request.headers.get("HX-Request") == "true":
        text = loader.render_to_string("core/partials/_error.html", context)
        headers = {"HX-Retarget": "#page-messages", "HX-Reswap": "innerHTML"}
        return HttpResponse(text, status=page.status, headers=headers)
    names = [f"errors/{page.status}.html", "errors/409.html"]
    return HttpResponse(loader.select_template(names).render(context, request), status=page.status)
