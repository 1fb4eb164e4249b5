"""Licence files against a real ledger: planted misses are found, all of them and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from creditgate_server.coverage.values import Why
from creditgate_server.decision.outcome import Outcome
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.errors import SetupFault
from creditgate_server.outcomes.values import MeasureDone, Reason, Result
from creditgate_server.rulebook.language import Duty, Role, Stage
from creditgate_server.storage.database import Store, migrate, open_store

from ..outcomes.answers import decision, measure, report
from ..outcomes.ledgers import Book, open_book
from .files import HEADERS, ISSUED, as_csv, as_xlsx, classes, firm, licence, noon, run, title

CLEAR = decision(Outcome.CLEAR)
STRICT = decision(Outcome.MEASURES, measure("strict-review"), measure("no-priority", Duty.OPTIONAL))
FORBIDDEN = decision(Outcome.PROHIBITED, measure("no-licence"))


@pytest.fixture
def small(tmp_path: Path):
    """A SQLite store."""
    opened = open_store(f"sqlite:///{tmp_path / 'gate.db'}")
    migrate(opened)
    yield opened
    opened.close()


def asked_by(code: str, role: Role = Role.APPLICANT) -> tuple[SubjectInRole, ...]:
    return (SubjectInRole(identifier=code, role=role),)


def check(book: Book, number: int, days_before: int = 3, decided=CLEAR, **changes) -> str:
    at = noon(ISSUED - timedelta(days=days_before))
    return book.check(decided, at=at, **({"subjects": asked_by(firm(number))} | changes))


def test_each_planted_row_is_found_in_its_class(store: Store, tmp_path: Path) -> None:
    with open_book(store) as book:
        check(book, 1)
        check(book, 2, -4)
        prohibited = check(book, 3, decided=FORBIDDEN)
        silent = check(book, 4, decided=STRICT)
        refused = check(book, 5, decided=STRICT)
        done = check(book, 6, decided=STRICT)
        book.report(
            refused,
            report(MeasureDone(code="strict-review", applied=False, reason=Reason.REPAIRED)),
            at=noon(ISSUED),
        )
        book.report(done, report(MeasureDone(code="strict-review", applied=True)), at=noon(ISSUED))
        check(book, 7, item="tax-registration")
        check(book, 8, subjects=asked_by(firm(8), Role.LEGAL_REPRESENTATIVE))
    file = as_csv(
        tmp_path / "a.csv",
        *(licence(firm(number)) for number in range(1, 10)),
        licence("91320100250571846X"),
        licence(firm(10), day=""),
        licence(firm(10), item="不存在的许可"),
        licence(firm(1)),
    )
    found = run(store, file)
    assert classes(found.cases) == [
        (2, "checked_in_time"),
        (3, "checked_late"),
        (4, "checked_but_prohibited"),
        (5, "mandatory_measure_missing"),
        (6, "mandatory_measure_missing"),
        (7, "checked_in_time"),
        (8, "not_checked"),
        (9, "not_checked"),
        (10, "not_checked"),
        (11, "unmatched"),
        (12, "unmatched"),
        (13, "unmatched"),
        (14, "unmatched"),
    ]
    assert [(one.why, one.cases) for one in found.unmatched] == [
        (Why.BAD_CODE, (9,)),
        (Why.NO_DATE, (10,)),
        (Why.UNKNOWN_ITEM, (11,)),
        (Why.DOUBLED, (12,)),
    ]
    assert [case.receipt for case in found.cases[2:5]] == [prohibited, silent, refused]
    total = found.total
    assert (total.rows, total.licences, total.check_rate, total.covered_rate) == (13, 9, 0.555555, 0.222222)
    by_code = {one.code: one.numbers for one in found.by_measure}
    review = by_code["strict-review"]
    assert (review.ordered, review.mandatory, review.applied, review.refused, review.silent) == (3, 3, 1, 1, 1)
    assert (by_code["no-priority"].ordered, by_code["no-priority"].silent) == (3, 3)
    assert found.misses == 7 + 3, "a doubled row is no miss"


@pytest.mark.parametrize("number", ["11010519491231002X", "110105194912310021"])
def test_identity_numbers_in_the_column_of_codes_are_not_repeated(small: Store, tmp_path: Path, number: str) -> None:
    """The first is sound (the example of GB 11643-1999), the second is not."""
    found = run(small, as_csv(tmp_path / "a.csv", licence(number, document="甲1")))
    assert [one.why for one in found.unmatched] == [Why.BAD_CODE]
    assert number[:10] not in repr(found)


@pytest.mark.parametrize(
    ("days_before", "verdict"),
    [(0, "checked_in_time"), (30, "checked_in_time"), (31, "not_checked"), (-1, "checked_late")],
)
def test_the_window_ends_with_the_day_of_issue(small: Store, tmp_path: Path, days_before: int, verdict: str) -> None:
    with open_book(small) as book:
        check(book, 1, days_before)
    assert run(small, as_csv(tmp_path / "a.csv", licence(firm(1)))).cases[0].verdict == verdict


def test_a_day_ends_at_midnight_in_shanghai(small: Store, tmp_path: Path) -> None:
    last_second = noon(ISSUED) + timedelta(hours=11, minutes=59, seconds=59)
    with open_book(small) as book:
        book.check(CLEAR, at=last_second, subjects=asked_by(firm(1)))
        book.check(CLEAR, at=last_second + timedelta(seconds=1), subjects=asked_by(firm(2)))
    found = run(small, as_csv(tmp_path / "a.csv", licence(firm(1)), licence(firm(2))))
    assert [case.verdict.value for case in found.cases] == ["checked_in_time", "checked_late"]


def test_of_several_checks_the_last_before_the_licence_counts(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1, 9, FORBIDDEN)
        newer = check(book, 1, 2, CLEAR)
        check(book, 1, -1, FORBIDDEN)
        check(book, 2, 9, CLEAR)
        check(book, 2, 2, FORBIDDEN)
    found = run(small, as_csv(tmp_path / "a.csv", licence(firm(1)), licence(firm(2))))
    assert [case.verdict.value for case in found.cases] == ["checked_in_time", "checked_but_prohibited"]
    assert found.cases[0].receipt == newer


def test_a_later_check_is_late_only_where_it_is_not_the_next_licences_own(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1, -40)
    rows = licence(firm(1), document="一"), licence(firm(1), document="二", day="2026-12-20")
    found = run(small, as_csv(tmp_path / "a.csv", *rows))
    assert [case.verdict.value for case in found.cases] == ["not_checked", "checked_in_time"]


def test_questions_after_the_approval_or_about_earlier_knowledge_are_not_in_time(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1, stage=Stage.AFTER)
        check(book, 2, known_at=noon(date(2026, 10, 1)))
    found = run(small, as_csv(tmp_path / "a.csv", licence(firm(1)), licence(firm(2))))
    assert [case.verdict.value for case in found.cases] == ["not_checked", "not_checked"]


def test_the_last_revision_of_a_report_counts(small: Store, tmp_path: Path) -> None:
    applied = report(MeasureDone(code="strict-review", applied=True))
    with open_book(small) as book:
        for number in (1, 2, 3):
            receipt = check(book, number, decided=STRICT)
            book.report(receipt, applied, at=noon(ISSUED))
            if number == 2:
                book.retract(receipt, at=noon(ISSUED + timedelta(days=1)))
            if number == 3:
                pending = report(result=Result.PENDING)
                book.report(receipt, pending, at=noon(ISSUED + timedelta(days=1)))
    found = run(small, as_csv(tmp_path / "a.csv", *(licence(firm(number)) for number in (1, 2, 3))))
    assert [case.verdict.value for case in found.cases] == ["checked_in_time", *["mandatory_measure_missing"] * 2]


def test_a_report_on_a_later_check_of_the_case_stands_for_the_earlier_one(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1, 2, STRICT, case="虚构-同案")
        later = check(book, 1, -1, STRICT, case="虚构-同案")
        book.report(later, report(MeasureDone(code="strict-review", applied=True)), at=noon(ISSUED))
    assert run(small, as_csv(tmp_path / "a.csv", licence(firm(1)))).cases[0].verdict == "checked_in_time"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(small: Store, tmp_path: Path, encoding: str) -> None:
    file = as_csv(tmp_path / "a.csv", licence(firm(1), organ="东莞市㐂区局"), encoding=encoding)
    found = run(small, file)
    assert [(group.organ, group.numbers.not_checked) for group in found.by_organ] == [("东莞市㐂区局", 1)]


def test_workbooks_with_real_dates(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1)
    cells = list(licence(firm(1)))
    cells[HEADERS.index("许可决定日期")] = ISSUED
    assert classes(run(small, as_xlsx(tmp_path / "a.xlsx", tuple(cells))).cases) == [(2, "checked_in_time")]


def test_a_double_in_another_file_is_a_double(small: Store, tmp_path: Path) -> None:
    files = [as_csv(tmp_path / name, licence(firm(1))) for name in ("a.csv", "b.csv")]
    found = run(small, *files)
    assert [(case.file, case.verdict.value) for case in found.cases] == [(0, "not_checked"), (1, "unmatched")]


def test_a_mapping_names_the_columns(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1)
    row = (firm(1), "2026年11月2日", "food-business-licence", "market-regulation", "甲1")
    file = as_csv(tmp_path / "a.csv", row, headers=("码", "日", "事", "局", "号"))
    mapping = {"subject": "码", "issued_on": "日", "item": "事", "organ": "局", "document": "号"}
    found = run(small, file, mapping=mapping)
    assert classes(found.cases) == [(2, "checked_in_time")]
    assert found.cases[0].organ != "market-regulation", "a code of the catalogue is shown with its title"
    with pytest.raises(SetupFault, match="没有列“号码”"):
        run(small, file, mapping=mapping | {"document": "号码"})


def test_items_are_found_by_certificate_content_and_by_the_given_titles(small: Store, tmp_path: Path) -> None:
    file = as_csv(
        tmp_path / "a.csv",
        licence(firm(1), item="某项目", certificate=title()),
        licence(firm(2), item="某项目", content=f" {title()} "),
        licence(firm(3), item="食品证(新)"),
    )
    found = run(small, file, items={"食品证（新）": "food-business-licence"})
    assert [case.item for case in found.cases] == ["food-business-licence"] * 3


def test_empty_files(small: Store, tmp_path: Path) -> None:
    nothing = tmp_path / "a.csv"
    nothing.write_bytes(b"")
    with pytest.raises(SetupFault, match="空"):
        run(small, nothing)
    found = run(small, as_csv(tmp_path / "b.csv"))
    assert (found.total.rows, found.misses, found.total.check_rate) == (0, 0, None)


def test_missing_columns_are_named(small: Store, tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="许可机关"):
        run(small, as_csv(tmp_path / "a.csv", headers=HEADERS[:-2] + HEADERS[-1:]))


def test_licences_from_before_the_first_check_are_told(small: Store, tmp_path: Path) -> None:
    with open_book(small) as book:
        check(book, 1, 3)
    found = run(small, as_csv(tmp_path / "a.csv", licence(firm(1), day="2026-10-01")))
    assert found.warnings == ("1 件许可早于数据库中的第一次核查(2026-10-30), 不可能查到按时核查",)
