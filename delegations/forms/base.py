"""What the forms of the steps share: sections with reasons, rows of several lines, errors at their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseFormSet
from django.template.loader import render_to_string

from delegations.facts import limits_of
from delegations.models import Delegation, Member
from delegations.rules.limits import Limits
from delegations.services import effect_of
from waiban.core.text import clean_text
from waiban.core.time import local, today
from waiban.places.models import Place
from waiban.workflow.engine import Door, Effect
from waiban.workflow.forms import StepForm
from waiban.workflow.state import Item


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "date", **(attrs or {})}, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of day and time, in Beijing time."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "datetime-local", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class ClockInput(forms.TimeInput):
    """The browser's own time picker."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "time", **(attrs or {})}, format="%H:%M")


WIDGETS: dict[type[models.Field], type[forms.Widget]] = {
    models.DateField: DayInput,
    models.DateTimeField: MomentInput,
    models.TimeField: ClockInput,
}


def chinese_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Form field of a model field: own pickers, three-row texts, and a sentence when it is left empty."""
    widget = WIDGETS.get(type(field))
    if widget is not None:
        kwargs["widget"] = widget()
    elif type(field) is models.TextField:
        kwargs["widget"] = forms.Textarea({"rows": 3})
    made = field.formfield(**kwargs)
    if made is not None:
        speak(made)
    return made


def speak(field: forms.Field) -> forms.Field:
    """Give a field its own sentences for what is missing or cannot be read."""
    choose = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    verb = "选择" if choose else "填写"
    field.error_messages["required"] = f"请{verb}{field.label}。"
    if isinstance(field, forms.DateField):
        field.error_messages["invalid"] = f"{field.label}不是有效日期，请按“年-月-日”填写。"
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        field.error_messages["invalid"] = f"{field.label}应为数字。"
        field.error_messages["min_value"] = f"{field.label}不得小于 %(limit_value)s。"
    return field


@dataclass(frozen=True)
class Section:
    """A part of a form: a heading, why we ask, and the fields or rows (names that end in "[]")."""

    title: str
    why: str
    names: tuple[str, ...]


class Rows:
    """Layout object that prints a formset inside a crispy form."""

    def __init__(self, formset: BaseFormSet, title: str) -> None:
        self.formset, self.title = formset, title

    def render(self, form: Any, context: Any, template_pack: str = "bootstrap5", **kwargs: Any) -> str:
        """Render the rows with a template of their own, so that the page's script can add lines."""
        return render_to_string("delegations/forms/rows.html", {"formset": self.formset, "title": self.title})


class Heading:
    """Layout object: heading of a section with the reason beside it."""

    def __init__(self, title: str, why: str) -> None:
        self.title, self.why = title, why

    def render(self, form: Any, context: Any, template_pack: str = "bootstrap5", **kwargs: Any) -> str:
        """Render title and reason."""
        return render_to_string("delegations/forms/heading.html", {"title": self.title, "why": self.why})


class GroupForm(StepForm):
    """A step of a delegation. Subclasses name `sections`, `rows` and override `write`."""

    sections: ClassVar[Sequence[Section]] = ()
    hide: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._find(kwargs["case"], kwargs["item"])
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in ("opinion", "version"):
                speak(field)
        self.prepare()
        self.rowsets: dict[str, RowSet] = self.make_rows()
        if self.sections:
            parts = [self._section(section) for section in self.sections]
            if "opinion" in self.fields:
                parts.append(Div(Field("opinion"), css_class="form-section"))
            self.helper.layout = Layout(*parts)

    def _find(self, case: Any, item: Any) -> None:
        if hasattr(self, "group"):
            return
        self.group: Delegation = Delegation.objects.select_related("case__department", "plan_item__plan").get(
            pk=case.pk
        )
        self.member: Member | None = None
        if item.participant_id:
            self.member = Member.objects.select_related("traveller", "passport").get(pk=item.participant_id)
            self.member.delegation = self.group

    def prepare(self) -> None:
        """Adjust fields and initial values after they were made."""

    def make_rows(self) -> dict[str, RowSet]:
        """Return the formsets of the step by name."""
        return {}

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Write what was typed, under the lock; return extra lines for the log."""

    def apply(self, door: Door, item: Item) -> Effect:
        """Write, then tell the engine what the record says now."""
        told = self.write(door, item)
        return effect_of(self.group, {**self.told(), **(told or {})})

    def told(self) -> dict[str, str]:
        """Return what was typed as the log shows it; personal values are left out."""
        shown = {}
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name in ("opinion", "version") or name in self.hide or value in (None, "", False):
                continue
            shown[str(field.label)] = _words(field, value)
        return shown

    @cached_property
    def limits(self) -> Limits:
        """Thresholds of the office."""
        return limits_of(self.group.case.office_id)

    @cached_property
    def members(self) -> list[Member]:
        """Members who have not left."""
        return list(self.group.members.filter(left=False).select_related("traveller").order_by("order", "pk"))

    def _section(self, section: Section) -> Div:
        parts = []
        for name in section.names:
            if name.endswith("[]"):
                formset = self.rowsets.get(name[:-2])
                if formset is not None:
                    parts.append(Rows(formset, section.title))
            elif name in self.fields:
                parts.append(Field(name))
        head = Heading(section.title, section.why)
        return Div(head, Div(*parts, css_class="form-grid"), css_class="form-section")

    def full_clean(self) -> None:
        """Clean the rows too, and gather their faults where the summary shows them."""
        super().full_clean()
        if not self.is_bound:
            return
        for formset in self.rowsets.values():
            for sentence in row_errors(formset):
                self.add_error(None, sentence)
        if not self.errors:
            self.check_rows()
            for formset in self.rowsets.values():
                for sentence in row_errors(formset):
                    self.add_error(None, sentence)

    def check_rows(self) -> None:
        """Check the rows against one another and against the record; use `add_error`."""

    def not_future(self, name: str, label: str) -> None:
        """Refuse a day that has not come yet."""
        day = self.cleaned_data.get(name)
        if isinstance(day, date) and day > today():
            self.add_error(name, f"{label}不能晚于今天，请核对。")


class RowForm(GroupForm, forms.ModelForm):
    """A step that fills one row. Subclasses give `Meta` and `find_instance`.

    Only the columns of the form, and those named in `also`, are written: the row may have been read before
    the lock, and what others wrote meanwhile must stay.
    """

    also: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._find(kwargs["case"], kwargs["item"])
        kwargs["instance"] = self.find_instance()
        super().__init__(*args, **kwargs)

    def find_instance(self) -> models.Model:
        """Return the row to fill, existing or new."""
        raise NotImplementedError

    def save(self, commit: bool = True) -> models.Model:
        """Save the row: a new one whole, an existing one by the columns of the form."""
        if not commit or self.instance._state.adding:
            return super().save(commit)
        many = {field.name for field in self.instance._meta.many_to_many}
        columns = [name for name in (self._meta.fields or ()) if name not in many]
        self.instance.save(update_fields=[*columns, *self.also])
        self._save_m2m()
        return self.instance

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Save the row."""
        self.save()
        return None


