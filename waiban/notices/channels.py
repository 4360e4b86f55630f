"""How a notice leaves the house: one sender for each outside channel."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from waiban.notices.enums import Channel
from waiban.notices.models import Notice
from waiban.notices.rules import message_id, scrub


class Sender(Protocol):
    """One outside channel. `idempotent` says whether the far side can tell a second copy by its id."""

    idempotent: bool

    def send(self, notice: Notice) -> None:
        """Hand one notice over; raises when it was not taken, or when nobody knows."""

    def close(self) -> None:
        """Let go of the connection."""


class MailSender:
    """E-mail through Django's mail backend: files in demo mode, SMTP in an office."""

    idempotent = True  # a mail carries its Message-ID, and mail systems drop a second copy

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, notice: Notice) -> None:
        """Send one mail, reusing the connection of the batch."""
        if self._connection is None:
            self._connection = get_connection()
            self._connection.open()
        if not self._connection.send_messages([compose_mail(notice)]):
            raise OSError("邮件服务器没有接收")

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


SENDERS: dict[str, type[Sender]] = {Channel.EMAIL: MailSender}
"""Channels that can be sent through; rows of a channel without a sender stay in the outbox."""


def compose_mail(notice: Notice) -> EmailMultiAlternatives:
    """Return the mail of a notice (needs `recipient` loaded): text and HTML, no personal numbers.

    The Message-ID is derived from the identity of the row, so sending again sends the same mail.
    """
    portal = settings.PORTAL_URL.rstrip("/")
    context = {
        "notice": notice,
        "title": scrub(notice.title),
        "body": scrub(notice.body),
        "name": notice.recipient.name,
        "link": f"{portal}{reverse('notices:open', args=[notice.pk])}",
        "portal": portal,
    }
    prefix = "【迟发】" if notice.late else ""
    mail = EmailMultiAlternatives(
        subject=f"{prefix}{context['title']} - 外办一点通",
        body=render_to_string("notices/mail/notice.txt", context),
        to=[notice.recipient.email],
        headers={"Message-ID": message_id(notice.key, portal), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notices/mail/notice.html", context), "text/html")
    return mail
