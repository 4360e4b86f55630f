"""F22 and the outside leg of F1: whatever sender or far side suffers, no mail is lost or silently doubled."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.faults.far_side import JOURNAL
from tests.faults.faults import SCALE, Nursery, kill_at_random, say
from tests.notices.house import House
from waiban.accounts.enums import Role
from waiban.core.time import now
from waiban.notices.dispatch import dispatch
from waiban.notices.enums import Channel, State
from waiban.notices.models import Notice
from waiban.notices.services import NoticeRow, enqueue

MAILS = 300 * SCALE
KILLS = 10 * SCALE


def outbox(house: House, count: int) -> None:
    """Mail for `count` matters, to one reader."""
    user = house.person(Role.OUTBOUND_CLERK, name="林晓岚")
    enqueue(
        [
            NoticeRow(user.pk, "near", f"item:{n}", f"临近到期 {n}", channel=Channel.EMAIL)
            for n in range(count)
        ]
    )


def waiting() -> int:
    return Notice.objects.filter(state=State.NEW).count()


def leases_run_out() -> None:
    """Let five minutes pass for every row that a dead dispatcher holds."""
    Notice.objects.filter(state=State.SENDING).update(lease_until=now() - timedelta(seconds=1))


@pytest.mark.timeout(120 * SCALE)
def test_a_killed_dispatcher_loses_no_mail_and_repeats_none_under_another_id(
    house: House, tmp_path: Path
) -> None:
    outbox(house, MAILS)
    journal, started = tmp_path / "journal", time.monotonic()
    journal.touch()
    with Nursery(**{JOURNAL: str(journal)}) as nursery:
        hit = kill_at_random(nursery, "send", 20, KILLS, waiting)
        for _ in range(3):
            leases_run_out()
            nursery.start("send", 20)
            nursery.wait()
    taken = Counter(journal.read_text(encoding="utf-8").split())
    states = Counter(Notice.objects.values_list("state", flat=True))
    unknown = states[State.UNKNOWN]
    again = sum(count - 1 for count in taken.values())
    say(
        "F1-mail",
        kills=KILLS,
        midway=hit,
        mails=MAILS,
        lost=MAILS - len(taken),
        same_id_again=again,
        unknown=unknown,
        seconds=round(time.monotonic() - started),
    )
    assert states[State.SENT] + unknown == MAILS
    assert MAILS - len(taken) <= unknown, "what did not arrive is shown to a person"
    assert max(taken.values()) <= 2, "a mail is sent once more at most, under the same id"
    assert again <= KILLS


@contextmanager
def mail_server(answer: Callable[[socket.socket, int], None]) -> Iterator[int]:
    """A listening port; each connection is handed to `answer` with its number."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def serve() -> None:
            number = 0
            while not over.is_set():
                with suppress(TimeoutError):
                    line, _address = server.accept()
                    number += 1
                    with line, suppress(OSError):
                        line.settimeout(10)
                        answer(line, number)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def converse(line: socket.socket, on_data: Callable[[socket.socket], None]) -> None:
    """Speak just enough SMTP; `on_data` answers when a mail has come in whole."""
    line.sendall(b"220 far side\r\n")
    with line.makefile("rb") as lines:
        in_mail = False
        for text in lines:
            if in_mail:
                if text == b".\r\n":
                    in_mail = False
                    on_data(line)
            elif text.upper().startswith(b"DATA"):
                in_mail = True
                line.sendall(b"354 go on\r\n")
            elif text.upper().startswith(b"QUIT"):
                line.sendall(b"221 bye\r\n")
                return
            else:
                line.sendall(b"250 ok\r\n")


def hang_up(line: socket.socket) -> None:
    line.shutdown(socket.SHUT_RDWR)


def refuse(line: socket.socket) -> None:
    line.sendall(b"554 no\r\n")


def babble(line: socket.socket) -> None:
    line.sendall("你好\r\n".encode())


def stay_silent(line: socket.socket) -> None:
    time.sleep(1.5)


@pytest.mark.parametrize("trouble", [hang_up, refuse, babble, stay_silent])
def test_whatever_the_mail_server_does_the_mail_is_kept_and_sent_later(
    house: House, settings: Settings, trouble: Callable[[socket.socket], None]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    outbox(house, 2)
    got: list[int] = []

    def take(line: socket.socket) -> None:
        got.append(1)
        line.sendall(b"250 taken\r\n")

    with mail_server(lambda line, number: converse(line, trouble)) as settings.EMAIL_PORT:
        assert dispatch() == 0
    assert set(Notice.objects.values_list("state", "attempts")) == {(State.FAILED, 1)}
    assert all(Notice.objects.values_list("error", flat=True))
    Notice.objects.update(send_after=now())
    with mail_server(lambda line, number: converse(line, take)) as settings.EMAIL_PORT:
        assert dispatch() == 2
    assert len(got) == 2


def test_without_any_mail_server_everything_else_goes_on(house: House, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    outbox(house, 3)
    assert dispatch() == 0
    assert Notice.objects.filter(state=State.FAILED).count() == 3
