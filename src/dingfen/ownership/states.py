"""Stages of a dispute by what may still happen in them."""

from dingfen.ownership.models import Dispute

State = Dispute.State
TAKING_EVIDENCE = (State.RAISED, State.EVIDENCE)
TO_RULE = (State.AWAITING_RULING, State.AWAITING_JOINT)
BEFORE_RULING = (*TAKING_EVIDENCE, *TO_RULE)
RULED_ON = (State.RULED, State.APPEALED, State.FINAL)
OPEN = (*BEFORE_RULING, State.RULED, State.APPEALED)
