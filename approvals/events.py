"""What approvals announce, inside the transaction of the decision: a receiver that fails undoes the decision.

Every signal carries `request` (as it stands now, locked), `slot` (None for a withdrawal), `actor`, `at`, `comment`.
The sender is the ApprovalRequest class. For a decision `step_decided` comes first, then the outcome, if it is one.
"""

from django.dispatch import Signal

step_decided = Signal()  # one approver answered; also carries `action`
request_returned = Signal()  # back to the submitter, who may mend it and send it again
request_withdrawn = Signal()  # the submitter took it back
request_approved = Signal()  # the last step is done
request_rejected = Signal()  # for good