def row_errors(formset: RowSet) -> list[str]:
    """Return the faults of a formset, each with its line number."""
    found = [str(error) for error in formset.non_form_errors()]
    for position, form in enumerate(formset.forms, 1):
        if formset.gone(form):
            continue
        for errors in form.errors.values():
            found += [f"第 {position} 行：{error}" for error in errors]
    return found


def _words(field: forms.Field, value: Any) -> str:
    """Return a value as people read it."""
    if value is True:
        return "是"
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, list | models.QuerySet):
        return "、".join(_words(field, row) if isinstance(row, str) else str(row) for row in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if hasattr(value, "tzinfo"):
        return f"{local(value):%Y-%m-%d %H:%M}" if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return str(value)


class CleanRow(forms.ModelForm):
    """A line of a formset: Chinese sentences, no invisible characters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            speak(field)

    def clean(self) -> dict[str, Any]:
        """Normalise every text."""
        data = super().clean() or self.cleaned_data
        for name, value in data.items():
            if isinstance(value, str) and value:
                try:
                    data[name] = clean_text(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return data


class RowSet(forms.BaseModelFormSet):
    """Lines of a step. The first `meant` new lines count also when they were left as they were pre-filled."""

    least = 0
    meant = 0
    empty_sentence = "请至少填写一行。"

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)
        if self.is_meant(i):
            form.empty_permitted = False
        return form

    def is_meant(self, position: int) -> bool:
        """Whether a line counts without a change."""
        return position < self.initial_form_count() + self.meant

    def clean(self) -> None:
        """Ask for the least number of lines."""
        super().clean()
        if len(self.filled()) < self.least:
            raise ValidationError(self.empty_sentence)

    def gone(self, form: forms.ModelForm) -> bool:
        """Whether a line is marked for deletion."""
        return bool(self.can_delete and self._should_delete_form(form))

    def filled(self) -> list[forms.ModelForm]:
        """Return the lines that are meant and not marked for deletion."""
        return [
            form
            for position, form in enumerate(self.forms)
            if not self.gone(form) and (self.is_meant(position) or form.has_changed())
        ]

    def keep(self, set_owner: Callable[[Any], None]) -> list[Any]:
        """Delete what is marked, write what is filled, each line for its owner."""
        for form in self.forms:
            if form.instance.pk and self.gone(form):
                form.instance.delete()
        saved = []
        for form in self.filled():
            row = form.save(commit=False)
            set_owner(row)
            row.save()
            saved.append(row)
        return saved


def rows_of(
    form: GroupForm,
    row: type[forms.ModelForm],
    *,
    prefix: str,
    queryset: models.QuerySet,
    initial: Sequence[Mapping[str, Any]] = (),
    least: int = 0,
    most: int = 60,
    extra: int = 0,
    meant: int = 0,
    fixed: bool = False,
    kwargs: Mapping[str, Any] | None = None,
    empty: str = "请至少填写一行。",
) -> RowSet:
    """Make the lines of a step over existing rows, then pre-filled ones, then `extra` empty ones.

    `least` lines must be filled (`empty` says so); `meant` pre-filled lines count unchanged; `fixed` lines
    all count and can be neither added nor deleted.
    """
    made = forms.modelformset_factory(
        row._meta.model,
        form=row,
        formset=RowSet,
        extra=len(initial) + extra,
        max_num=most,
        validate_max=True,
        can_delete=not fixed,
    )
    made.least, made.empty_sentence = least, empty
    made.meant = len(initial) if fixed else meant
    return made(
        data=form.data if form.is_bound else None,
        prefix=prefix,
        queryset=queryset,
        initial=[dict(line) for line in initial],
        form_kwargs=dict(kwargs or {}),
        error_messages={
            "too_many_forms": f"最多填写 {most} 行，请合并或删除。",
            "missing_management_form": "提交的内容不完整，请刷新页面后再提交。",
        },
    )


def place_choices() -> list[tuple[int | str, str]]:
    """Return the choices of countries and regions, read once for all lines of a form."""
    return [("", "请选择"), *Place.objects.abroad().values_list("pk", "name_zh")]


def member_places(group: Delegation) -> list[tuple[int | str, str]]:
    """Return the countries of the route as choices."""
    return [("", "请选择"), *group.stops.values_list("place_id", "place__name_zh")]
