"""Readies the rules of every language, so that nobody's first request pays for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.extract.extract_constraints import extract_constraints
from decisionworks.projects.extract.gathered import ready_words
from decisionworks.projects.extract.purpose_cues import ready_cues
from decisionworks.projects.extract.vocabulary_file import VOCABULARIES, phrase_sieve, ready_phrases

# A sentence that is recognised as its language and asks for something.
_SENTENCES = (
    "We want to know every week which of our customers will leave, for the team and the budget that we have.",
    "Wir wollen jede Woche wissen, welche unserer Kunden kündigen, und das ist mit dem Budget nicht leicht.",
    "Nous voulons savoir chaque semaine lesquels de nos clients vont partir, avec le budget que nous avons.",
    "Queremos saber cada semana cuáles de nuestros clientes se van, con el presupuesto que tenemos para todo.",
    "Queremos saber toda semana quais dos nossos clientes vão sair, com o orçamento que temos para isso.",
    "毎週、どの顧客が解約しそうかを知りたいです。予算は月10万円です。",
)


def warming_steps() -> Iterator[Callable[[], object]]:
    """One step for each language, half a second each at most, the most common one first."""
    catalogue = load_constraint_catalogue()
    for language, sentence in zip(VOCABULARIES, _SENTENCES, strict=True):
        yield partial(phrase_sieve, language)
        yield partial(extract_constraints, sentence, data=None, on_missing="assume", catalogue=catalogue)
    yield ready_cues
    for language in VOCABULARIES:
        yield partial(ready_phrases, language)
        yield partial(ready_words, language)
