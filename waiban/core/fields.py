"""Model fields for personal values: encrypted text that shows its mask, and the blind index beside it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from waiban.core.crypto import CannotOpen, blind_index, seal, unseal
from waiban.core.masks import MASKS, mask_id, mask_passport, mask_phone
from waiban.core.text import clean_text

__all__ = [
    "BlindIndexField",
    "EncryptedTextField",
    "Sealed",
    "SealedFormField",
    "blind_index",
    "index_of",
    "mask_id",
    "mask_passport",
    "mask_phone",
]

UNREADABLE = "（无法读取）"


class Token(str):
    """Ciphertext as it came from the database; tells it apart from a plain string that somebody typed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Sealed:
    """A personal value in the hands of the program. Printing it gives the mask, never the value."""

    context: str
    kind: str
    token: str = ""
    plain: str = ""

    def reveal(self) -> str:
        """Return the plain value. Pages go through `audit.services.reveal`, which also logs the opening.

        Raises CannotOpen when the ciphertext was damaged or moved from another row.
        """
        if self.token:
            return unseal(self.token, self.context)
        return self.plain

    @property
    def mask(self) -> str:
        """The value with its middle hidden; a value that cannot be opened says so instead of failing the
        page.
        """
        if not self:
            return ""
        try:
            return MASKS[self.kind](self.reveal())
        except CannotOpen:
            return UNREADABLE

    def to_token(self) -> str:
        """Return the ciphertext for the database, sealing a value that is still plain."""
        if self.token or not self.plain:
            return self.token
        return seal(self.plain, self.context)

    def __bool__(self) -> bool:
        return bool(self.token or self.plain)

    def __str__(self) -> str:
        return self.mask

    def __repr__(self) -> str:
        return f"<Sealed {self.kind}>"


class SealedAttribute(DeferredAttribute):
    """Gives a `Sealed` on reading; accepts a plain string, or a `Sealed` of any row, on writing."""

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        return self.field.sealed(instance, super().__get__(instance, cls))

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Sealed):
            # The same row read again keeps its ciphertext; a value of another row is opened, to be sealed
            # for this.
            binding = instance.__dict__.get(self.field.bound_to)
            same = value.token and value.context == self.field.context_for(binding)
            value = Token(value.token) if same else value.reveal()
        instance.__dict__[self.field.attname] = value


class SealedFormField(forms.CharField):
    """Input for an encrypted value: never shows the stored one; left empty on an existing record it keeps
    it.

    Use `core.forms.KeepsSealed` in the form, which also shows the mask as placeholder.
    """

    def prepare_value(self, value: Any) -> Any:
        return "" if isinstance(value, Sealed) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)

    def clean(self, value: Any) -> str:
        text = clean_text(super().clean(value) or "")
        if "*" in text:
            raise ValidationError("请输入完整内容，不能含有星号（*）。", code="masked")
        return text


class EncryptedTextField(models.TextField):
    """Text stored as AES-256-GCM ciphertext, bound to the row's uuid in column `bound_to`.

    mask: "id", "passport", "phone" or "text". Searching is possible only through a BlindIndexField.
    `QuerySet.update()` with a plain string is refused, because the row is not known there.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, bound_to: str = "binding", mask: str = "text", **kwargs: Any) -> None:
        self.bound_to = bound_to
        self.mask = mask
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound_to": self.bound_to, "mask": self.mask}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        names = {field.name for field in self.model._meta.get_fields()}
        if self.bound_to not in names:
            found.append(checks.Error(f"{self} needs a UUIDField named {self.bound_to!r}.", id="waiban.E101"))
        if self.mask not in MASKS:
            found.append(checks.Error(f"{self} names an unknown mask {self.mask!r}.", id="waiban.E102"))
        return found

    def context_of(self, instance: models.Model) -> str:
        """Return the associated data "app.model.field|uuid" of this row."""
        return self.context_for(getattr(instance, self.bound_to))

    def context_for(self, binding: Any) -> str:
        """Return the associated data of the row with this uuid."""
        return f"{self.model._meta.label_lower}.{self.name}|{binding}"

    def sealed(self, instance: models.Model, value: Any) -> Sealed:
        """Wrap what the instance holds: a token from the database or a plain string from the program."""
        if isinstance(value, Token):
            return Sealed(self.context_of(instance), self.mask, token=str(value))
        return Sealed(self.context_of(instance), self.mask, plain=value or "")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Token | None:
        return None if value is None else Token(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.to_token()
        if isinstance(value, Token) or not value:
            return value
        raise FieldError(f"{self} is encrypted for its row: assign the value to an instance and save it.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self} is encrypted: search through its blind index.")

    def value_to_string(self, obj: models.Model) -> str:
        return getattr(obj, self.attname).to_token()

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data:
            super().save_form_data(instance, data)

    def formfield(self, **kwargs: Any) -> forms.Field:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        # Past TextField, which would choose a textarea, and past any other class: a mask must never be
        # stored.
        return super(models.TextField, self).formfield(**{**kwargs, "form_class": SealedFormField})


class BlindIndexField(models.CharField):
    """Keyed fingerprint of the encrypted field `of`, filled on every save; for exact search and
    uniqueness.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(max_length=64, editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        plain = getattr(model_instance, self.of).reveal()
        value = blind_index(plain, f"{self.model._meta.label_lower}.{self.of}")
        setattr(model_instance, self.attname, value)
        return value


def index_of(model: type[models.Model], field: str, value: str) -> str:
    """Return what the BlindIndexField of `model.field` holds for a typed value; use it in `filter()`."""
    return blind_index(value, f"{model._meta.label_lower}.{field}")
