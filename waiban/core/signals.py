"""Signals by which core tells the apps to its right what happened; `audit` writes it down."""

from django.dispatch import Signal

# A list left the portal as a file. Arguments: actor, title, rows (int), columns (list of titles), sha256.
exported = Signal()
# Somebody was refused. Arguments: request, message, code.
refused = Signal()
# Anything else worth a line in the audit log, sent by apps that lie left of audit.
# Arguments: actor_id (int or None), kind (audit.enums.AuditKind value), object_label, object_id, detail
# (dict), request.
noted = Signal()
