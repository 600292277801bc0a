"""Loads the vocabularies: phrases of a language, and the field value that each speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidCatalogue
from decisionworks.projects.extract.sieve import Sieve
from decisionworks.projects.model import FieldType, Plain, ValueState

VOCABULARIES: tuple[str, ...] = ("en", "de", "fr", "es", "pt", "ja")
# Latin words stand beside Japanese characters without a blank: “BERTモデル”. Named are the characters of the words that
# phrases are written in, not all others but the Japanese ones: compiling those would walk tens of thousands of them for
# each phrase, and that was most of what reading the first request took.
_OF_A_WORD = r"[0-9A-Z_a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af]"
WORD_START, WORD_END = rf"(?<!{_OF_A_WORD})", rf"(?!{_OF_A_WORD})"
_WITHOUT_SPACES = frozenset({"ja"})


class _EntryRecord(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    value: bool | str
    say: list[str]
    state: ValueState = ValueState.STATED
    confidence: float = 0.9
    strength: int = 60
    needs: str | None = None
    negatable: bool = True
    only_denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One pattern of a vocabulary. `needs` must occur in the same sentence for it to count.

    With `is_only_denied` it counts where the words are denied: “no personal data”. Patterns are compiled when a text
    first has letters of them: most texts have none of most.
    """

    field: str
    value: Plain
    say: str
    state: ValueState
    confidence: float
    strength: int
    needed: str | None
    is_negatable: bool
    is_only_denied: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it says."""
        return compiled(self.say)

    @property
    def needs(self) -> re.Pattern[str] | None:
        """What must stand beside it."""
        return None if self.needed is None else compiled(self.needed)


@cache
def vocabulary(language: str) -> tuple[Phrase, ...]:
    """The phrases of one language, in the order of its file.

    Raises: InvalidCatalogue, a phrase speaks of an unknown field or value.
    """
    name = f"{language}.yaml"
    raw = resources.files("decisionworks.projects.extract").joinpath("vocabulary").joinpath(name).read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = yaml.load(raw, Loader=loader)  # noqa: S506, both are safe
    records = [_EntryRecord.model_validate(entry) for entry in entries]
    return tuple(_phrase(record, language=language) for record in records)


@cache
def phrase_sieve(language: str) -> Sieve:
    """Tells which phrases of a language a text may have."""
    return Sieve(one.say for one in vocabulary(language))


def ready_phrases(language: str) -> None:
    """Have every pattern of a language at hand."""
    for phrase in vocabulary(language):
        for source in (phrase.say, phrase.needed):
            if source is not None:
                compiled(source)


def _phrase(record: _EntryRecord, *, language: str) -> Phrase:
    field = load_constraint_catalogue().by_name.get(record.field)
    if field is None or (field.enum and record.value not in field.enum):
        raise InvalidCatalogue(f"vocabulary {language} speaks of unknown {record.field}={record.value}")
    value: Plain = [str(record.value)] if field.type is FieldType.LIST else record.value
    return Phrase(
        field=record.field,
        value=value,
        say=word_source(record.say, language=language),
        state=record.state,
        confidence=record.confidence,
        strength=record.strength,
        needed=None if record.needs is None else word_source([record.needs], language=language),
        is_negatable=record.negatable,
        is_only_denied=record.only_denied,
    )


@cache
def compiled(source: str) -> re.Pattern[str]:
    """The pattern, compiled once."""
    return re.compile(source)


def word_pattern(alternatives: list[str], *, language: str) -> re.Pattern[str]:
    """One pattern for several phrases, as `word_source` writes it."""
    return re.compile(word_source(alternatives, language=language))


def word_source(alternatives: list[str], *, language: str) -> str:
    """One pattern for several phrases, bound to whole words where the language writes words apart."""
    # Bounded, so that a text without spaces is not read to its end from every place in it.
    joined = "|".join(alternatives).replace(r"\w*", r"\w{0,24}").replace(r"\w+", r"\w{1,24}")
    if language in _WITHOUT_SPACES:
        # Without blanks only the full stop keeps a gap inside its sentence.
        joined = joined.replace(r"\S{", "[^\\s。]{")
    return joined if language in _WITHOUT_SPACES else rf"{WORD_START}(?:{joined}){WORD_END}"
