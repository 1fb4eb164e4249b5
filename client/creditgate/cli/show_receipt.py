"""A stored receipt for people: its place, and what it means."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ..explanations import Explanation
from ..receipts import ReceiptPart, ReceiptResult
from .show import print_answer
from .show_explanation import print_explanation
from .show_leniency import print_leniency
from .words import printable

_PARTS = {ReceiptPart.QUESTION: "申请内容", ReceiptPart.DECISION: "核查结论"}


def print_receipt(console: Console, result: ReceiptResult, told: Explanation | None = None) -> None:
    """Its place in the chain, then what it means; without an explanation the answer, or what is stored."""
    console.print(Text(f"回执 {printable(result.id)}  {result.issued_at.isoformat()}"))
    console.print(Text(f"链   {printable(result.chain)} 第 {result.number} 号"))
    console.print(Text(f"摘要 {printable(result.hash)}\n前项 {printable(result.previous_hash)}", style="dim"))
    for erased in result.erased:
        why = f"{erased.day.isoformat()}, 依据: {printable(erased.ground)}, 删除回执 {printable(erased.receipt)}"
        console.print(Text(f"{_PARTS[erased.part]}: 已依法删除({why})", style="bold"))
    if told is not None:
        print_explanation(console, told)
    elif result.answer is not None:
        console.print()
        print_answer(console, result.answer)
    elif result.leniency is not None:
        console.print()
        print_leniency(console, result.leniency)
    else:
        console.print(Text(printable(result.canonical_json)))
