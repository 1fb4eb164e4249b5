# Generated from calls/client.py by tools/generate_sync.py. Do not edit.
"""The client: all calls in one class."""

from __future__ import annotations

from .catalogue import CatalogueCalls
from .check import CheckCalls
from .exemptions import ExemptionCalls
from .leniency import LeniencyCalls
from .outcomes import OutcomeCalls
from .receipts import ReceiptCalls
from .rule_sets import RuleSetCalls


class Client(CheckCalls, LeniencyCalls, ExemptionCalls, OutcomeCalls, ReceiptCalls, RuleSetCalls, CatalogueCalls):
    """Asks a Credit Gate service. Use it as a context manager; it may be shared by threads and by event loops.

    `timeout` is in seconds and covers a call with all its retries. A key is sent over TLS or to this machine only.
    """
