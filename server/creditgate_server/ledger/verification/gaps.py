"""What no signature speaks for, though one should: checkpoints that are gone, and receipts that none followed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ...storage.database import Store
from ..sealing.checkpoints import stored_notes
from ..sealing.files import CheckpointFolder, note_name
from ..sealing.notes import read_note
from .state import Progress

_MOST_NAMED = 3


def unsigned(progress: Progress, every: timedelta | None) -> tuple[str, ...]:
    """Whether receipts stand without a signature for longer than they have to. To be asked where signatures count.

    `every`: how often the service makes a checkpoint; twice that may pass, in which receipts come.
    """
    if not progress.stored + progress.exported:
        return ("没有任何检查点: 没有签名能证明账本没有被截断或整个改写",)
    if every is None or not progress.unsigned_from:
        return ()
    begun, ended = (datetime.fromisoformat(one) for one in (progress.unsigned_from, progress.unsigned_to))
    if ended - begun <= 2 * every:
        return ()
    return (
        f"最后一个检查点({progress.sealed_size} 条)之后, 自 {progress.unsigned_from} 起的回执一直没有签名: "
        "检查点没有再做, 或已被删除",
    )


def missing_checkpoints(store: Store, folder: CheckpointFolder) -> tuple[str, ...]:
    """Which checkpoints are in the store and not in the directory, or the other way, or leave only a trace there.

    All that there are were read before. The service writes to the store first, then at once to the directory: what
    lacks at the first look has had its time at the second. Raises StoreDown.
    """
    return _missing(store, folder) and _missing(store, folder)


def _missing(store: Store, folder: CheckpointFolder) -> tuple[str, ...]:
    exported = {path.name: size for size, path in folder.notes()}
    stored = {note_name(read_note(encoded)): size for size, encoded in stored_notes(store)}
    sizes = set(exported.values())
    latest = folder.latest()
    gone = {size for name, size in stored.items() if name not in exported}
    traces = {end for end in folder.checkpoint_ends() if end not in sizes} - gone
    told = (
        ("检查点目录中缺少库中有的检查点: ", gone),
        ("检查点目录中有叶文件, 而没有它所到的检查点: ", traces),
        ("库中没有检查点目录里的检查点: ", {size for name, size in exported.items() if name not in stored}),
        (
            "检查点目录的 latest 所指的检查点文件没有了: ",
            set() if latest is None or note_name(latest) in exported else {latest.checkpoint.size},
        ),
    )
    return tuple(f"{words}{_sizes(found)}" for words, found in told if found)


def _sizes(found: Iterable[int]) -> str:
    sizes = sorted(found)
    named = "、".join(f"{size} 条" for size in sizes[:_MOST_NAMED])
    return named if len(sizes) <= _MOST_NAMED else f"{named}等 {len(sizes)} 个"
