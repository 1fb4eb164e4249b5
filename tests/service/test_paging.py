"""Tokens of pages: they go on where they say, for whoever was given them, and tell nothing personal."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from google.protobuf.message import Message

from creditgate.v1 import common_pb2, exemption_register_pb2
from creditgate_server.errors import InvalidQuestion, PageTokenInvalid
from creditgate_server.service.paging import Pages, page_size_asked

ListGrants = exemption_register_pb2.ListGrantsRequest
PERSON = "44010619900307001X"
"""Number of nobody: region and day are real, the check digit is right."""


def seal(content: bytes) -> bytes:
    return hmac.digest(b"k" * 32, content, hashlib.sha256)


def pages(request: Message, caller: str = "a") -> Pages:
    return Pages(request, caller, seal)


def test_a_token_says_where_to_go_on_whatever_the_size_of_the_page() -> None:
    token = pages(ListGrants(organ="o", page_size=3)).next(("2026-12-01", 17, "二"))
    assert pages(ListGrants(organ="o", page_size=9, page_token=token)).after() == ["2026-12-01", 17, "二"]
    assert pages(ListGrants(organ="o")).after() is None


@pytest.mark.parametrize(("given", "size"), [(0, 50), (1, 1), (200, 200), (201, 200), (2**31 - 1, 200)])
def test_a_size_too_large_is_lowered(given: int, size: int) -> None:
    assert page_size_asked(given, 50, 200) == size


def test_no_page_has_less_than_nothing() -> None:
    with pytest.raises(InvalidQuestion) as refused:
        page_size_asked(-1, 50, 200)
    assert refused.value.field == "page_size"


@pytest.mark.parametrize(
    "request_",
    [
        ListGrants(),
        ListGrants(organ="p"),
        ListGrants(organ="o", only_open=True),
        ListGrants(organ="o", from_on=""),
        exemption_register_pb2.ListExemptionStatisticsRequest(organ="o"),
    ],
)
def test_a_token_is_of_no_use_for_another_question(request_: Message) -> None:
    request_.page_token = pages(ListGrants(organ="o")).next((17,))  # type: ignore[attr-defined]
    with pytest.raises(PageTokenInvalid):
        pages(request_).after()


def test_a_token_is_of_no_use_for_another_caller_or_under_another_key() -> None:
    request = ListGrants(page_token=pages(ListGrants()).next((17,)))
    with pytest.raises(PageTokenInvalid):
        pages(request, caller="b").after()
    with pytest.raises(PageTokenInvalid):
        Pages(request, "a", lambda content: seal(content)[::-1]).after()


def test_every_byte_of_a_token_counts() -> None:
    token = pages(ListGrants()).next((17, "m17"))
    for place in range(len(token) - 1):  # the last letter has bits that no byte takes
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(PageTokenInvalid):
            pages(ListGrants(page_token=other)).after()


@pytest.mark.parametrize("token", ["x", "-1", "1 OR 1", "一", "A" * 24, "A" * 1_001, "===", "\n"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(PageTokenInvalid) as refused:
        pages(ListGrants(page_token=token)).after()
    assert (refused.value.field, refused.value.reason) == ("page_token", "PAGE_TOKEN_INVALID")


def test_a_persons_number_is_not_in_the_token_of_the_question_about_it() -> None:
    request = ListGrants(subject=common_pb2.SubjectIdentity(citizen_id=PERSON))
    token = pages(request).next((17,))
    content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert content[16:] == b"[17]"
    assert PERSON.encode() not in content
