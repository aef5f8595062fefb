"""What can be done with approval requests. The one way in for pages, interfaces, cards and timers alike."""

from approvals.people import NoApprover
from approvals.routes import NoRoute
from approvals.services.deciding import (
    Action,
    AlreadyDecided,
    CommentMissing,
    NotYourTurn,
    SlotNotFound,
    approve_many,
    decide,
)
from approvals.services.holding import RequestNotFound, lock_request
from approvals.services.leaving import reassign_left
from approvals.services.moving import CannotTakeOver, NotTheApplicant, transfer, withdraw
from approvals.services.opening import open_request

__all__ = [
    "Action",
    "AlreadyDecided",
    "CannotTakeOver",
    "CommentMissing",
    "NoApprover",
    "NoRoute",
    "NotTheApplicant",
    "NotYourTurn",
    "RequestNotFound",
    "SlotNotFound",
    "approve_many",
    "decide",
    "lock_request",
    "open_request",
    "reassign_left",
    "transfer",
    "withdraw",
]
