"""A flow with a mistake in its table is found before the site starts, each kind of mistake by its number."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.checks import run_checks

from tests.workflow.sample import CONDITIONS, HALL
from waiban.workflow import registry
from waiban.workflow.checks import check_binding, check_flows
from waiban.workflow.definition import Flow, Per, Step
from waiban.workflow.forms import OpinionForm, StepForm

FORM = f"{OpinionForm.__module__}.{OpinionForm.__qualname__}"


def binding(flow: Flow, **forms: str) -> registry.Binding:
    """Bind a flow for a check."""
    return registry.Binding(flow=flow, label="", menu_url="", record_url=str, forms=forms)


def changed(which: str, **values: Any) -> Flow:
    """Return the invented flow with one step changed."""
    return replace(HALL, steps=tuple(replace(s, **values) if s.key == which else s for s in HALL.steps))


def without(*keys: str) -> Flow:
    """Return the invented flow with some steps taken out."""
    return replace(HALL, steps=tuple(step for step in HALL.steps if step.key not in keys))


def extra(**values: Any) -> Flow:
    """Return the invented flow with one more step."""
    more = replace(HALL.steps[0], no=15, key="more", submits=False, **values)
    return replace(HALL, steps=(*HALL.steps, more))


BROKEN: list[tuple[str, str, Flow]] = [
    ("E001", "not numbered 1 to 13", without("roster")),
    ("E001", "not numbered", changed("ask", no=2)),
    ("E002", "the key ask belongs to 2 steps", changed("roster", key="ask")),
    ("E003", "names the step nowhere", changed("roster", after=("nowhere",))),
    ("E003", "names the step nowhere", changed("roster", returns=("nowhere",))),
    ("E004", "wait for one another", changed("accept", after=("ask", "study"))),
    ("E005", "waits for nothing, not ['ask', 'more']", extra(after=())),
    ("E006", "nothing waits for, not ['close', 'more']", extra(after=("ask",))),
    ("E007", "the anchor 'nowhere'", replace(HALL, anchor="nowhere")),
    ("E007", "the goal 'photo' must be a step of the case", replace(HALL, goal="photo")),
    ("E008", "sends back to close", changed("roster", returns=("close",))),
    ("E008", "sends back to roster", changed("roster", returns=("roster",))),
    ("E008", "knows no reasons", replace(HALL, return_reasons={})),
    ("E009", "step 10 (roster) names the role boss", changed("roster", who="boss")),
    ("E009", "names the role boss", changed("roster", recorders=("boss",))),
    ("E009", "the flow names the role boss", replace(HALL, managers=("boss",))),
    ("E009", "the flow names the role boss", replace(HALL, withdrawers=("boss",))),
    ("E009", "the flow names the role boss", replace(HALL, member_role="boss")),
    ("E010", "applies when it_rains", changed("roster", when="it_rains")),
    ("E010", "which is no condition", replace(HALL, conditions={**CONDITIONS, "any_badge": True})),
    ("E011", "the condition any_badge is used by no step", changed("roster", when="")),
    ("E012", "step 10 (roster) has no name, short, public, verb, basis",
     changed("roster", name="", short="", public="", verb="", basis="")),
    ("E012", "longer than 9 characters", changed("roster", short="十个字的短名实在太长")),
    ("E013", "has the limits -1 and 1", changed("roster", limit=-1)),
    ("E013", "has the limits 2 and 0", changed("roster", fast=0)),
    ("E013", "has the limits 2 and 3", changed("roster", fast=3)),
    ("E013", "has the limits -2 and -2", changed("key", limit=-2, fast=-2)),
    ("E014", "lies in the stage attic", changed("roster", stage="attic")),
    ("E015", "needs both", changed("hand_in", calendar_from="")),
    ("E015", "needs both", changed("hand_in", calendar_days=0)),
    ("E015", "no step brings the date some_day", changed("hand_in", calendar_from="some_day")),
]  # fmt: skip


def test_the_invented_flow_has_no_mistake() -> None:
    assert check_binding(binding(HALL, ask=FORM)) == []


@pytest.mark.parametrize(
    ("number", "words", "flow"), BROKEN, ids=[f"{number}-{words}" for number, words, _flow in BROKEN]
)
def test_each_mistake_is_found(number: str, words: str, flow: Flow) -> None:
    found = check_binding(binding(flow))
    assert f"workflow.{number}" in {error.id for error in found}
    assert any(words in error.msg for error in found), [error.msg for error in found]
    assert {error.obj for error in found} == {"hall v1"}


def test_an_island_in_the_net_is_found() -> None:
    lost = Step(15, "lost", "失", "失", "失", "ask", "前", "director", 2, 1, after=("found",), basis="建议值")
    found = Step(
        16, "found", "得", "得", "得", "ask", "前", "director", 2, 1, after=("lost",), basis="建议值"
    )
    circle = replace(HALL, steps=(*HALL.steps, lost, found))
    assert [error.id for error in check_binding(binding(circle))] == ["workflow.E004"]
    second = replace(lost, after=())
    island = replace(HALL, steps=(*HALL.steps, second, replace(found, after=("lost", "close"))))
    numbers = [error.id for error in check_binding(binding(island))]
    assert "workflow.E005" in numbers and "workflow.E006" not in numbers


@pytest.mark.parametrize(
    ("forms", "words"),
    [
        ({"nowhere": FORM}, "is bound to nowhere, which is no step"),
        ({"ask": "waiban.workflow.forms.NoSuchForm"}, "cannot be imported"),
        ({"ask": "nowhere.at.all"}, "cannot be imported"),
        ({"ask": "waiban.workflow.forms.ActForm"}, "is no StepForm"),
        ({"ask": "waiban.workflow.forms.PHRASES"}, "is no StepForm"),
    ],
)
def test_a_form_must_be_a_form_of_a_step(forms: dict[str, str], words: str) -> None:
    found = check_binding(binding(HALL, **forms))
    assert [error.id for error in found] == ["workflow.E016"]
    assert words in found[0].msg
    assert issubclass(OpinionForm, StepForm)


@pytest.fixture
def register() -> Iterator[Callable[[Flow], None]]:
    """Register versions of the invented flow for one test."""
    yield lambda flow: registry.register(binding(flow))
    registry.unregister(HALL.key)


def test_a_key_keeps_its_meaning_through_all_versions(register: Callable[[Flow], None]) -> None:
    register(HALL)
    register(replace(changed("roster", limit=9, name_en=""), version=2))
    assert check_flows() == []
    register(replace(changed("roster", name="点名"), version=3))
    register(replace(changed("photo", per=Per.CASE, when=""), version=4))
    found = check_flows()
    assert [(error.obj, error.id) for error in found] == [
        ("hall v3", "workflow.E017"),
        ("hall v4", "workflow.E017"),
    ]


def test_django_runs_the_checks_at_every_start(register: Callable[[Flow], None]) -> None:
    register(changed("roster", who="boss"))
    assert "workflow.E009" in {error.id for error in run_checks()}


def test_the_flows_that_the_office_runs_have_no_mistake() -> None:
    assert check_flows() == []
