"""The stored matrix: line (address, sort, state, method) → status → the people who get it.

A visitor without an account is sent to the sign-in page wherever he is not named.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("matrix.json")
WRITE = os.environ.get("WAIBAN_RIGHTS_WRITE") == "1"
"""Set it to write the file anew; then read the diff as what it is, a change of rights."""

ANONYMOUS, SIGN_IN = "anonymous", "302 sign-in"
EVERYBODY = "everybody"
OTHERS = "all others"

PEOPLE = (
    ANONYMOUS,
    "unit_clerk",
    "unit_leader",
    "other_clerk",
    "other_leader",
    "finance",
    "personnel",
    "member1",
    "member2",
    "other_member",
    "passport_clerk",
    "outbound_clerk",
    "outbound_chief",
    "reception_clerk",
    "reception_chief",
    "events_clerk",
    "apec_clerk",
    "translator",
    "deputy_director",
    "director",
    "city_leader",
    "province",
    "enterprise_owner",
    "enterprise_agent",
    "auditor",
    "sysadmin",
)

ADMIN_ASKED = (ANONYMOUS, "unit_clerk", "outbound_chief", "auditor", "sysadmin")
"""Who knocks at each door of Django's admin; it asks everybody for the same mark (`is_staff`)."""

Answers = Mapping[str, str]
"""Line → status, of one person."""


def stored() -> dict[str, dict[str, str]]:
    """Return the matrix as it is stored."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def answers_of(person: str) -> dict[str, str]:
    """Return what the stored matrix promises one person."""
    return {line: answers_of_row(person, row) for line, row in stored().items()}


def answers_of_row(person: str, row: Mapping[str, str]) -> str:
    """Return the status that one line of the stored matrix promises a person; "" for none."""
    for status, people in row.items():
        if person in people.split():
            return status
    if person == ANONYMOUS:
        return SIGN_IN
    return next((status for status, people in row.items() if people.endswith((EVERYBODY, OTHERS))), "")


def store(found: Mapping[str, Answers]) -> None:
    """Write the matrix, one line a row, so that a change of rights is one line of a diff."""
    lines: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for person in PEOPLE:
        for line, status in found[person].items():
            lines[line][status].append(person)
    rows = (f"{json.dumps(line)}: {json.dumps(_row(lines[line]))}" for line in sorted(lines))
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _row(row: dict[str, list[str]]) -> dict[str, str]:
    """Return one line: the visitor only where he is let in, and refusals last, as "all others"."""
    if ANONYMOUS in row.get(SIGN_IN, ()):
        row[SIGN_IN].remove(ANONYMOUS)
    rest = {status: people for status, people in sorted(row.items()) if people}
    signed_in = {status: people for status, people in rest.items() if people != [ANONYMOUS]}
    if not signed_in:
        return dict.fromkeys(rest, ANONYMOUS)
    most = max(signed_in, key=lambda status: (status in ("403", "404"), len(signed_in[status])))
    words = {status: " ".join(people) for status, people in rest.items() if status != most}
    rest_of_them = EVERYBODY if len(signed_in) == 1 else OTHERS
    return {**words, most: f"{ANONYMOUS} and {rest_of_them}" if ANONYMOUS in rest[most] else rest_of_them}
