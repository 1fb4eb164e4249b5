"""Make the plain client of the asynchronous one: client/creditgate/calls → client/creditgate/_sync, token by token."""

import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "client" / "creditgate"
HEADER = "# Generated from calls/{name} by tools/generate_sync.py. Do not edit.\n"

DROPPED = {"async", "await"}
RENAMED = {
    "AsyncClient": "Client",
    "AsyncTransport": "Transport",
    "AsyncGenerator": "Generator",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "aclosing": "closing",
}
GENERATOR = re.compile(r"\bGenerator\[(\w+), None\]")


def synchronous(source: str) -> str:
    """The same code without asyncio. What stands in texts and comments stays."""
    lines = source.splitlines(keepends=True)
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.NAME]
    for token in reversed(tokens):
        (row, start), (_, end) = token.start, token.end
        line = lines[row - 1]
        if token.string in DROPPED:
            lines[row - 1] = line[:start] + line[end:].lstrip(" ")
        elif token.string in RENAMED:
            lines[row - 1] = line[:start] + RENAMED[token.string] + line[end:]
    return GENERATOR.sub(r"Generator[\1, None, None]", "".join(lines))


def generate(target: Path) -> None:
    """Write the package into the folder given."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    written = []
    for path in sorted((PACKAGE / "calls").glob("*.py")):
        text = "" if path.name == "__init__.py" else synchronous(path.read_text("utf-8"))
        text = text or '"""The calls of the plain client."""\n'
        written.append(target / path.name)
        written[-1].write_text(HEADER.format(name=path.name) + text, "utf-8")
    settings = ["--config", str(ROOT / "pyproject.toml"), *map(str, written)]
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", "--quiet", "--fix", "--select", "I", *settings], check=True)
    subprocess.run([*ruff, "format", "--quiet", *settings], check=True)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE / "_sync")
