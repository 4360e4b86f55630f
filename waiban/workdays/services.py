"""Acts on the working calendar, and the one door to the axis that all deadlines are counted on."""

from waiban.workdays.axis import Axis
from waiban.workdays.queries import current_version, exceptions, published_years

_cache: dict[str, Axis] = {}


def current_axis() -> Axis:
    """Return the axis of the calendar now in force. One cheap query; the table is built once per process."""
    return axis_for(current_version())


def axis_for(version: int) -> Axis:
    """Return the axis when the caller has just read the version; no query when this process has it.

    Only the calendar in force is kept in the database: an older version yields the axis in force, whose
    ``version`` tells so.
    """
    axis = _cache.get("axis")
    if axis is None or axis.version != version:
        axis = _cache["axis"] = _build()
    return axis


def _build() -> Axis:
    """Read rows until no import came between: a version never names a mixture of two calendars."""
    while True:
        version = current_version()
        axis = Axis(version, exceptions(), published_years())
        if current_version() == version:
            return axis
