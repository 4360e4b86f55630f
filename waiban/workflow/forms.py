"""Forms of the acts. A business derives the form of a step from `StepForm`; a plain opinion needs none."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from waiban.accounts.actors import Actor
from waiban.accounts.models import User
from waiban.core.text import clean_text

from .definition import Step
from .engine import Door, Effect
from .enums import Mode, ReturnMode
from .models import Case, WorkItem
from .rules import returns_of
from .state import CaseState, Item

PHRASES = ("同意", "拟同意，请审核", "请补充后再报", "请核实")
"""Common phrases offered beside an opinion when the step names none of its own."""


class VisibleTextarea(forms.Textarea):
    """A text area of three rows, the size of an opinion."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 3, **(attrs or {})})


class ActForm(forms.Form):
    """Base of all acts: carries the version of the item that the page was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class StepForm(ActForm):
    """The form of a step: an opinion, and in subclasses the facts that the step produces.

    `case`, `item` and `actor` are given by the view; `step` is the row of the flow. Subclasses add fields,
    `clean*` methods with Chinese sentences, and `apply`, which runs under the lock of the case.
    """

    opinion = forms.CharField(label="办理意见", widget=VisibleTextarea, max_length=2000, required=False)

    def __init__(
        self, *args: Any, case: Case, item: WorkItem, actor: Actor, step: Step, **kwargs: Any
    ) -> None:
        initial = {
            "opinion": item.opinion or step.opinion,
            "version": item.version,
            **(kwargs.pop("initial", None) or {}),
        }
        kwargs.setdefault("auto_id", f"id_{item.pk}_%s")
        super().__init__(*args, initial=initial, **kwargs)
        self.case, self.item, self.actor, self.step = case, item, actor, step
        self.fields["opinion"].label = f"{step.deed}意见" if step.decides else "办理说明"
        if step.decides:
            self.fields["opinion"].required = True
            self.fields["opinion"].error_messages["required"] = "请填写意见，意见会记入办理日志。"

    def clean_opinion(self) -> str:
        """Refuse invisible characters; an opinion stays in the log for ever."""
        return clean_text(self.cleaned_data["opinion"]) if self.cleaned_data["opinion"] else ""

    def apply(self, door: Door, item: Item) -> Effect:
        """Write what the step produces, under the lock; return what the engine and the log shall know.

        May raise `BadInput` with field names; then nothing is kept.
        """
        return Effect()


class OpinionForm(StepForm):
    """A step that asks for an opinion only."""


class ReturnForm(ActForm):
    """Sending back: whereto, why, one complete list of defects, and how to come back."""

    target = forms.ChoiceField(label="退回到")
    reason_code = forms.ChoiceField(label="退回原因")
    defects = forms.CharField(
        label="需补正的内容",
        widget=VisibleTextarea({"rows": 4}),
        max_length=2000,
        help_text="一次性列明全部缺项，每行一项；对方只会收到这一张清单。",
        error_messages={"required": "请一次性列明全部需要补正的内容，每行一项。"},
    )
    mode = forms.ChoiceField(
        label="补正后",
        choices=ReturnMode.choices,
        initial=ReturnMode.REDO,
        widget=forms.RadioSelect,
        help_text="重走：中间环节重新办理；直达：补正后直接回到本环节。",
    )

    def __init__(self, *args: Any, state: CaseState, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = returns_of(state, item)
        self.fields["target"].choices = [(t.key, f"{t.no} {t.name}") for t in targets]
        self.fields["reason_code"].choices = [("", "请选择"), *state.flow.return_reasons.items()]
        self.fields["reason_code"].error_messages["required"] = "请选择退回原因。"

    def defect_list(self) -> list[str]:
        """Return the defects, one a line, without blanks."""
        return [line.strip() for line in self.cleaned_data["defects"].splitlines() if line.strip()]


class ReasonForm(ActForm):
    """An act that wants a reason: withdraw, refuse, cancel, pause."""

    reason = forms.CharField(
        label="理由",
        widget=VisibleTextarea,
        max_length=500,
        error_messages={"required": "请写明理由，理由会记入办理日志。"},
    )


class ReassignForm(ActForm):
    """Handing an item to another person of the same role."""

    to_user = forms.ModelChoiceField(label="转给", queryset=User.objects.none(), empty_label="请选择")
    reason = forms.CharField(label="理由", max_length=300, error_messages={"required": "请写明转办的理由。"})

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].queryset = people
        self.fields["to_user"].error_messages["required"] = "请选择转给谁。"


class SignerForm(ActForm):
    """Asking a further person for his opinion."""

    signer = forms.ModelChoiceField(label="请谁会签", queryset=User.objects.none(), empty_label="请选择")
    question = forms.CharField(
        label="请会签的事项",
        widget=VisibleTextarea,
        max_length=500,
        error_messages={"required": "请写明请其会签的事项。"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signer"].queryset = people


class SignForm(ActForm):
    """Giving the opinion that one was asked for."""

    opinion = forms.CharField(
        label="会签意见",
        widget=VisibleTextarea,
        max_length=2000,
        error_messages={"required": "请填写会签意见。"},
    )


class ModeForm(ActForm):
    """Choosing between the standard and the fast limits."""

    mode = forms.ChoiceField(label="办理方式", choices=Mode.choices, widget=forms.RadioSelect)


class SettingForm(forms.Form):
    """Tuning one step: days may be halves; an empty field gives the value back to the table."""

    limit_days = forms.DecimalField(label="标准时限（工作日）", min_value=0, max_value=200, required=False)
    fast_days = forms.DecimalField(label="快办时限（工作日）", min_value=0, max_value=200, required=False)
    remind_before = forms.IntegerField(label="提前提醒（半日）", min_value=0, max_value=60, required=False)
    remind_every = forms.IntegerField(
        label="逾期提醒间隔（工作日）", min_value=1, max_value=30, required=False
    )
    reason = forms.CharField(
        label="修改理由",
        max_length=200,
        error_messages={"required": "请写明修改的理由，修改记录会永久保存。"},
    )

    def _halves(self, name: str) -> int | None:
        days = self.cleaned_data.get(name)
        if days is None:
            return None
        if (days * 2) % 1:
            raise ValidationError("时限以半日为单位，请填 0.5 的整数倍。")
        return int(days * 2)

    def clean_limit_days(self) -> int | None:
        """Return the limit in half-days."""
        return self._halves("limit_days")

    def clean_fast_days(self) -> int | None:
        """Return the fast limit in half-days."""
        return self._halves("fast_days")
