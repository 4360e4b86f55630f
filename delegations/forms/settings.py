"""Forms of 出访参数: thresholds with their sources, visa rules, the year's plan; all with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from delegations.enums import SettingTopic, SubmitPlace
from delegations.forms.base import chinese_field
from delegations.forms.parts import Sections
from delegations.models import AnnualPlan, OfficeSetting, VisaRule
from delegations.services.settings import NO_REASON, PLACE_FIELDS
from waiban.core.text import clean_text
from waiban.places.enums import Continent
from waiban.places.models import Place

LIMITS_RULE = "因公临时出国限量管理规定"
SOURCES: Mapping[str, str] = {
    "max_members": f"{LIMITS_RULE}：每团不超过 6 人，含翻译和工作人员。",
    "max_countries": f"{LIMITS_RULE}：每次不超过 3 个国家（地区），含经停，不出机场的除外。",
    "days_one": f"{LIMITS_RULE}：1 国不超过 5 天，离、抵国境当日均计入。",
    "days_two": f"{LIMITS_RULE}：2 国不超过 8 天。",
    "days_three": f"{LIMITS_RULE}：3 国不超过 10 天。",
    "publicity_workdays": "因公临时出国信息公示规定：呈报前公示不少于 5 个工作日。",
    "passport_months": "因公护照管理规定：有效期不足 6 个月的须重新申办。",
    "bureau_trips": "山东省限量管理口径：厅局级原则上 2 年内不超过 1 次。",
    "bureau_years": "与上一项一起计算。",
    "division_trips": "各单位通行口径，两年不超过一次；只提示，不拦截。",
    "division_years": "与上一项一起计算。",
    "exit_proof": "免签或电子签证国家的团组出境时交验；口岸不再要求时取消勾选，流程略过该环节。",
    "case_prefix": "外办自定。更换后从 1 号重新编号，已编的号不变。",
    "paper_prefix": "外办自定，用于任务批件和确认件。更换后从 1 号重新编号。",
}
"""Threshold → where its rule stands, printed beside the field."""

DEFAULT_WORDS = {True: "办理", False: "不办理"}


class Reasoned(forms.Form):
    """Mixin: why it is changed, and what the page had seen of the history when it was opened."""

    reason = forms.CharField(
        label="修改理由",
        max_length=200,
        help_text="例如依据的文号或会议决定。修改人、时间、理由永久保存，不能删改。",
        error_messages={"required": NO_REASON, "max_length": "理由请控制在 200 字以内。"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_reason(self) -> str:
        """No invisible characters in what is kept for ever."""
        return clean_text(self.cleaned_data["reason"])


class LimitsForm(Sections, Reasoned, forms.ModelForm):
    """The office's thresholds and prefixes, each with the source of its rule and the default."""

    sections = (
        ("规模与时间", "超过上限的团组不能通过政策预检。", (
            "max_members", "max_countries", "days_one", "days_two", "days_three", "publicity_workdays",
        )),
        ("证照与次数", "有效月数从回国之日起算；次数按出境日往前计算。", (
            "passport_months", "exit_proof",
            "bureau_trips", "bureau_years", "division_trips", "division_years",
        )),
        ("编号", "字头写在编号最前面。", ("case_prefix", "paper_prefix")),
        ("理由", "改后的参数从下一次核对起生效，已办完的环节不重新核对。", ("reason", "seen")),
    )  # fmt: skip
    wide = ("reason",)

    LEAST = {"bureau_trips": 0, "division_trips": 0, "passport_months": 0}
    MOST = {
        "max_members": 100, "max_countries": 20, "days_one": 90, "days_two": 90, "days_three": 90,
        "publicity_workdays": 30, "passport_months": 24, "bureau_trips": 20, "bureau_years": 10,
        "division_trips": 20, "division_years": 10,
    }  # fmt: skip

    class Meta:
        model = OfficeSetting
        fields = list(SOURCES)
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, source in SOURCES.items():
            field = self.fields[name]
            default = OfficeSetting._meta.get_field(name).default
            words = DEFAULT_WORDS[default] if name == "exit_proof" else default
            field.help_text = f"{source}（默认：{words}）"
            if name in self.MOST:
                self._bound(name, field)

    def _bound(self, name: str, field: forms.Field) -> None:
        least, most = self.LEAST.get(name, 1), self.MOST[name]
        field.min_value, field.max_value = least, most
        field.widget.attrs |= {"min": least, "max": most}
        field.validators = []
        field.error_messages["range"] = f"{field.label}应在 {least} 至 {most} 之间。"

    def clean(self) -> dict[str, Any]:
        """Numbers in a sensible range; more countries never give fewer days; two series, two prefixes."""
        data = super().clean() or self.cleaned_data
        for name, most in self.MOST.items():
            value = data.get(name)
            if value is not None and not self.LEAST.get(name, 1) <= value <= most:
                self.add_error(name, self.fields[name].error_messages["range"])
        for fewer, more in (("days_one", "days_two"), ("days_two", "days_three")):
            if data.get(fewer) and data.get(more) and data[fewer] > data[more]:
                self.add_error(more, f"{self.fields[more].label}不能少于{self.fields[fewer].label}。")
        if data.get("case_prefix") and data.get("case_prefix") == data.get("paper_prefix"):
            self.add_error("paper_prefix", "两个字头相同会使编号混在一起，请取不同的字头。")
        return data

    def clean_case_prefix(self) -> str:
        """A prefix without blanks."""
        return prefix(self.cleaned_data["case_prefix"])

    def clean_paper_prefix(self) -> str:
        """A prefix without blanks."""
        return prefix(self.cleaned_data["paper_prefix"])


