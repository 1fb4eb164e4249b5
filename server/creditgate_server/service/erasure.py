"""Erasing contents of receipts, signed by a person who may: the one road to `ledger/erasing.py`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import datetime

from ..clock import legal_day, rfc3339
from ..decision.parts import canonical
from ..errors import InvalidQuestion
from ..ledger.erasing import ErasureAct, ErasureProof, Part, erasure_draft, parts_there
from ..ledger.receipt import Receipt
from ..ledger.writer import ReceiptWriter
from ..publication.signers import ERASE, Signers, SigningKey

LONGEST_GROUND = 500


class Eraser:
    """One person's erasures, for one reason."""

    def __init__(
        self, writer: ReceiptWriter, signers: Signers, key: SigningKey, ground: str, now: Callable[[], datetime]
    ) -> None:
        """`ground`: why the law asks for it. Raises InvalidQuestion without one, NotAllowed for an unknown key."""
        self._ground = ground.strip()
        if not 0 < len(self._ground) <= LONGEST_GROUND:
            raise InvalidQuestion("请写明删除的依据", f"不超过 {LONGEST_GROUND} 字", "ground")
        self._writer, self._signers, self._key, self._now = writer, signers, key, now
        self._by = signers.name_of(key)

    def erase(self, receipt: Receipt, wanted: Iterable[Part]) -> tuple[ErasureAct, Receipt]:
        """Erase what is still there of the wanted parts; what was done, and its receipt.

        Raises NotAllowed, WrongState where nothing can be erased, StoreDown.
        """
        now = self._now()
        act = ErasureAct(
            receipt=receipt.id,
            hash=receipt.hash,
            parts=parts_there(receipt, wanted),
            ground=self._ground,
            by=self._by,
            at=rfc3339(now),
            day=legal_day(now),
        )
        content = canonical(act)
        signature = self._key.sign_content(content)
        what = f"删除回执 {receipt.id} 的内容"
        self._signers.require_right(ERASE, by=act.by, at=act.at, what=what, content=content, signature=signature)
        proof = ErasureProof(signature=base64.b64encode(signature).decode(), public_key=self._key.public)
        return act, self._writer.write(erasure_draft(receipt, act, proof))
