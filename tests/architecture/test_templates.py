"""Templates hold nothing that the content security policy forbids, and nothing that leads nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import TemplateDoesNotExist
from django.template.base import Node, Template
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import get_resolver

from tests.architecture.house import PROGRAM, ROOT, TEMPLATES, modules, place, source, templates

INLINE = {
    "style attribute": re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "script without source": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "address of another host": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE),
    "htmx that evaluates": re.compile(r"\bhx-(?:on\b|on:|vals=[\"']js:)", re.IGNORECASE),
}
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)
MAILS = "templates/notices/mail/"
CALLED_BY_PACKAGES = ("allauth/", "account/", "mfa/", "usersessions/", "bootstrap5/")
"""Folders whose templates stand in place of a package's own."""
PAGES = tuple(path for path in templates() if path.suffix == ".html")


def plain(path: Path) -> str:
    """Return a template without its comments."""
    return COMMENT.sub("", source(path))


@pytest.mark.parametrize("path", [p for p in PAGES if not place(p).startswith(MAILS)], ids=place)
def test_a_page_holds_nothing_inline_and_asks_no_other_host(path: Path) -> None:
    assert [name for name, pattern in INLINE.items() if pattern.search(plain(path))] == []


def test_no_drawing_of_ours_has_a_style_or_a_script() -> None:
    drawings = (ROOT / "static").rglob("*.svg")
    assert [place(p) for p in drawings if re.search(r"\sstyle=|<style|<script|\son\w+=", source(p))] == []


@pytest.mark.parametrize("path", PAGES, ids=place)
def test_a_template_can_be_read_and_what_it_names_exists(path: Path) -> None:
    template = get_template(path.relative_to(TEMPLATES).as_posix()).template
    named = {name for node in every_node(template) for name in named_templates(node)}
    assert {name for name in named if not exists(name)} == set()


def every_node(template: Template) -> Iterator[Node]:
    """Yield the nodes of a template at every depth."""
    for node in template.nodelist:
        yield from node.get_nodes_by_type(Node)


def named_templates(node: Node) -> list[str]:
    """Return the template that a node extends or includes, when it is named in words."""
    found = None
    if isinstance(node, ExtendsNode):
        found = node.parent_name.var
    elif isinstance(node, IncludeNode):
        found = node.template.var
    # A SafeString is no part of a path.
    return ["".join(found)] if isinstance(found, str) else []


def exists(name: str) -> bool:
    """Whether a template is found, among ours or a package's."""
    try:
        get_template(name)
    except TemplateDoesNotExist as error:
        return str(error) != name
    return True


def test_every_address_that_a_template_names_exists() -> None:
    known = set(names_of_addresses())
    lost = {}
    for path in PAGES:
        template = get_template(path.relative_to(TEMPLATES).as_posix()).template
        # `{% url … as x %}` asks whether an address exists, and stays empty when it does not.
        urls = (n for n in every_node(template) if isinstance(n, URLNode) and not n.asvar)
        missing = {url.view_name.var for url in urls if isinstance(url.view_name.var, str)} - known
        if missing:
            lost[place(path)] = missing
    assert lost == {}


def names_of_addresses(resolver: object = None, space: str = "") -> Iterator[str]:
    """Yield the names of all addresses with their name spaces."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from names_of_addresses(entry, inner)
        elif entry.name:
            yield f"{space}{entry.name}"


def test_every_static_file_that_a_template_names_exists() -> None:
    named = {
        (place(path), name)
        for path in PAGES
        for name in re.findall(r"\{% static [\"']([^\"']+)[\"'] %\}", plain(path))
    }
    assert {pair for pair in named if finders.find(pair[1]) is None} == set()


def test_no_template_is_left_over() -> None:
    text = "\n".join(source(path) for path in modules(*PROGRAM))
    parts = "\n".join(plain(path) for path in templates())
    unused = set()
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        if name.startswith(CALLED_BY_PACKAGES) or f'"{name}' in text or f'"{name}' in parts:
            continue
        if not named_by_pattern(name, text):
            unused.add(name)
    assert unused == set()


def named_by_pattern(name: str, text: str) -> bool:
    """Whether the code makes the name of a template from parts: f"errors/{status}.html"."""
    patterns = re.findall(r"f\"([\w/{}.\[\]]+\.(?:html|txt))\"", text)
    return any(re.fullmatch(re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(p)), name) for p in patterns)


def test_no_script_or_style_is_left_over() -> None:
    named = "\n".join(source(path) for path in (*templates(), *modules(*PROGRAM)))
    files = [path for kind in ("css", "js") for path in sorted((ROOT / "static" / kind).glob(f"*.{kind}"))]
    imported = "\n".join(source(path) for path in files)
    assert [
        p.name for p in files if f"{p.parent.name}/{p.name}" not in named and f"./{p.name}" not in imported
    ] == []
