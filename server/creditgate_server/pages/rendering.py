"""Templates become pages. What a template is told is escaped here, by Jinja, and nowhere else.

A page is one file that needs nothing else: its policy lets nothing load, and nothing run but what this package wrote.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..rulebook.saying import UNVERIFIED, quoted
from .figures import counted, percent


def rendered(template: str, /, **values: object) -> str:
    """A page. The same values give the same text. Raises jinja2.UndefinedError for a value that is not told."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(counted=counted, percent=percent)
    made.globals.update(asset=asset, policy=policy, quoted=quoted, UNVERIFIED=UNVERIFIED)
    return made


@cache
def asset(name: str) -> Markup:
    """A style sheet or script of this package, which HTML takes as it stands."""
    return Markup(files(__package__).joinpath("templates", name).read_text("utf-8"))  # noqa: S704 - our own file


def policy(style: str, script: str) -> str:
    """What a page may load and run: this style sheet and this script. Raises ValueError where one ends its element."""
    if "</" in style + script:
        raise ValueError("a style sheet or script may not hold '</'")
    runs = f"script-src {_hash(script)}; " if script else ""
    return f"default-src 'none'; style-src {_hash(style)}; {runs}base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
