"""The register of persons and the passport library refuse what cannot be right."""

from datetime import timedelta

import pytest

from delegations.forms.people import PassportForm, TravellerForm
from delegations.models import Traveller
from tests.delegations.desk import give_passport, identity_number, make_traveller
from waiban.accounts.actors import actor_for
from waiban.accounts.models import Department
from waiban.core.time import today


def values(**changes):
    """Return a post that is right."""
    unit = Department.objects.get(name="市商务局")
    return {
        "name": "何新",
        "gender": "male",
        "id_number": identity_number(5),
        "department": unit.pk,
        "level": "division",
        "identity": "civil_servant",
        "cadre_authority": "city",
        "clearance": "none",
        "phone": "13900002618",
        "surname_pinyin": "he",
        "given_pinyin": "XIN",
    } | changes


def person_form(people, instance=None, **changes):
    office = people["unit_clerk"].office_id
    return TravellerForm(values(**changes), instance=instance, office_id=office)


def test_a_person_is_kept_with_birth_date_from_the_number(people):
    form = person_form(people)
    assert form.is_valid(), form.errors
    person = form.save()
    fresh = Traveller.objects.get(pk=person.pk)
    assert fresh.born.isoformat() == "1985-03-07"
    assert (fresh.surname_pinyin, fresh.romanised) == ("HE", "HE XIN")


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"id_number": "371602198503070000"}, "id_number", "校验位"),
        ({"id_number": ""}, "id_number", "请填写身份证号"),
        ({"birth_date": "1986-01-01"}, "id_number", "出生日期与所填"),
        ({"gender": "female"}, "id_number", "性别与所填"),
        ({"phone": "0543"}, "phone", "11 位数字"),
        ({"surname_pinyin": "何"}, "surname_pinyin", "大写字母"),
        ({"name": "何\u200b新"}, "name", "不可见"),
    ],
)
def test_each_fault_stands_at_its_field(people, changes, name, words):
    assert words in person_form(people, **changes).errors[name][0]


def test_a_person_is_registered_once(people):
    make_traveller(people, "何新", 5)
    assert "已登记" in person_form(people).errors["id_number"][0]


def test_an_empty_number_keeps_the_one_on_file(people):
    person = make_traveller(people, "何新", 5)
    form = person_form(people, instance=person, id_number="", phone="", title="处长")
    assert form.is_valid(), form.errors
    form.save()
    fresh = Traveller.objects.get(pk=person.pk)
    assert fresh.id_number.reveal() == identity_number(5)
    assert fresh.title == "处长"


def test_a_document_is_registered_for_its_holder(people):
    person = make_traveller(people, "何新", 5)
    post = {
        "kind": "PE",
        "number": "pe 7654321",
        "issued_on": today() - timedelta(days=3),
        "expires_on": today() + timedelta(days=1800),
    }
    form = PassportForm(post, traveller=person)
    assert form.is_valid(), form.errors
    passport = form.register(person, actor_for(people["passport_clerk"]), None)
    assert passport.number.reveal() == "PE7654321"
    again = PassportForm(post, traveller=person)
    assert "已登记" in again.errors["number"][0]
    assert set(PassportForm({}, traveller=person).errors) == {"kind", "number", "issued_on", "expires_on"}


def test_a_document_that_replaces_one_is_not_the_same(people):
    person = make_traveller(people, "何新", 5)
    old = give_passport(person, actor_for(people["passport_clerk"]), "PE1234567")
    post = {
        "kind": "HM",
        "number": "C01234567",
        "issued_on": today(),
        "expires_on": today() + timedelta(days=1800),
    }
    form = PassportForm(post, traveller=person)
    assert form.is_valid(), form.errors
    form.register(person, actor_for(people["passport_clerk"]), None)
    old.refresh_from_db()
    assert old.custody == "stored"
