"""The table of the 53 steps is the published one, and its schedule gives the published durations."""

import csv
from datetime import date
from pathlib import Path

import pytest

from delegations.flow import FLOW
from delegations.flow.conditions import CONDITIONS, both, negate
from waiban.accounts.enums import Role
from waiban.workdays.axis import Axis
from waiban.workflow import schedule
from waiban.workflow.definition import Facts, Per, Scope

PUBLISHED = (Path(__file__).parent / "data" / "steps53.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(PUBLISHED.splitlines()))
STAGES = {"备": "prepare", "审": "approve", "护": "passport", "签": "visa", "结": "close"}
ROLES = {
    "组团单位经办人": Role.UNIT_CLERK,
    "组团单位领导": Role.UNIT_LEADER,
    "财政": Role.FINANCE,
    "组织人事": Role.PERSONNEL,
    "出访团员": Role.MEMBER,
    "护照签证专办员": Role.PASSPORT_CLERK,
    "外办出国管理科经办": Role.OUTBOUND_CLERK,
    "外办出国管理科科长": Role.OUTBOUND_CHIEF,
    "外办分管副主任": Role.DEPUTY_DIRECTOR,
    "外办主任": Role.DIRECTOR,
    "市领导": Role.CITY_LEADER,
    "省委外办": Role.PROVINCE,
    "使领馆": Role.MISSION,
}
PLAIN_WEEK = Axis(0, {}, range(2020, 2041))
MEMBERS = (1, 2)

KNOWN = {
    "is_cross_unit": False,
    "needs_opinion": False,
    "needs_province": False,
    "exit_proof_in_use": True,
    "outcomes_exist": True,
}
TO_US = {
    "is_classified": False,
    "needs_new_document": False,
    "biometrics_on_file": True,
    "needs_visa": True,
    "presence_required": True,
    "enters_without_sticker": False,
}
NEW_PASSPORT = {"needs_new_document": True, "biometrics_on_file": False}
VISA_FREE = {"needs_visa": False, "presence_required": False, "enters_without_sticker": True}

CASES = [
    # name, fast, facts of the case, facts of the second member, changed limits, working days, calendar days
    ("A fast US", True, {}, {}, {}, 16.0, (22, 22)),
    ("B A-2 visa", True, {}, {"presence_required": False}, {"visa_adjudicate": 7}, 16.0, (22, 22)),
    ("C province", True, {"needs_province": True}, {}, {}, 19.5, (26, 28)),
    ("D new passport", True, {}, NEW_PASSPORT, {}, 21.5, (30, 32)),
    ("E province and passport", True, {"needs_province": True}, NEW_PASSPORT, {}, 25.0, (33, 35)),
    ("F opinion", True, {"needs_opinion": True}, {}, {}, 21.0, (29, 29)),
    ("G standard US", False, {}, {}, {}, 36.5, (51, 53)),
    ("H standard, passport", False, {}, NEW_PASSPORT, {}, 48.5, (67, 69)),
    (
        "I standard, everything",
        False,
        {"needs_province": True, "needs_opinion": True, "is_cross_unit": True},
        NEW_PASSPORT,
        {},
        61.5,
        (86, 88),
    ),
    ("J fast, visa-free", True, {}, VISA_FREE, {}, 11.5, (16, 18)),
    ("K standard, visa-free, passport", False, {}, VISA_FREE | NEW_PASSPORT, {}, 28.0, (38, 40)),
]


def items_of(members):
    """Return the (step, member) pairs of a case in an order that puts predecessors first."""
    return [
        (step, member) for step in FLOW.order for member in (members if step.per is Per.MEMBER else (None,))
    ]


def run(facts, *, fast, start, limits=None, members=MEMBERS, before_done=True, until="departure"):
    """Return the boundary at which `until` is over, steps up to T0 being done at the boundary `start`."""
    pairs = items_of(members)
    place = {(step.key, member): position for position, (step, member) in enumerate(pairs)}
    upstream = {s.key for s in FLOW.steps if FLOW.anchor in FLOW.descendants[s.key]} | {FLOW.anchor}
    nodes = []
    for step, member in pairs:
        preds = tuple(
            position
            for (key, other), position in place.items()
            if key in step.after and (member is None or other in (None, member))
        )
        limit = (limits or {}).get(step.key, step.fast if fast else step.limit)
        done = start if before_done and step.key in upstream else None
        skipped = FLOW.applies(step, Facts(facts), member) is False
        nodes.append(schedule.Node(limit, preds, skipped, done))
    goal = place[(until, None)]
    found = schedule.plan(
        nodes, base=start, now=start - 1, axis=PLAIN_WEEK, goal=goal, end=len(nodes) - 1, target=None
    )
    return found.goal_finish


def facts_for(case, second):
    """Return facts of a case with two members; what the second member needs the first may not."""
    everybody = TO_US | {k: v for k, v in second.items() if k in VISA_FREE}
    return {"case": KNOWN | case, "members": {"1": everybody, "2": TO_US | second}}


@pytest.mark.parametrize(
    ("name", "fast", "case", "second", "limits", "workdays", "calendar"), CASES, ids=[row[0] for row in CASES]
)
def test_published_durations_are_reproduced(name, fast, case, second, limits, workdays, calendar):
    lengths = []
    for weekday in range(5):
        day = date(2026, 3, 2 + weekday)
        start = PLAIN_WEEK.index(day)
        finish = run(facts_for(case, second), fast=fast, start=start, limits=limits)
        assert (finish - start) / 2 == workdays
        lengths.append((PLAIN_WEEK.end_of(finish).date() - day).days + 1)
    assert (min(lengths), max(lengths)) == calendar


def test_the_whole_graph_takes_132_working_days():
    facts = {
        "case": KNOWN | {"is_cross_unit": True, "needs_opinion": True, "needs_province": True},
        "members": {"1": TO_US | NEW_PASSPORT | {"is_classified": True, "enters_without_sticker": True}},
    }
    start = PLAIN_WEEK.index(date(2026, 3, 2))
    finish = run(facts, fast=False, start=start, members=(1,), before_done=False, until="archive")
    assert (finish - start) / 2 == 132.0


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_each_step_is_the_published_row(row):
    step = FLOW.by_key[row["code"]]
    assert step.no == int(row["no"])
    assert (step.name, step.name_en) == (row["name_zh"], row["name_en"])
    assert (step.stage, step.phase) == (STAGES[row["stage"]], row["phase"].split(" ", 1)[1])
    assert step.who == ROLES[row["role"]]
    assert step.after == tuple(key for key in row["predecessors"].split(";") if key)
    assert (step.limit, step.fast) == (
        float(row["working_days"]) * 2,
        float(row["fast_working_days"]) * 2,
    )
    assert step.outside is (row["external_wait"] == "yes")
    assert step.per == row["scope"].replace("delegation", "case")
    assert bool(step.when) is row["condition"].startswith("if ")
    assert step.inputs == tuple(row["inputs"].split("；"))
    assert step.outputs == tuple(row["outputs"].split("；"))


def test_returns_are_the_published_ones_but_for_the_outcomes():
    for row in ROWS:
        published = tuple(key for key in row["returns_to"].split(";") if key)
        if row["code"] == "outcome_register":
            published = ()
        if row["code"] == "archive":
            published = (*published, "outcome_register")
        assert FLOW.by_key[row["code"]].returns == published


def test_the_table_has_the_published_counts():
    assert [step.no for step in FLOW.steps] == list(range(1, 54))
    assert sum(bool(step.when) for step in FLOW.steps) == 20
    assert sum(step.outside for step in FLOW.steps) == 19
    assert sum(step.per is Per.CASE for step in FLOW.steps) == 35
    by_stage = [sum(step.stage == stage.key for step in FLOW.steps) for stage in FLOW.stages]
    assert by_stage == [6, 18, 9, 13, 7]
    assert [step.key for step in FLOW.steps if not step.after] == ["annual_plan_declare"]
    assert [key for key, below in FLOW.successors.items() if not below] == ["archive"]


def test_every_step_has_the_words_that_people_read():
    for step in FLOW.steps:
        assert step.short and len(step.short) <= 7, step.short
        assert step.public and step.verb and step.basis
        assert step.when in CONDITIONS or not step.when
        assert not step.when or step.condition_text


def test_return_targets_lie_upstream():
    for step in FLOW.steps:
        for key in step.returns:
            assert step.key in FLOW.descendants[key]


def test_holders_without_an_account_have_somebody_who_records_for_them():
    for step in FLOW.steps:
        if step.who in {Role.MISSION, Role.PROVINCE, Role.MEMBER}:
            assert step.recorders, step.key


def test_steps_of_the_unit_stay_with_the_unit_that_runs_the_case():
    for step in FLOW.steps:
        assert (step.scope is Scope.UNIT) is (step.who in {Role.UNIT_CLERK, Role.UNIT_LEADER})


def test_deciders_are_the_reviewing_steps():
    assert [step.no for step in FLOW.steps if step.decides] == [8, 10, 11, 16, 18, 19, 20, 21, 23]


def test_visa_form_waits_only_for_the_visa_check_when_the_passport_is_valid():
    facts = Facts({"case": KNOWN, "members": {"1": TO_US, "2": TO_US | NEW_PASSPORT}})
    making = (
        "bio_collect",
        "passport_form",
        "passport_review_submit",
        "passport_make",
        "passport_collect_register",
    )
    for key in making:
        assert FLOW.applies(FLOW.by_key[key], facts, 1) is False
        assert FLOW.applies(FLOW.by_key[key], facts, 2) is True
    assert FLOW.by_key["visa_form_fill"].after == ("visa_requirement_check", "passport_collect_register")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (True, True, True),
        (True, False, False),
        (None, False, False),
        (False, None, False),
        (None, True, None),
        (True, None, None),
    ],
)
def test_three_valued_and(left, right, expected):
    assert both(left, right) is expected


def test_three_valued_not():
    assert [negate(value) for value in (True, False, None)] == [False, True, None]


def test_conditions_do_not_know_what_nobody_has_told_them():
    nothing = Facts({})
    assert {name: ask(nothing, 1) for name, ask in CONDITIONS.items()} == dict.fromkeys(CONDITIONS)


def test_biometrics_on_file_are_used_again():
    facts = Facts({"members": {"1": {"needs_new_document": True, "biometrics_on_file": True}}})
    assert CONDITIONS["needs_biometrics"](facts, 1) is False


def test_exit_proof_can_be_switched_off_for_the_whole_office():
    facts = Facts({"case": {"exit_proof_in_use": False}, "members": {"1": {"enters_without_sticker": True}}})
    assert CONDITIONS["needs_exit_proof"](facts, 1) is False
