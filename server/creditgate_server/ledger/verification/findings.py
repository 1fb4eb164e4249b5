"""What a verification can find: the first row that differs, where, what was expected and what was found."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class What(StrEnum):
    """What is wrong."""

    PAYLOAD = "payload"
    """The payload is not the one that was sealed."""
    HASH = "hash"
    """The hash beside the payload is not its own."""
    COLUMN = "column"
    """A plain column does not say what the payload says."""
    RETYPED = "retyped"
    """A column of bytes holds the same content as something else: SQLite lets it, the service does not read it."""
    CONTENT = "content"
    """Question or decision are not what the payload commits to."""
    CONTENT_MISSING = "content_missing"
    """Question or decision are gone without an erasure."""
    DELETED = "deleted"
    """A receipt is gone."""
    INSERTED = "inserted"
    """A receipt that was not there, or not at that time."""
    ORDER = "order"
    """Another receipt stands in this place."""
    LINK = "link"
    """It does not follow the receipt before it in its chain."""
    LEAF = "leaf"
    """The leaf in the table is not the payload's."""
    LEAF_MISSING = "leaf_missing"
    """A receipt has no place in the tree, though later ones of its chain do, or the table of leaves has a gap."""
    NODE = "node"
    """A kept node of the tree is not the one over its leaves."""
    ROOT = "root"
    """The leaves do not have the root that was signed: they were rewritten."""
    TRUNCATED = "truncated"
    """There are fewer leaves than a stored checkpoint says."""
    RESTORED = "restored"
    """An exported checkpoint says otherwise than the store ever did: an old database was put back."""
    CHECKPOINT = "checkpoint"
    """A checkpoint that is none, or of another ledger."""
    SIGNATURE = "signature"
    """No key that counts has signed the checkpoint."""
    CURSOR = "cursor"
    """The record of how far a chain is sequenced is wrong."""
    TREE = "tree"
    """The record of the tree itself is gone or wrong."""
    CLOCK = "clock"
    """Hash and number are right, but the instant is before that of the receipt or checkpoint before it: a clock was set
    back. No alteration."""
    NOT_THERE = "not_there"
    """A receipt that somebody else holds is not in the store: it was cut off, or never was."""
    NOT_AS_HELD = "not_as_held"
    """A receipt has another hash than somebody else holds."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first row that differs."""

    what: What
    place: str = ""
    """Column, part or file."""
    receipt: str = ""
    """Its id; empty where it can't be known."""
    chain: str = ""
    number: int = 0
    leaf_index: int | None = None
    """Its place in the tree; None where it has none."""
    leaf_end: int | None = None
    """Where the row can't be told exactly: it is one of `leaf_index` to this, exclusive."""
    checkpoint: int | None = None
    """Size of the checkpoint that shows it."""
    expected: str = ""
    found: str = ""

    def words(self) -> str:
        """In one sentence, Chinese."""
        where = "、".join(part for part in self._where() if part)
        told = f"{_SAYS[self.what].format(place=_PLACES.get(self.place, self.place))}"
        shown = f"; 应为 {self.expected or '(空)'}, 实为 {self.found or '(空)'}" if self.expected or self.found else ""
        return f"{where}: {told}{shown}" if where else f"{told}{shown}"

    def _where(self) -> tuple[str, ...]:
        if self.leaf_index is None:
            leaf = ""
        elif self.leaf_end is None or self.leaf_end == self.leaf_index + 1:
            leaf = f"叶 {self.leaf_index}"
        else:
            leaf = f"叶 {self.leaf_index} 至 {self.leaf_end - 1} 之间"
        chain = f"链 {self.chain} 第 {self.number} 号" if self.chain else ""
        receipt = f"回执 {self.receipt}" if self.receipt else ""
        size = f"检查点({self.checkpoint} 条)" if self.checkpoint is not None else ""
        return receipt, leaf, chain, size


_SAYS = {
    What.PAYLOAD: "回执正文被改动",
    What.HASH: "回执摘要一栏被改动",
    What.COLUMN: "{place} 一栏与回执正文不符",
    What.RETYPED: "{place} 一栏的内容没有变, 但不再是字节串: 被改写过",
    What.CONTENT: "{place}与回执正文中的承诺不符, 被改动",
    What.CONTENT_MISSING: "{place}没有了, 而没有依法删除的记录",
    What.DELETED: "回执被删除",
    What.INSERTED: "多出的回执: {place}",
    What.ORDER: "次序被改动: 这里应是另一份回执",
    What.LINK: "与链上前一份回执不相接",
    What.LEAF: "账本树的叶与回执正文不符",
    What.LEAF_MISSING: "账本树缺少这一叶",
    What.NODE: "账本树的节点({place})与其下的叶不符",
    What.ROOT: "账本树与签过的检查点不符: 这些叶被改写过",
    What.TRUNCATED: "账本被截断: 少于检查点所签的条数",
    What.RESTORED: "与导出的检查点不符: 恢复过旧库, 或连同检查点被截断、改写",
    What.CHECKPOINT: "检查点不能采信: {place}",
    What.SIGNATURE: "检查点没有受信任密钥的有效签名",
    What.CURSOR: "链的排列进度记录不符",
    What.TREE: "账本树的记录不符: {place}",
    What.CLOCK: "摘要和次序都对, 而时刻早于前一{place}: 当时的机器时钟被拨回过",
    What.NOT_THERE: "别处留存的回执, 库里没有",
    What.NOT_AS_HELD: "与别处留存的摘要不符",
}

_PLACES = {
    "question": "问题",
    "decision": "结论",
    "body_digest": "申请摘要",
    "receipt": "份回执",
    "checkpoint": "个检查点",
}
