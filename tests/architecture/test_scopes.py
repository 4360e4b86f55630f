"""Every row that people read is reached through a scope."""

from django.apps import apps
from django.db.models import Model

from tests.architecture.house import PRODUCT

WITHOUT_SCOPE = {
    "accounts.PasswordRecord": "hashes of former passwords; no page reads them",
    "workdays.CalendarVersion": "a counter that caches compare; no page reads it",
    "documents.OfficialSeries": "the next number of a series, taken under a lock; no page reads it",
    "workflow.Signature": "read by the engine and fetched with the person it asks: signer=request.user",
    "workflow.Pause": "intervals that the engine subtracts; the log tells them",
    "workflow.StepSetting": "settings of an office, listed by a page that filters by the actor's office",
    "workflow.StepSettingChange": "history of those settings, on the same page",
}
"""Model → why it has no `visible_to`."""


def ours() -> dict[str, type[Model]]:
    """Return the models of the project by label."""
    return {
        model._meta.label: model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PRODUCT and not model._meta.auto_created
    }


def test_every_model_has_a_scope_or_a_reason() -> None:
    bare = {label for label, model in ours().items() if not hasattr(model._default_manager, "visible_to")}
    assert bare - set(WITHOUT_SCOPE) == set()


def test_every_reason_is_still_needed() -> None:
    needed = {label for label, model in ours().items() if not hasattr(model._default_manager, "visible_to")}
    assert set(WITHOUT_SCOPE) - needed == set()
