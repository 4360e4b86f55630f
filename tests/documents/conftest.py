"""A case with an item and two members, the demo people around it, and the rule of who may hand in papers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.documents import bad_files as bad
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import Department, User
from waiban.core.time import now
from waiban.documents import access
from waiban.documents.access import Slot
from waiban.documents.models import Document
from waiban.documents.services import store_upload
from waiban.workflow.models import Case, Participant, WorkItem

HANDS_IN = ("unit_clerk", "outbound_clerk", "outbound_chief", "passport_clerk", "member")


@dataclass
class Group:
    """One case with people around it."""

    case: Case
    item: WorkItem
    first: Participant  # member1
    second: Participant  # member2
    people: dict[str, User]

    def actor(self, username: str) -> Actor:
        return actor_for(self.people[username])

    def upload(self, username: str = "unit_clerk", content: bytes = b"", **more: Any) -> Document:
        given = {"case_id": self.case.pk, "paper": "邀请函", **more}
        name = given.pop("name", "邀请函.pdf")
        file = SimpleUploadedFile(name, content or bad.pdf())
        return store_upload(upload=file, actor=self.actor(username), **given)


def may_hand_in(actor: Actor, case: Any, item: Any) -> bool:
    """The rule of the tests: some roles, whatever the step."""
    return actor.has(*HANDS_IN)


def wanted(case: Any, item: Any) -> list[Slot]:
    return [Slot("邀请函", hint="外方签字"), Slot("日程安排表"), Slot("护照复印件", required=False)]


@pytest.fixture(autouse=True)
def rules(monkeypatch) -> None:
    monkeypatch.setattr(access, "_rules", [may_hand_in])
    monkeypatch.setattr(access, "_listers", [wanted])


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    yield


def found_group() -> Group:
    people = load_demo_accounts()
    unit = Department.objects.get(name="市商务局")
    case = Case.objects.create(
        office=unit.office,
        flow_key="tea",
        reference="滨外出〔2026〕26号",
        title="赴美国经贸招商团组",
        department=unit,
        owner=people["unit_clerk"],
        started_at=now(),
        last_activity_at=now(),
    )
    item = WorkItem.objects.create(
        case=case, step_key="brew", step_no=1, role="unit_clerk", limit=2, state="ready", ready_at=now()
    )
    members = [
        Participant.objects.create(case=case, user=people[name], name=people[name].name, joined_at=now())
        for name in ("member1", "member2")
    ]
    return Group(case, item, *members, people)


@pytest.fixture
def group(db: None) -> Group:
    return found_group()


@pytest.fixture
def signed_in(group: Group) -> Callable[[str], Client]:
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(group.people[username])
        return client

    return sign_in