def prefix(text: str) -> str:
    """Return the prefix of a series; raises ValidationError for what would break a number."""
    text = clean_text(text)
    if not text.isalnum():
        raise ValidationError("字头只用汉字、字母和数字，例如“滨外出”。")
    return text


class VisaRuleForm(Sections, Reasoned, forms.ModelForm):
    """How one country takes official travellers, and the marks of the country that rules ask for."""

    visa_free_official = forms.BooleanField(
        label="公务普通护照免签",
        required=False,
        help_text="以外交部公布的互免签证协定一览表为准；勾选后赴该国（地区）不派签证环节。",
    )  # fmt: skip
    needs_presence = forms.BooleanField(
        label="须本人到场", required=False, help_text="面谈或采集指纹；勾选后派面谈环节。"
    )
    sensitive = forms.BooleanField(
        label="须事先征求意见", required=False, help_text="勾选后须先征求驻外使领馆意见；按现行规定维护。"
    )
    long_haul = forms.BooleanField(
        label="航班衔接不便", required=False, help_text="赴拉美、非洲等航班衔接不便的，在外天数可增加 1 天。"
    )
    sections = (
        ("签证", "决定给团员派哪些签证环节，从下一次核对起生效。", (
            "visa_free_official", "e_visa", "visa_kind", "submit_place", "needs_presence",
        )),
        ("国家（地区）口径", "用于天数核对和征求意见。", ("sensitive", "long_haul")),
        ("依据与理由", "写明文件名称、文号或通知日期，以便下一位同事核对。", ("source", "reason", "seen")),
    )  # fmt: skip
    wide = ("source", "reason")

    class Meta:
        model = VisaRule
        fields = ["visa_kind", "submit_place", "e_visa", "source"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PLACE_FIELDS:
            self.initial.setdefault(name, getattr(place, name))
        self.fields["source"].required = True
        self.fields["visa_kind"].help_text = "例如 B-1、申根 C、公务；没有固定类型的留空。"
        self.fields["submit_place"].help_text = "山东口径：日本、韩国、泰国在青岛送签，其余在北京送签。"

    def clean_source(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["source"])

    def clean_visa_kind(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["visa_kind"])

    def clean(self) -> dict[str, Any]:
        """A country that asks for no visa issues no electronic one either."""
        data = super().clean() or self.cleaned_data
        if data.get("visa_free_official") and data.get("e_visa"):
            self.add_error("e_visa", "免签与电子签证只能选一项，请核对。")
        return data


class VisaFilter(forms.Form):
    """What is asked of the list of visa rules. Unknown values in the address are ignored."""

    q = forms.CharField(label="国家（地区）", required=False, max_length=40)
    continent = forms.ChoiceField(label="所在洲", required=False, choices=[("", "全部"), *Continent.choices])
    kind = forms.ChoiceField(
        label="口径",
        required=False,
        choices=[
            ("", "全部"),
            ("free", "免签"),
            ("evisa", "电子签证"),
            ("presence", "须本人到场"),
            ("own", "有专门口径"),
            ("default", "按默认口径"),
        ],
    )
    submit = forms.ChoiceField(label="送签地", required=False, choices=[("", "全部"), *SubmitPlace.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_filter(self)

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def dress_filter(form: forms.Form) -> None:
    """Give the fields of a filter the classes of the list."""
    for name, field in form.fields.items():
        field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"


class PlanForm(Sections, Reasoned, forms.ModelForm):
    """Deadline, state and control figures of the plan of one year."""

    sections = (
        ("申报", "截止日期写在年度计划页上，各单位据此申报。", ("deadline", "state")),
        ("控制数", "批复的全市批次和人次；留空时按各计划项合计。", ("quota_groups", "quota_people")),
        ("理由", "", ("reason", "seen")),
    )  # fmt: skip
    wide = ("reason",)

    class Meta:
        model = AnnualPlan
        fields = ["deadline", "state", "quota_groups", "quota_people"]
        formfield_callback = chinese_field

    def clean_deadline(self) -> Any:
        """The deadline lies in the year of the plan or in the one before it."""
        day = self.cleaned_data["deadline"]
        if day is not None and day.year not in (self.instance.year - 1, self.instance.year):
            raise ValidationError(f"{self.instance.year} 年度计划的截止日期应在上一年或当年。")
        return day


class HistoryFilter(forms.Form):
    """Which part of the history."""

    topic = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *SettingTopic.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_filter(self)

    @property
    def topic_asked(self) -> str:
        """The topic that was asked for, "" for all."""
        return self.cleaned_data["topic"] if self.is_valid() else ""
