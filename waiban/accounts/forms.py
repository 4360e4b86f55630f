"""Forms about oneself: contact and stand-ins."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from waiban.accounts.models import User
from waiban.accounts.queries import possible_substitutes
from waiban.accounts.scopes import choices
from waiban.core.forms import DayInput, KeepsSealed
from waiban.core.text import clean_text

PHONE_LENGTHS = range(7, 16)


class ContactForm(KeepsSealed, forms.ModelForm):
    """How the office reaches the person; name and positions are the administrator's."""

    class Meta:
        model = User
        fields = ["email", "phone"]
        help_texts = {"email": "用于接收待办和到期提醒。"}

    def clean_phone(self) -> str:
        """Digits, with "+" in front for a number abroad; blanks and hyphens are taken out."""
        typed = clean_text(self.cleaned_data["phone"], identifier=True).replace("-", "")
        if typed and (not typed.removeprefix("+").isdigit() or len(typed) not in PHONE_LENGTHS):
            raise ValidationError("请输入有效的电话号码，例如 13800000000。", code="phone")
        return typed


class StandInForm(forms.Form):
    """Who stands in for me, when, for what, and why."""

    substitute = forms.ModelChoiceField(
        User.objects.none(),
        label="受托人",
        empty_label="请选择同事",
        help_text="可选本部门在岗同事；外办人员可选各科室同事。",
        error_messages={"required": "请选择受托人。", "invalid_choice": "只能委托给名单中的同事。"},
    )
    starts = forms.DateField(
        label="开始日期",
        widget=DayInput,
        error_messages={"required": "请选择开始日期。", "invalid": "请输入有效日期。"},
    )
    ends = forms.DateField(
        label="结束日期",
        widget=DayInput,
        help_text="当天 24:00 前有效。",
        error_messages={"required": "请选择结束日期。", "invalid": "请输入有效日期。"},
    )
    flow_key = forms.ChoiceField(label="业务范围", required=False)
    reason = forms.CharField(
        label="事由",
        max_length=100,
        help_text="例如：参加培训、公出、休假。",
        error_messages={"required": "请填写事由。", "max_length": "事由不超过 100 字。"},
    )

    def __init__(self, *args: Any, principal: User, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].queryset = possible_substitutes(principal)
        self.fields["flow_key"].choices = choices()
        self.fields["starts"].initial = day
        for name in ("starts", "ends"):
            self.fields[name].widget.attrs["min"] = day.isoformat()

    def clean_reason(self) -> str:
        """Visible characters only."""
        return clean_text(self.cleaned_data["reason"])
