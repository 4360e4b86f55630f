"""Parts that forms of all apps share."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction

from waiban.core.fields import SealedFormField
from waiban.core.models import SavedView


class DayInput(forms.DateInput):
    """The browser's own date field; it reads and writes ISO days whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class KeepsSealed:
    """Mixin for model forms with encrypted fields: an existing value shows as mask and stays when nothing
    is typed.

    Its inputs carry `data-private`, so that `draft.js` never keeps them in the browser.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, SealedFormField):
                field.widget.attrs["data-private"] = ""
                stored = getattr(self.instance, name, None)
                if self.instance.pk and stored:
                    field.required = False
                    field.widget.attrs["placeholder"] = stored.mask
                    field.help_text = "留空则保持不变。"


class SavedViewForm(forms.ModelForm):
    """Name for the filters of a list."""

    class Meta:
        model = SavedView
        fields = ["page", "name", "query", "shared"]
        widgets = {"page": forms.HiddenInput, "query": forms.HiddenInput}
        error_messages = {"name": {"required": "请给这个视图起一个名称。"}}

    def clean_query(self) -> str:
        """Filters only: a saved place within the pages would be meaningless tomorrow."""
        pairs = self.cleaned_data["query"].lstrip("?").split("&")
        return "&".join(pair for pair in pairs if pair and not pair.startswith(("cursor=", "page=")))

    def save_once(self) -> bool:
        """Save; tell whether it was done. A name used already, by a double click too, becomes a sentence."""
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            self.add_error("name", "您已有同名的视图，请换一个名称。")
            return False
        return True
