"""The shared test helpers do what the other tests rely on."""

import socket

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.template import Context, Origin, Template, engines

from tests.conftest import OUR_TEMPLATES, UndefinedVariable


def render(text: str, place: str, **context: object) -> str:
    """Render a template as if it lay at a place."""
    template = Template(text, origin=Origin(name=place), engine=engines["django"].engine)
    return template.render(Context(context))


def test_an_undefined_variable_in_a_template_of_ours_fails() -> None:
    with pytest.raises(UndefinedVariable, match=r"person\.nmae"):
        render("{{ person.nmae }}", f"{OUR_TEMPLATES}/x.html", person="王")


@pytest.mark.parametrize("text", ["{% if person %}x{% endif %}", "{% for x in people %}x{% endfor %}"])
def test_asking_whether_a_variable_is_there_is_allowed(text: str) -> None:
    assert render(text, f"{OUR_TEMPLATES}/x.html") == ""


def test_a_default_is_allowed_to_miss_its_variable() -> None:
    assert render('{{ person|default:"无" }}', f"{OUR_TEMPLATES}/x.html") == "无"


def test_templates_of_packages_are_left_alone() -> None:
    assert render("{{ person }}", "/elsewhere/x.html") == ""


def test_no_test_reaches_another_host() -> None:
    with socket.socket() as line, pytest.raises(AssertionError, match="another host"):
        line.connect(("192.0.2.1", 80))


@pytest.mark.django_db(transaction=True)
class TestTransactional:
    """In either order, the flush after the first must leave the second what migrations made."""

    def lose_everything(self) -> None:
        assert Permission.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM auth_permission")

    def test_rows_of_migrations_are_there(self) -> None:
        self.lose_everything()

    def test_rows_of_migrations_are_there_again(self) -> None:
        self.lose_everything()
