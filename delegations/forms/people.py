"""Forms of the register of persons and of the passport library."""

from __future__ import annotations

from typing import Any

from django import forms

from delegations.enums import PassportKind
from delegations.forms.approval import pinyin, same_number
from delegations.forms.base import chinese_field, speak
from delegations.forms.lines import day_field
from delegations.forms.passports import DocumentFields
from delegations.models import Traveller
from delegations.rules.person import gender_of, identity_error, mobile_error
from waiban.core.forms import KeepsSealed
from waiban.core.text import clean_text


class TravellerForm(KeepsSealed, forms.ModelForm):
    """A person who may be sent abroad. Personal values show as masks and stay when nothing is typed."""

    birth_date = day_field("出生日期", required=False, help_text="留空时取身份证号中的出生日期。")

    class Meta:
        model = Traveller
        fields = [
            "name",
            "surname_pinyin",
            "given_pinyin",
            "gender",
            "birth_date",
            "id_number",
            "department",
            "title",
            "level",
            "identity",
            "cadre_authority",
            "in_leadership",
            "clearance",
            "declassify_until",
            "phone",
            "retired",
        ]
        formfield_callback = chinese_field

    def __init__(self, *args: Any, office_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.office_id = office_id
        self.fields["department"].queryset = self.fields["department"].queryset.filter(office=office_id)
        self.fields["id_number"].required = not self.instance.id_number
        for field in self.fields.values():
            speak(field)
        if self.instance.pk:
            self.initial["birth_date"] = self.instance.born

    def clean_surname_pinyin(self) -> str:
        """Capitals as in the passport."""
        text = self.cleaned_data["surname_pinyin"]
        return pinyin(text) if text else ""

    def clean_given_pinyin(self) -> str:
        """Capitals as in the passport."""
        text = self.cleaned_data["given_pinyin"]
        return pinyin(text) if text else ""

    def clean_phone(self) -> str:
        """A mobile number."""
        number = clean_text(self.cleaned_data.get("phone") or "", identifier=True)
        if number and (sentence := mobile_error(number)):
            raise forms.ValidationError(sentence)
        return number

    def clean(self) -> dict[str, Any]:
        """The identity number is right, agrees with birth date and gender, and is not another person's."""
        data = super().clean() or self.cleaned_data
        number = clean_text(data.get("id_number") or "", identifier=True) or self.instance.id_number.reveal()
        if number and "id_number" not in self.errors:
            birth, gender = data.get("birth_date"), data.get("gender") or ""
            sentence = identity_error(number, birth=birth, gender=gender)
            if not sentence and same_number(self.instance, number):
                sentence = "该身份证号的人员已登记，请直接选用。"
            if sentence:
                self.add_error("id_number", sentence)
            else:
                data["id_number"] = number
                data["gender"] = gender or gender_of(number)
                digits = number[6:14]
                data["birth_date"] = birth or f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        return data

    def _post_clean(self) -> None:
        """Birth dates are kept as sealed ISO text."""
        born = self.cleaned_data.get("birth_date")
        if born is not None:
            self.cleaned_data["birth_date"] = str(born)
        super()._post_clean()


class PassportForm(DocumentFields):
    """Registering a document in the library; an older one of the same sort is cancelled."""

    def __init__(self, *args: Any, traveller: Traveller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.traveller = traveller
        for field in self.fields.values():
            speak(field)

    def clean(self) -> dict[str, Any]:
        """Number, kind and days fit together."""
        data = super().clean() or self.cleaned_data
        permit = data.get("kind") == PassportKind.HK_MACAO
        self.check_document(self.traveller, entry_date=None, months=0, permit=permit)
        return data
