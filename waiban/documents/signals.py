"""What happens to files, told to whoever keeps the record (audit).

Each signal carries `document` and `actor` (Actor); `uploaded` and `withdrawn` are sent inside the transaction
of the act, so that an act that cannot be recorded does not happen; `downloaded` before the first byte leaves.
"""

from django.dispatch import Signal

uploaded = Signal()
withdrawn = Signal()
downloaded = Signal()
