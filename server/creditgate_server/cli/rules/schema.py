"""`rules schema`: writes the JSON Schema from which editors complete rule files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...files.whole import write_all
from ...registry.forms import SCHEMAS
from ...rulebook.load import read_directory
from ...rulebook.schema import FOLDER, schemas
from ...studies.ruletests.load import NAME, tests_schema
from ..faults import told_plainly


def schema(
    path: Annotated[Path, typer.Argument(help="规则库目录")] = Path("rules"),
    check: Annotated[bool, typer.Option("--check", help="只检查是否最新, 不写文件")] = False,
) -> None:
    """按语言定义和目录中的代码生成 schema/*.json, 供编辑器补全和提示。"""
    with told_plainly():
        rule_set = read_directory(path).rule_set
    wanted = {**schemas(rule_set), NAME: tests_schema(rule_set)}
    wanted |= {name: made() for name, made in SCHEMAS.items()}
    folder = path / FOLDER
    stale = [name for name, content in wanted.items() if not _same(folder / name, content)]
    if check:
        typer.echo(f"{folder}: 需要重新生成: {'、'.join(stale)}" if stale else f"{folder}: 都是最新的")
        raise typer.Exit(1 if stale else 0)
    with told_plainly():
        folder.mkdir(exist_ok=True)
        write_all({folder / name: wanted[name] for name in stale})
    typer.echo(f"{folder}: {len(wanted)} 个文件, 更新了 {len(stale)} 个")


def _same(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content
