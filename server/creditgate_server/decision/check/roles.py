"""The effective question: who has to be looked at besides those whom a question names.

An item may require roles. One that the question does not name is taken from the registry's relations in force on the
day, as far as they were known of the applicant; so the same question on the same knowledge is always the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import UNSET
from msgspec.structs import replace

from ...codes import PERSON, subject_kind
from ...rulebook.catalogue import Catalogue, Role
from ..dossier import is_fresh
from ..knowledge import Feeds, Knowledge, Related
from ..parts import Unsettled
from ..question import SubjectInRole
from ..relations import relation_feeds
from ..unsettled import role_missing
from .question import Question


@dataclass(frozen=True, slots=True)
class EffectiveQuestion:
    """A question with those whom the registry adds, and what neither it nor the registry says."""

    question: Question
    knowledge: Mapping[str, Knowledge]
    """By identifier, of those who were added too."""
    missing: tuple[Unsettled, ...] = ()
    feeds: frozenset[str] = frozenset()
    """Feeds that were looked at for the roles."""


def effective_question(
    catalogue: Catalogue, question: Question, knowledge: Mapping[str, Knowledge], feeds: Feeds
) -> EffectiveQuestion:
    """The question as it is judged. Those whom it names come first, in their order.

    `knowledge`: of those whom it names, at least.
    """
    item = catalogue.items.get(question.item)
    required = () if item is None or item.required_roles is UNSET else item.required_roles
    named = {subject.role for subject in question.subjects}
    lacking = [role for role in required if role not in named]
    applicants = [
        (place, subject.identifier)
        for place, subject in enumerate(question.subjects)
        if subject.role is Role.APPLICANT and subject_kind(subject.identifier) != PERSON
    ]
    if not lacking or not applicants:
        return EffectiveQuestion(question, knowledge)
    subjects = dict.fromkeys(question.subjects)
    all_known = {subject.identifier: knowledge[subject.identifier] for subject in question.subjects}
    missing: list[Unsettled] = []
    behind = relation_feeds(catalogue)
    stale = [catalogue.feeds[code].title for code in behind if not is_fresh(catalogue, feeds, code, question.day)]
    for place, identifier in applicants:
        for role in lacking:
            known = all_known[identifier]
            found = list(_in_role(known, role, question)) if known.all_relations_held else []
            if stale or not behind or not found:
                why = "登记数据也没有记载" if known.all_relations_held else "登记的关联关系太多, 没有全部查看"
                why = f"{'、'.join(stale)}已过期, 不能据以确定" if stale else why
                missing.append(role_missing(place, role, why))
                continue
            for related in found:
                subjects[SubjectInRole(identifier=related.knowledge.identifier, role=role)] = None
                all_known.setdefault(related.knowledge.identifier, related.knowledge)
    effective = replace(question, subjects=tuple(subjects))
    return EffectiveQuestion(effective, all_known, tuple(missing), frozenset(behind))


def _in_role(known: Knowledge, role: Role, question: Question) -> Iterator[Related]:
    """Those who certainly have a role in a firm on the question's day."""
    for one in known.relations:
        if not one.of and one.kind.role is role and one.holds_on(question.day) is True:
            yield one
