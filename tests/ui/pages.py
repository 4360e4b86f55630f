"""The sample pages by name: (template, function that makes the context). For the preview and the tests."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django import forms

from tests.ui import samples_desk, samples_gantt, samples_member, samples_pieces, samples_record
from tests.ui.samples_frame import FRAME, around, menu

CLERK, CHIEF = ("林晓岚", "出国管理科 · 经办"), ("郑立群", "出国管理科 · 科长")

Page = tuple[str, Callable[[], dict[str, Any]]]


class SampleForm(forms.Form):
    """A few fields of every kind, one of them wrong."""

    title = forms.CharField(label="团组名称", help_text="写国别和任务，例如“赴美国经贸招商团组”。")
    unit = forms.ChoiceField(label="组团单位", choices=[("1", "市商务局"), ("2", "市教育局")])
    exit_date = forms.DateField(label="出境日期", widget=forms.DateInput(attrs={"type": "date"}))
    entry_date = forms.DateField(label="回国日期", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="资金来源",
        choices=[("a", "财政资金"), ("b", "企业自筹")],
        widget=forms.RadioSelect,
        help_text="决定由谁审核预算。",
    )
    task = forms.CharField(
        label="出访任务", widget=forms.Textarea, help_text="一句话说清去做什么、见谁、要什么结果。"
    )
    agreed = forms.BooleanField(label="邀请函已经收到", required=False)

    def clean(self) -> dict[str, Any]:
        """The return before the exit."""
        data = super().clean()
        if data.get("entry_date") and data.get("exit_date") and data["entry_date"] < data["exit_date"]:
            self.add_error("entry_date", "回国日期早于出境日期，请核对。")
        return data


def wrong_form() -> SampleForm:
    """The form as it comes back with an error."""
    sent = {
        "title": "赴美国经贸招商团组",
        "unit": "1",
        "exit_date": "2026-12-20",
        "entry_date": "2026-12-10",
        "kind": "a",
    }
    form = SampleForm(sent)
    form.is_valid()
    return form


def desk(**changes: Any) -> dict[str, Any]:
    """The desk, with some values of the view model changed."""
    made = SimpleNamespace(**(vars(samples_desk.DESK) | changes))
    return around(*CLERK, menu=menu(), desk=made)


def record(template_tab: str, **more: Any) -> dict[str, Any]:
    """The record with one tab open."""
    context = samples_record.context(tab=template_tab, **more)
    tabs = [
        (key, label, count, url, key == template_tab)
        for key, label, count, url, _ in samples_record.HEAD.tabs
    ]
    context["head"] = SimpleNamespace(**(vars(samples_record.HEAD) | {"tabs": tabs}))
    return around(*CHIEF, menu=menu("因公出访", 9), **context)


def trouble(title: str, what: str, code: str) -> dict[str, Any]:
    """An error page."""
    kept = "页面上已填的内容没有提交，返回后可继续填写；已自动保存的草稿不受影响。"
    ask = "请与本单位系统管理员或外办综合科联系。"
    return {"title": title, "what": what, "kept": kept, "ask": ask, "code": code, "status": 409}


def form_page() -> dict[str, Any]:
    """A form with an error."""
    words = {"form_title": "新建团组", "form_lead": "每件事只填一次，后面的环节会自动带入。"}
    return around(
        *CLERK,
        menu=menu(),
        form=wrong_form(),
        back_url="/delegations/",
        submit_label="建立团组",
        draft_key="",
        **words,
    )


def sign_in() -> dict[str, Any]:
    """The sign-in page of the demo office."""

    class Door(forms.Form):
        login = forms.CharField(label="用户名")
        password = forms.CharField(label="密码", widget=forms.PasswordInput)

    return {"form": Door(), "frame": FRAME, "redirect_field": "", "csrf_token": "sample"}


PAGES: dict[str, Page] = {
    "desk": ("board/desk.html", desk),
    "desk-empty": ("board/desk.html", lambda: desk(groups=[], total="0", due_today=0, overdue=0)),
    "record": ("ui_samples/record.html", lambda: record("map")),
    "gantt": (
        "ui_samples/gantt.html",
        lambda: record("gantt", wide=True, gantt=samples_gantt.GANTT, whatif=samples_gantt.WHATIF),
    ),
    "member": (
        "delegations/member_phone.html",
        lambda: around("刘思齐", "出访团员", **samples_member.MEMBER),
    ),
    "form": ("components/form_page.html", form_page),
    "list": (
        "ui_samples/list.html",
        lambda: around(*CLERK, menu=menu("因公出访"), **samples_pieces.listing()),
    ),
    "confirm": (
        "components/confirm_page.html",
        lambda: around(*CHIEF, menu=menu("因公出访"), **samples_pieces.confirmation()),
    ),
    "pieces": ("ui_samples/pieces.html", lambda: record("members", **samples_pieces.pieces())),
    "sign-in": ("account/login.html", sign_in),
    "error-404": (
        "errors/404.html",
        lambda: trouble("没有找到", "地址有误，或这项内容不在您的可见范围内。", "NOT_FOUND"),
    ),
    "error-409": (
        "errors/409.html",
        lambda: trouble("现在不能办理", "这件事已由郑立群于 09:12 办理。", "ALREADY_DONE"),
    ),
    "error-500": ("errors/500.html", dict),
}
