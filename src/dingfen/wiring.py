"""Tables that join the parts: which action answers which clock, job or upkeep. Only edges import this."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dingfen import alarms, blobs
from dingfen.accounts import limits
from dingfen.backtests import running as backtests
from dingfen.books.actions import end_due_borrowings
from dingfen.channels import jobs as channels
from dingfen.clocks import upkeep
from dingfen.complaints import learning, recounting, recurrence
from dingfen.complaints.by_channels import Intake
from dingfen.complaints.handlers import HANDLERS as COMPLAINT_CLOCKS
from dingfen.imports import running
from dingfen.ownership.handlers import HANDLERS as OWNERSHIP_CLOCKS
from dingfen.ownership.handover.running import run_one as run_handover
from dingfen.ownership.matches.running import run_one as run_matching
from dingfen.policies.reading import HANDLERS as READING_CLOCKS
from dingfen.policies.reviewing import HANDLERS as REVIEW_CLOCKS
from dingfen.register import witnessing
from dingfen.register.sealing import seal_due_pages

# clock kind -> handler(clock, step, at), called inside the sweep's transaction; must be idempotent
CLOCK_HANDLERS: dict[str, Callable[[Any, str, datetime], None]] = {
    **OWNERSHIP_CLOCKS,
    **REVIEW_CLOCKS,
    **READING_CLOCKS,
    **COMPLAINT_CLOCKS,
}
# name -> (seconds between runs, function(at))
PERIODIC: dict[str, tuple[int, Callable[[datetime], object]]] = {
    "alarms.tell": (300, alarms.tell),
    "blobs.sweep": (3600, blobs.sweep),
    "accounts.sweep_limits": (3600, limits.sweep),
    "accounts.forget_sessions": (86_400, upkeep.forget_sessions),
    "clocks.forget_workers": (3600, upkeep.forget_workers),
    "clocks.fold_write_ahead_log": (300, upkeep.fold_write_ahead_log),
    "clocks.gather_statistics": (3600, upkeep.gather_statistics),
    "register.seal_pages": (60, seal_due_pages),
    "register.witness": (60, witnessing.collect),
    "channels.forget": (86_400, channels.forget),
    "complaints.recurrence": (86_400, recurrence.watch),
    "complaints.recount": (86_400, recounting.follow),
    "books.end_borrowings": (60, end_due_borrowings),
}
# heavy work a person starts: name -> function(at) -> whether it did something
JOBS: dict[str, Callable[[datetime], bool]] = {
    "imports": running.run_one,
    "backtests": backtests.run_one,
    "handovers": run_handover,
    "matching": run_matching,
    "complaints.learn": learning.run_one,
    "channels.poll": channels.poll_one,
    "channels.send": channels.send_one,
    "channels.tell": channels.tell,
    "channels.take": channels.taker(Intake()),
}
