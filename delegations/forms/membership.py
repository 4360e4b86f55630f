"""Forms about who is in a group, and the register of persons as a page of sections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from delegations.enums import Gender, MemberRole
from delegations.forms.base import speak
from delegations.forms.parts import Sections
from delegations.forms.people import TravellerForm
from delegations.models import Traveller
from waiban.accounts.models import Department
from waiban.core.text import clean_text


class JoinForm(forms.Form):
    """Taking a person into the group."""

    traveller = forms.ModelChoiceField(
        label="人员",
        queryset=Traveller.objects.none(),
        empty_label="请选择",
        help_text="人员须先在人员库登记；列表里没有的，请先登记。",
    )
    role = forms.ChoiceField(label="团内职务", choices=MemberRole.choices, initial=MemberRole.MEMBER)

    def __init__(self, *args: Any, people: QuerySet[Traveller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["traveller"].queryset = people
        self.fields["traveller"].label_from_instance = lambda person: (
            f"{person.name}（{person.department.short_name} {person.title}）"
        )
        for field in self.fields.values():
            speak(field)


class LeaveForm(forms.Form):
    """Letting a member go."""

    reason = forms.CharField(
        label="退出的原因",
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明退出的原因，原因会记入办理日志。"},
    )

    def clean_reason(self) -> str:
        """Refuse invisible characters; the reason stays in the log for ever."""
        return clean_text(self.cleaned_data["reason"])


class PartForm(forms.Form):
    """Giving a member another part in the group; a new leader takes the place of the old one."""

    role = forms.ChoiceField(label="团内职务", choices=MemberRole.choices)


class PersonForm(Sections, TravellerForm):
    """A person in the register, for the units that the actor keeps."""

    sections = (
        (
            "姓名",
            "姓名、拼音须与护照一致，申办证照和签证都从这里取。",
            ("name", "gender", "surname_pinyin", "given_pinyin"),
        ),
        (
            "证件",
            "加密保存，只显示部分号码；用于核对证照、频次和审批权限。",
            ("id_number", "birth_date", "phone"),
        ),
        (
            "单位和职务",
            "职级决定审批权限和出访次数上限。",
            (
                "department",
                "title",
                "level",
                "identity",
                "cadre_authority",
                "in_leadership",
                "retired",
            ),
        ),
        ("保密", "涉密人员（含脱密期）出访须经保密审查。", ("clearance", "declassify_until")),
    )

    def __init__(self, *args: Any, units: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = units
        self.fields["department"].label_from_instance = lambda unit: unit.short_name
        self.fields["department"].empty_label = "请选择"
        self.fields["gender"].choices = [("", "请选择"), *Gender.choices]
