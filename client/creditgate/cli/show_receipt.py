"""A stored receipt for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ..receipts import ReceiptResult
from .show import print_answer
from .show_leniency import print_leniency
from .words import printable


def print_receipt(console: Console, result: ReceiptResult) -> None:
    """Its place in the chain, then the answer as it was given; of a level question what is stored."""
    console.print(Text(f"回执 {printable(result.id)}  {result.issued_at.isoformat()}"))
    console.print(Text(f"链   {printable(result.chain)} 第 {result.number} 号"))
    console.print(Text(f"摘要 {printable(result.hash)}\n前项 {printable(result.previous_hash)}", style="dim"))
    if result.answer is not None:
        console.print()
        print_answer(console, result.answer)
    elif result.leniency is not None:
        console.print()
        print_leniency(console, result.leniency)
    else:
        console.print(Text(printable(result.canonical_json)))
