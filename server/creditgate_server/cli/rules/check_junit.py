"""The result of a check as JUnit XML, which build servers show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .checked import Checked


def junit(found: Checked, path: Path) -> bytes:
    """One case a file, one for the proof, one for each kind of analysis finding. UTF-8 with declaration."""
    suite = Element("testsuite", name=f"rules check {path}")
    names = [str(path / name) for name in found.loaded.files] if found.loaded else []
    for file in dict.fromkeys((*names, *(fault.file for fault in found.faults))):
        _case(suite, file, [str(fault) for fault in found.faults if fault.file == file])
    if found.proof is not None:
        _case(suite, "proof", [])
    if found.findings is not None:
        _case(suite, "analysis", [str(fault) for fault, _ in found.findings])
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    indent(suite)
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document


def _case(suite: Element, name: str, faults: Sequence[str]) -> None:
    case = SubElement(suite, "testcase", name=name, classname="rules check")
    if faults:
        SubElement(case, "failure", message=faults[0]).text = "\n".join(faults)
