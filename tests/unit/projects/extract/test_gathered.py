"""Words that meet in one sentence tell what no phrase names, in six languages and in any order."""

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
        "A small vision network warns the walker, and it runs on the collar of each dog.",
        "Ein kleines Netz erkennt die Fäule, es läuft auf dem Steuergerät der Sortieranlage.",
        "Un petit réseau de vision tourne sur le boîtier du véhicule et avertit le conducteur.",
        "El modelo se ejecuta en la caja de cada cosechadora y detecta piedras en las fotos.",
        "O modelo roda no aparelho de cada colheitadeira e detecta pedras nas fotos.",
        "漁船の上に積んだ装置の中でモデルが動き、写真から魚種を判定します。",
    ],
)
def test_a_model_that_runs_on_a_thing_in_the_field_is_at_the_edge(text: str) -> None:
    assert value_of(text, "inference_mode") == ["edge"]


@pytest.mark.parametrize(
    "text",
    [
        "If the region dies, the other one has to carry on answering.",
        "Fällt eine Region aus, muss die andere weiter antworten.",
        "Si une région tombe, l'autre doit continuer à répondre.",
        "Si se cae una región, la otra tiene que seguir respondiendo.",
        "Se uma região cair, a outra tem que continuar respondendo.",
        "リージョンが落ちても、もう片方で応答を続ける必要があります。",
    ],
)
def test_a_region_that_may_be_lost_asks_for_another(text: str) -> None:
    assert value_of(text, "multi_region") is True


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("A forecast of the harvest per field, the list must be there by five in the morning.", 5),
        ("Prognose der Ernte je Feld, die Liste muss um sechs Uhr früh da sein.", 6),
        ("Prévision de la récolte par parcelle, la liste doit être prête à 6 heures du matin.", 6),
        ("Previsión de la cosecha por parcela; la lista tiene que estar a las 5.", 5),
        ("Previsão da colheita por talhão, a lista deve sair até as 6 da manhã.", 6),
        ("圃場ごとの収穫量を毎晩予測し、朝7時の会議までに一覧が必要です。", 7),
    ],
)
def test_the_hour_by_which_a_list_is_needed_is_its_deadline(text: str, hours: int) -> None:
    assert value_of(text, "batch_deadline_hours") == hours


def test_a_night_in_which_nothing_is_worked_out_is_no_run() -> None:
    text = (
        "Früher habe ich nachts selbst an den Tanks nachgeschaut, das geht seit der Operation nicht mehr. "
        "Jetzt schicken Fühler jede Minute ihre Temperatur, und ich will eine Meldung, wenn etwas seltsam ist."
    )

    assert value_of(text, "inference_mode") == ["streaming"]


def test_a_key_is_read_like_the_words_that_it_is_made_of() -> None:
    assert value_of('{"task": "flag anomalies", "events_per_second_peak": 6000}', "stream_events_per_sec") == 6000


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("候補20万件をまとめて評価し、画面からの応答は不要です。", ["batch"]),
        ("The model works in the collar of each dog, and there is nobody near to help.", ["edge"]),
    ],
)
def test_what_the_next_clause_denies_takes_nothing_away(text: str, mode: list[str]) -> None:
    assert value_of(text, "inference_mode") == mode
