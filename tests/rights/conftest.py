"""One world for all rights tests of a process: built once, and every request is rolled back."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from tests.rights.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """The people and the three delegations."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "MEDIA_ROOT", Path(tmp_path_factory.mktemp("files")))
        logging.disable(logging.CRITICAL)  # ten thousand requests, two lines each
        yield build()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
