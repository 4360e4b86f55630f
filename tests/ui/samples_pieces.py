"""Samples of the smaller components: list, confirmation, progress, one step in full."""

from types import SimpleNamespace
from typing import Any

from django import forms

from tests.ui.samples_desk import GROUPS
from tests.ui.samples_record import ACT


class ListFilter(forms.Form):
    """Filters of a list."""

    q = forms.CharField(label="编号、团组、人员、单位", required=False)
    light = forms.ChoiceField(label="灯", choices=[("", "全部"), ("red", "逾期")], required=False)
    year = forms.ChoiceField(label="年度", choices=[("2026", "2026")], required=False)
    unit = forms.ChoiceField(label="组团单位", choices=[("", "全部"), ("1", "市商务局")], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"


def listing() -> dict[str, Any]:
    """A list with two filters on."""
    return {
        "filter_form": ListFilter({"q": "26", "light": "", "year": "2026"}),
        "primary": ["q", "light", "year"],
        "active_filters": [("编号", "26", "?year=2026"), ("年度", "2026", "?q=26")],
        "reset_url": "?",
        "total_text": "共 12 个团组",
        "views_page": "delegations",
        "export_url": "?export=1",
        "list_target": "",
        "rows": [row for _, _, rows in GROUPS for row in rows],
        "previous_url": "",
        "next_url": "?cursor=abc",
        "page_text": "第 1–12 行",
    }


class ReturnForm(forms.Form):
    """What a return asks for."""

    target = forms.ChoiceField(
        label="退回到", choices=[("16", "16 经办审核（林晓岚）"), ("14", "14 正式呈报请示（陈国梁）")]
    )
    defects = forms.CharField(
        label="需补正的内容", widget=forms.Textarea, help_text="一次性列明全部缺项，每行一项。"
    )
    mode = forms.ChoiceField(
        label="补正后",
        choices=[("redo", "重走"), ("direct", "直达")],
        widget=forms.RadioSelect,
        initial="redo",
    )


def confirmation() -> dict[str, Any]:
    """A return, asked once."""
    return {
        "confirm_title": "退回：18 科长复核",
        "what": "退回以后，“赴美国经贸招商团组”回到您选的环节，时限重新起算。",
        "facts": [("团组", "滨外出〔2026〕26号 赴美国经贸招商团组"), ("余量", "2 个工作日")],
        "follows": "对方会立即收到消息，看到您列的全部缺项。",
        "form": ReturnForm(),
        "action_url": "/cases/items/18/return/",
        "confirm_label": "退回",
        "danger": False,
        "cancel_url": "/delegations/26/",
        "hidden": [("version", "3")],
        "crumbs": [],
    }


ITEM = SimpleNamespace(
    no=38,
    name="使馆面谈/指纹采集",
    state="outside",
    state_word="等待外部",
    holder="刘思齐",
    department="出访团员",
    stand_in="",
    plan="12-10 至 12-14",
    latest="12-15",
    actual="12-10 09:00 到达",
    due_label="12-14 周一 17:30 前",
    clock_label="已用 0.5 / 2 个工作日（外部时钟，不计外办时限）",
    slack_half=3,
    light="amber",
    light_word="临近",
    basis="财行〔2013〕516号",
    condition="需签证且该国要求到场",
    reason="",
    inputs=("预约单", "护照"),
    outputs=("面谈/采集完成记录",),
    opinion="",
    after=[(37, "送签", "done")],
    people=[("徐海峰", "done", "12-11", ""), ("刘思齐", "outside", "12-11", "/m/")],
    rounds=[(1, "已退回 12-08 10:10")],
    record_url="/delegations/26/#act",
)


def pieces() -> dict[str, Any]:
    """Everything that has no page of its own."""
    claim = {
        "can_claim": True,
        "can_return": False,
        "can_reassign": False,
        "checks": [],
        "facts": [],
        "opinion_label": "",
    }
    second = SimpleNamespace(
        **(vars(ACT) | claim | {"item_id": 19, "no": 24, "name": "任务批件制发", "verb": "制发批件"})
    )
    back = SimpleNamespace(
        **(
            vars(ACT)
            | {
                "reason": "12-02 由市财政局退回：\n1. 缺汇率依据\n2. 住宿费超标",
                "can_refuse": True,
                "can_add_signer": True,
            }
        )
    )
    return {
        "acts": [back, second],
        "item": ITEM,
        "job_title": "导入 120 名外宾",
        "done": 120,
        "total": 120,
        "percent": 100,
        "status_text": "已全部处理",
        "poll_url": "",
        "result": [("第 14 行 Jan de Vries", "护照号 NL12 长度不对，应为 9 位"), ("第 77 行", "姓名为空")],
        "ok_count": 118,
        "back_url": "/visits/",
        "report_url": "/visits/report.xlsx",
    }
