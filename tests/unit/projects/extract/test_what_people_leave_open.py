"""Who decides, what nobody has named yet, which reasons are owed and what a device does alone, in six languages."""

from __future__ import annotations

import pytest

from decisionworks.projects import load_constraint_catalogue
from decisionworks.projects.extract import extract_constraints

CATALOGUE = load_constraint_catalogue()


def value_of(text: str, field: str) -> object:
    read = extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE)
    return read.constraints[field].value if read.constraints[field].is_known else None


@pytest.mark.parametrize(
    "text",
    [
        "The list of odd parcels lands on the desk of the customs broker, who decides.",
        "Das Programm schlägt den Preis nur vor.",
        "Les dossiers douteux vont à une collègue.",
        "El sistema solo sugiere el importe del anticipo.",
        "O perito aceita ou corrige o valor.",
        "金額はあくまで参考で、職員が決めます。",
    ],
)
def test_what_is_only_proposed_is_decided_by_somebody(text: str) -> None:
    assert value_of(text, "human_review_required") is True


@pytest.mark.parametrize(
    "text",
    [
        "The crews confirm or discard the leak some 5 days later.",
        "Zur Ansicht legen wir eine Meldung bei.",
        "参考までに、先月の一覧を添えます。",
    ],
)
def test_what_comes_out_later_or_is_shown_by_the_way_is_no_review(text: str) -> None:
    assert value_of(text, "human_review_required") is None


@pytest.mark.parametrize(
    "text",
    [
        "Of the 30,000 frames hardly any are marked up.",
        "Fotos gibt es genug, nur die Zuordnung fehlt noch.",
        "Nous avons 50 000 clichés, dont à peine mille portent une étiquette.",
        "Nadie ha marcado todavía las grabaciones.",
        "Os laudos existem, mas ninguém anotou a causa.",
        "写真はありますが、印はまだ付けていません。",
    ],
)
def test_examples_that_nobody_has_named_need_labelling(text: str) -> None:
    assert value_of(text, "labelling_needed") is True


@pytest.mark.parametrize(
    "text",
    [
        "The adviser must see which things weighed most in the score.",
        "Der Einkauf will sehen, welche Merkmale den Ausschlag gegeben haben.",
        "Les agents doivent voir ce qui a pesé dans la note.",
        "El gestor tiene que ver qué factores pesaron más.",
        "O fiscal precisa saber quais fatores levaram ao valor.",
        "担当者に、どの要因が効いたのかを示す必要があります。",
    ],
)
def test_whoever_has_to_see_what_counted_is_owed_an_explanation(text: str) -> None:
    assert value_of(text, "explainability_required") is True


@pytest.mark.parametrize(
    "text",
    [
        "A little board under each nest listens and recognises the chick.",
        "Ein Kästchen in jedem Schlepper erkennt das Unkraut.",
        "Les pièges doivent reconnaître le loup tout seuls, sans envoyer les images, dans le boîtier.",
        "Cada ascensor lleva un aparatito que escucha el motor y avisa.",
        "Cada ônibus leva uma caixinha que reconhece quem entra.",
        "各車両に小さな装置を載せ、その場で判定します。",
    ],
)
def test_a_small_thing_at_every_place_that_judges_by_itself_is_at_the_edge(text: str) -> None:
    assert value_of(text, "inference_mode") == ["edge"]


@pytest.mark.parametrize(
    "text",
    [
        "The Wi-Fi is patchy. Our robots have to stop within 90 ms when a calf is recognised.",
        "Sans réseau dans les vignes, nos tracteurs doivent reconnaître les piquets et freiner.",
        "As colheitadeiras precisam identificar pedras em 60 ms, sem conexão no campo.",
    ],
)
def test_a_machine_that_reacts_at_once_where_the_line_is_bad_is_at_the_edge(text: str) -> None:
    assert value_of(text, "inference_mode") == ["edge"]


@pytest.mark.parametrize(
    ("text", "tenants"),
    [
        ("We serve 130 salons; each salon has its own no-show model.", 130),
        ("75 Mandanten, jeder mit eigenem Preismodell.", 75),
        ("Um modelo por escola, 95 escolas ao todo.", 95),
        ("120 clínicas; cada clínica tiene un modelo entrenado solo con sus datos.", 120),
    ],
)
def test_a_model_for_each_of_them_makes_tenants(text: str, tenants: int) -> None:
    assert value_of(text, "tenants") == tenants


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Die 30.000 Bilder sind alle schon beschriftet.", "labelling_needed", False),
        ("Nothing is checked by hand.", "human_review_required", None),
        ("We transcribe hearings with an open model that we run ourselves.", "model_type", "speech"),
        ("Photos of tiles come off the line, and we want to know more about them.", "model_type", "cnn_vision"),
        ("After closing time, compute how much fish each counter should order.", "inference_mode", ["batch"]),
        ("説明文をメモから作りたいです。モデルはAPIで使えるLLMです。", "model_type", "llm_api"),
    ],
)
def test_what_decides_a_plan_is_heard_in_plain_words(text: str, field: str, value: object) -> None:
    assert value_of(text, field) == value
