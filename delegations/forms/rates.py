"""Forms of the allowance rates: one rate, its end, and the import of a whole table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from delegations.forms.base import DayInput, chinese_field, speak
from delegations.forms.parts import Sections
from delegations.forms.settings import dress_filter
from delegations.models import AllowanceRate
from delegations.rules.rate_table import RateLine, clean_cities, currency_code, read_table
from delegations.services.rate_import import ImportPlan
from delegations.services.settings import NO_REASON
from waiban.core.errors import Stale
from waiban.core.text import clean_text
from waiban.core.time import today
from waiban.places.enums import Continent
from waiban.places.models import Place

SALT = "delegations.rates"
PREVIEW_SECONDS = 24 * 3600
MAX_PREVIEW = 200_000


def reason_field() -> forms.CharField:
    """The reason that is kept with every change."""
    return forms.CharField(
        label="修改理由",
        max_length=200,
        help_text="修改人、时间、理由永久保存，不能删改。",
        error_messages={"required": NO_REASON, "max_length": "理由请控制在 200 字以内。"},
    )


def check_day(day: date) -> date:
    """Return a day of this century; raises ValidationError for a slip of the pen."""
    if not 2000 <= day.year <= 2100:
        raise ValidationError("年份应在 2000 至 2100 之间，请核对。")
    return day


class RateForm(Sections, forms.ModelForm):
    """One rate per person and day."""

    reason = reason_field()
    sections = (
        ("适用范围", "城市留空为全境，或未列城市的其余地方。", ("place", "city", "valid_from")),
        ("标准", "每人每天，按币种原币填写。", ("currency", "lodging", "meals", "misc")),
        ("依据与理由", "同一城市现行的标准自动止于生效日的前一天。", ("source", "reason")),
    )  # fmt: skip
    wide = ("source", "reason")

    class Meta:
        model = AllowanceRate
        fields = ["place", "city", "currency", "lodging", "meals", "misc", "valid_from", "source"]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = Place.objects.abroad()
        self.fields["place"].empty_label = "请选择"
        self.fields["currency"].max_length = 10
        self.fields["currency"].validators = []
        self.fields["currency"].widget.attrs["maxlength"] = 10
        self.fields["currency"].help_text = "三位字母代码或中文名称，例如 USD、美元。"
        self.fields["valid_from"].help_text = "按团组出境日对应；可以是将来的日期。"
        self.fields["source"].help_text = "文件名称和文号，例如：财行〔2017〕434号。"

    def clean_city(self) -> str:
        """Cities joined by 、."""
        return clean_cities(clean_text(self.cleaned_data["city"]))

    def clean_currency(self) -> str:
        """The code of the currency."""
        code = currency_code(self.cleaned_data["currency"])
        if not code:
            raise ValidationError("币种无法识别，请填三位字母代码，例如 USD、EUR、JPY。")
        return code

    def clean_valid_from(self) -> date:
        """A day of this century."""
        return check_day(self.cleaned_data["valid_from"])

    def clean_source(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["source"])

    def clean_reason(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["reason"])

    def validate_unique(self) -> None:
        """Left to the service."""

    def validate_constraints(self) -> None:
        """Left to the service, which first ends the rate that holds now."""

    def clean(self) -> dict[str, Any]:
        """Amounts are not negative."""
        data = super().clean() or self.cleaned_data
        for name in ("lodging", "meals", "misc"):
            if data.get(name) is not None and data[name] < 0:
                self.add_error(name, f"{self.fields[name].label}标准不得为负。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The typed values without the reason."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class EndRateForm(forms.Form):
    """The last day on which a rate holds."""

    valid_to = forms.DateField(
        label="失效日期", widget=DayInput(), help_text="最后一天仍适用；按团组出境日对应。"
    )
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self.fields["valid_to"])
        self.fields["valid_to"].initial = today()

    def clean_valid_to(self) -> date:
        """A day of this century."""
        return check_day(self.cleaned_data["valid_to"])

    def clean_reason(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["reason"])


class RateFilter(forms.Form):
    """What is asked of the list of rates. Unknown values in the address are ignored."""

    q = forms.CharField(label="国家（地区）、城市", required=False, max_length=40)
    continent = forms.ChoiceField(label="所在洲", required=False, choices=[("", "全部"), *Continent.choices])
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "现行"), ("future", "将生效"), ("ended", "已失效"), ("all", "全部")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_filter(self)

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RateTableForm(forms.Form):
    """A table to be previewed. A valid form holds what was read in `lines`."""

    file = forms.FileField(
        label="标准表文件",
        allow_empty_file=True,
        help_text="CSV 或 Excel（xlsx）。表头须有：国家、城市、币种、住宿费、伙食费、公杂费；其他列不读。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "请选择标准表文件。"},
    )
    valid_from = forms.DateField(
        label="生效日期", widget=DayInput(), help_text="整张表同一天生效，按出境日对应。"
    )
    source = forms.CharField(
        label="依据", max_length=120, help_text="文件名称和文号，例如：财行〔2017〕434号。"
    )
    whole = forms.BooleanField(
        label="表中出现的国家（地区）以本表为准",
        required=False,
        initial=True,
        help_text="勾选后，这些国家现行的其他城市标准一并止于生效日的前一天。",
    )

    lines: Sequence[RateLine]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "source"):
            speak(self.fields[name])

    def clean_valid_from(self) -> date:
        """A day of this century."""
        return check_day(self.cleaned_data["valid_from"])

    def clean_source(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["source"])

    def clean_file(self) -> Any:
        """Read the table; what cannot be read as a table is said here."""
        file = self.cleaned_data["file"]
        try:
            self.lines = read_table(file.name, file.read())
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return file


class RateConfirmForm(forms.Form):
    """What the preview showed, signed, with the reason and what is given up."""

    preview = forms.CharField(widget=forms.HiddenInput, max_length=MAX_PREVIEW)
    skip_faulty = forms.BooleanField(
        label="有误的行不导入，只导入其余各行",
        error_messages={"required": "有误的行不会导入，请勾选确认，或改好文件重新预览。"},
    )
    reason = reason_field()

    def __init__(self, *args: Any, faulty: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not faulty:
            del self.fields["skip_faulty"]

    def clean_reason(self) -> str:
        """No invisible characters."""
        return clean_text(self.cleaned_data["reason"])


def seal(plan: ImportPlan, *, whole: bool) -> str:
    """Sign what the preview shows, so that exactly this is imported and nothing else."""
    lines = [
        [
            row.line.number,
            row.line.country,
            row.line.city,
            row.line.currency,
            *(str(amount) for amount in row.line.amounts[1:]),
            list(row.line.problems),
        ]
        for row in plan.rows
    ]
    told = {
        "lines": lines,
        "from": plan.valid_from.isoformat(),
        "source": plan.source,
        "whole": whole,
        "digest": plan.digest,
    }
    return signing.dumps(told, salt=SALT, compress=True)


def unseal(text: str) -> dict[str, Any]:
    """Return lines, valid_from, source, whole and digest; `Stale` when it is too old or was altered."""
    try:
        told = signing.loads(text, salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        raise Stale("预览已过期，请重新上传标准表并预览。", "RATES_PREVIEW") from None
    lines = [
        RateLine(number, country, city, currency, *(Decimal(a) for a in amounts), problems=tuple(problems))
        for number, country, city, currency, *amounts, problems in told["lines"]
    ]
    return {
        "lines": lines,
        "valid_from": date.fromisoformat(told["from"]),
        "source": told["source"],
        "whole": told["whole"],
        "digest": told["digest"],
    }
