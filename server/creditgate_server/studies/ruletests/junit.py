"""Results as JUnit XML, which build servers show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .run import CaseResult, CaseStatus


def junit(results: Iterable[CaseResult]) -> bytes:
    """One suite a file, one case a test; drafts are shown as skipped. UTF-8 with declaration."""
    results = tuple(results)
    root = Element("testsuites", _counts(results), name="rules")
    for file, group in groupby(results, key=lambda result: result.test.place.file):
        of_file = tuple(group)
        suite = SubElement(root, "testsuite", _counts(of_file), name=file)
        for result in of_file:
            _case(suite, result)
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _counts(results: tuple[CaseResult, ...]) -> dict[str, str]:
    statuses = [result.status for result in results]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count(CaseStatus.FAILED)),
        "errors": "0",
        "skipped": str(statuses.count(CaseStatus.SKIPPED) + statuses.count(CaseStatus.DRAFT)),
    }


def _case(suite: Element, result: CaseResult) -> None:
    place = result.test.place
    case = SubElement(suite, "testcase", name=result.test.name, classname=place.file, line=str(place.line))
    if result.status is CaseStatus.FAILED:
        lines = [f"{at.place.file}:{at.place.line}:{at.place.column}: {at.message}" for at in result.mismatches]
        SubElement(case, "failure", message=result.mismatches[0].message).text = "\n".join(lines)
    elif result.status is CaseStatus.SKIPPED:
        SubElement(case, "skipped", message=result.test.skip)
    elif result.status is CaseStatus.DRAFT:
        SubElement(case, "skipped", message="草稿, 待人确认")
