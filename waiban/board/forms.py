"""Filters of the desk and the questions that a batch asks."""

from __future__ import annotations

from typing import Any

from django import forms

from waiban.accounts.models import User
from waiban.core.text import clean_text
from waiban.workflow.definition import Flow, Step
from waiban.workflow.enums import Light, ReturnMode
from waiban.workflow.registry import current_bindings

LIGHTS = [("", "全部")] + [(light.value, light.label) for light in (Light.RED, Light.AMBER, Light.GREEN)]


class DeskFilter(forms.Form):
    """Filters of the queue. Unknown values in the address are ignored, never an error."""

    q = forms.CharField(label="编号、团组、单位", required=False, max_length=60)
    flow = forms.ChoiceField(label="业务", required=False)
    light = forms.ChoiceField(label="灯", required=False, choices=LIGHTS)
    step = forms.ChoiceField(label="环节", required=False)

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flow"].choices = [("", "全部")] + [(b.flow.key, b.label) for b in current_bindings()]
        self.fields["step"].choices = [("", "全部"), *steps]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "q" else "form-select"

    def values(self) -> dict[str, str]:
        """Return what is asked for, without what is empty or unknown."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class BatchForm(forms.Form):
    """Base: what is done with the chosen rows."""

    def kwargs(self) -> dict[str, Any]:
        """Return the arguments for the act."""
        return dict(self.cleaned_data)


class CompleteForm(BatchForm):
    """One opinion for all rows."""

    opinion = forms.CharField(
        label="办理意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"})
    )

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, initial={"opinion": step.opinion}, **kwargs)
        self.fields["opinion"].required = step.decides
        self.fields["opinion"].error_messages["required"] = "请填写意见，意见会记入每一件的办理日志。"

    def clean_opinion(self) -> str:
        """Refuse invisible characters; an opinion stays in the log for ever."""
        return clean_text(self.cleaned_data["opinion"])


class ReturnManyForm(BatchForm):
    """One return for all rows; it fits when all lack the same things."""

    target = forms.ChoiceField(label="退回到", error_messages={"required": "请选择退回到哪个环节。"})
    reason_code = forms.ChoiceField(label="退回原因", error_messages={"required": "请选择退回原因。"})
    defects = forms.CharField(
        label="需补正的内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一次性列明全部缺项，每行一项；所选各件收到同一张清单，各件情况不同的请逐件退回。",
        error_messages={"required": "请一次性列明全部需要补正的内容，每行一项。"},
    )
    mode = forms.ChoiceField(
        label="补正后", choices=ReturnMode.choices, initial=ReturnMode.REDO, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, step: Step, flow: Flow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = sorted((flow.by_key[key] for key in step.returns), key=lambda target: -target.no)
        self.fields["target"].choices = [(target.key, f"{target.no} {target.name}") for target in targets]
        self.fields["reason_code"].choices = [("", "请选择"), *flow.return_reasons.items()]

    def kwargs(self) -> dict[str, Any]:
        """Return target, reason, defects line by line, and the way back."""
        lines = [line.strip() for line in self.cleaned_data["defects"].splitlines() if line.strip()]
        return {**self.cleaned_data, "defects": lines, "mode": ReturnMode(self.cleaned_data["mode"])}


class ReassignManyForm(BatchForm):
    """To whom all rows are handed."""

    to_user = forms.ModelChoiceField(
        label="转给",
        queryset=User.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择转给谁。"},
    )
    reason = forms.CharField(label="理由", max_length=300, error_messages={"required": "请写明转办的理由。"})

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].queryset = people
