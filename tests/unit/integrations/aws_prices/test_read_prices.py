"""An answer of the price list is used when it is plain, and left alone when it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from decisionworks.costs import PriceQuery, load_prices, queries_for
from decisionworks.integrations.aws_prices import PriceList, read_prices

QUERY = PriceQuery(price="a.hour", service="S", match={"kind": "x"}, usagetype_ends="Hours", unit="Hrs", times=10.0)


def offer(usd: str, *, unit: str = "Hrs", begin: str = "0", usage: str = "EU-Hours") -> str:
    tier = {"unit": unit, "beginRange": begin, "pricePerUnit": {"USD": usd}}
    terms = {"OnDemand": {"a": {"priceDimensions": {"b": tier}}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})


def read(
    *pages: list[Any],
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], str], list[Mapping[str, object]]]:
    asked: list[Mapping[str, object]] = []

    def call(request: Mapping[str, object]) -> Mapping[str, object]:
        asked.append(dict(request))
        place = len(asked) - 1
        more = {"NextToken": str(place)} if place + 1 < len(pages) else {}
        return {"PriceList": pages[place], **more}

    reading = read_prices([QUERY], regions=["eu-west-1"], price_list=PriceList(call))
    return dict(reading.usd), dict(reading.unread), asked


def test_a_plain_answer_is_taken_in_our_unit() -> None:
    usd, unread, asked = read([offer("0.12")])

    assert usd == {("a.hour", "eu-west-1"): 1.2}
    assert unread == {}
    assert asked[0]["Filters"] == [
        {"Type": "TERM_MATCH", "Field": "kind", "Value": "x"},
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"},
    ]


def test_every_page_is_read_and_equal_offers_are_one_price() -> None:
    usd, _, asked = read([offer("0.12")], [offer("0.12")], [offer("0.12", usage="US-Hours")])

    assert usd == {("a.hour", "eu-west-1"): 1.2}
    assert [request.get("NextToken") for request in asked] == [None, "0", "1"]


@pytest.mark.parametrize(
    "row",
    [
        offer("0"),
        offer("0.12", unit="GB"),
        offer("0.12", begin="1000"),
        offer("0.12", usage="EU-Other"),
        offer("free"),
        "no JSON",
        7,
        "[]",
        json.dumps({"product": {"attributes": {"usagetype": "Hours"}}, "terms": []}),
    ],
)
def test_what_is_not_a_first_price_in_the_expected_unit_is_no_price(row: Any) -> None:
    usd, unread, _ = read([row])

    assert usd == {}
    assert unread == {("a.hour", "eu-west-1"): "not offered there"}


def test_two_prices_are_none() -> None:
    _, unread, _ = read([offer("0.12"), offer("0.13")])

    assert unread == {("a.hour", "eu-west-1"): "2 different prices fit"}


def test_every_question_is_about_a_price_of_the_table_and_many_can_be_asked() -> None:
    book = load_prices()

    queries = queries_for(book.by_id)

    assert len(queries) > 90
    assert {query.price for query in queries} <= set(book.by_id)
    machine = next(query for query in queries if query.price == "ec2.g5.xlarge.hour")
    assert machine.match["instanceType"] == "g5.xlarge"
    assert all("{1}" not in f"{query.match}{query.usagetype_ends}" for query in queries)
