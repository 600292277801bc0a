"""Two values for one thing are asked about; what a correction, a part or a purpose of its own tells apart is not."""

from __future__ import annotations

import pytest

from decisionworks.projects import Extraction, extract_constraints, load_constraint_catalogue


def read(text: str) -> Extraction:
    return extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Latency under 100 ms. The answer may take 2 seconds.", "latency_p95_ms"),
        ("No GDPR applies. Must be GDPR compliant.", "compliance"),
        ("Minimum budget 500 dollars a month, maximum 300 dollars a month.", "budget_usd_month"),
        ("budget:\n  min_usd_month: 8000\n  max_usd_month: 6500\n", "budget_usd_month"),
        ("Budget 500 dollars a month. Actually no budget limit.", "budget_usd_month"),
        ("The loan history holds 40 GB. That loan history is 6 TB, all of it is read.", "data_volume_gb"),
        ("The data stay in Japan only. A full copy of the data is stored in Ireland.", "regions"),
        ("Os dados não podem sair do Brasil. Rodamos em us-east-1.", "regions"),
        ("データは日本国内に保存します。リージョンはap-southeast-1です。", "regions"),
        ("The batch run takes nine hours. The list must be ready within 2 hours after the batch starts.", None),
        ("The kiosk goes live in four weeks. The kiosk cannot go live in less than nine months.", "deadline_weeks"),
        ("Only batch, nothing else. Scores are returned within 80 ms.", "inference_mode"),
    ],
)
def test_two_values_that_cannot_both_hold_are_asked_about(text: str, field: str | None) -> None:
    found = read(text)

    assert found.contradictions
    if field is not None:
        assert any(field in one.fields for one in found.contradictions)
        assert found.constraints[field].state == "conflicting"


@pytest.mark.parametrize(
    "text",
    [
        "No budget limit. Actually, the limit is 500 dollars a month.",
        "Budget at least 300 dollars a month, at most 500 dollars a month.",
        "Search answers in 50 ms. The recipe writer, another service, may take 6 seconds.",
        "p50 is 25 ms and p99 is 350 ms for the seat map.",
        "The cap is 5,000 euros a month; in dollars that is 5,400 dollars a month.",
        "We would love 100 ms. What the seat map must keep is 800 ms at p95.",
        "The data stay in the EU. Our customers in Japan only read the site.",
        # a country is no building, a neighbour stands in for a country without a region, an office is no region
        "Los datos no pueden salir de España; región eu-south-2. Claude en Bedrock redacta las cartas.",
        "Os dados não podem sair de Portugal. Região: eu-west-1.",
        "A broker in Madrid. Data must not leave Spain. AWS eu-south-2.",
        # a wait is no length of recordings; learning anew is no keeping
        "Jeden Monat 4.000 Stunden Interviews transkribieren, fertig 48 Stunden nach dem Eingang.",
        "Each month we transcribe 900 hours of sermons; the text is there 24 hours after the recording.",
        "Guardar tudo oito anos. Compramos um serviço pronto: nunca haverá retreino da nossa parte.",
    ],
)
def test_values_that_something_tells_apart_stand(text: str) -> None:
    assert read(text).contradictions == ()


def test_a_long_text_of_numbers_is_compared_in_bounded_time() -> None:
    found = read("\n".join(f"{number} shops take {number} ms." for number in range(1, 400)))

    assert len(found.contradictions) <= 5
