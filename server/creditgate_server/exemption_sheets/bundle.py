"""A list to take along: JSON, page and manifest in one archive. The same rules give the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import msgspec

from ..rulebook.bundle import RuleSet
from ..rulebook.explain import explain
from .digest import list_content, list_digest
from .page import page
from .source import ListSource

FORMAT = 1
"""Version of the bundle's layout."""
_WHEN = (2000, 1, 1, 0, 0, 0)


def bundle(rule_set: RuleSet, lists: list[ListSource]) -> bytes:
    """The archive of some lists: for each CODE.json and CODE.html, and manifest.json with the SHA-256 of each."""
    files: dict[str, bytes] = {}
    for one in lists:
        code = str(one.value["code"])
        files[f"{code}.json"] = msgspec.json.encode(_content(rule_set, code), order="sorted")
        files[f"{code}.html"] = page(rule_set.catalogue, one).encode()
    manifest = {
        "format": FORMAT,
        "rule_set": rule_set.digest,
        "lists": {str(one.value["code"]): list_digest(rule_set, str(one.value["code"])) for one in lists},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["manifest.json"] = msgspec.json.encode(manifest, order="sorted")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, _WHEN), files[name], zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _content(rule_set: RuleSet, code: str) -> dict[str, Any]:
    """The list typed as in the rule set, and each rule in words beside it."""
    content = list_content(rule_set, code)
    words = {rule.key: explain(rule_set, rule) for rule in content.rules}
    return {
        "format": FORMAT,
        "digest": list_digest(rule_set, code),
        "content": msgspec.to_builtins(content),
        "words": {key: msgspec.to_builtins(said) for key, said in words.items()},
    }
