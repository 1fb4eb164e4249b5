"""A chain of receipts: one for each worker process, each receipt naming the hash of the one before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from .hashing import Algorithm, hash_of
from .receipt import Draft, Receipt, draw, make_receipt

NO_HASH = "0" * 64
"""What a chain's first receipt names as the hash before it."""


class Chain:
    """The place where the next receipt goes. It moves on only when receipts are durable."""

    def __init__(self, algorithm: str = Algorithm.SHA256, environment: str = "") -> None:
        """`environment`: its digest. Raises SetupFault for an algorithm that is not on this machine."""
        hash_of(algorithm)
        self.algorithm = algorithm
        self.environment = environment
        self.id = "c-" + secrets.token_hex(16)
        self.number = 0
        self.hash = NO_HASH

    def link(self, drafts: Sequence[Draft], now: datetime) -> list[Receipt]:
        """Receipts for the next places, in order. The chain itself does not move."""
        receipts: list[Receipt] = []
        previous = self.hash
        for number, (draft, drawn) in enumerate(zip(drafts, draw(len(drafts)), strict=True), start=self.number + 1):
            receipt = make_receipt(
                draft,
                chain=self.id,
                number=number,
                previous_hash=previous,
                now=now,
                drawn=drawn,
                algorithm=self.algorithm,
                environment=self.environment,
            )
            receipts.append(receipt)
            previous = receipt.hash
        return receipts

    def moved_to(self, receipt: Receipt) -> None:
        """The receipt is durable: the next one follows it."""
        self.number, self.hash = receipt.number, receipt.hash
