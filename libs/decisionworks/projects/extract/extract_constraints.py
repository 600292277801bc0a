"""Reads a request: what it states, what follows, what it contradicts, and the orders in it that nobody follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from decisionworks.projects.constraint_values import unsaid
from decisionworks.projects.extract.by_the_way import without_by_the_way, without_haste_on_devices
from decisionworks.projects.extract.cadence import derive_cadence
from decisionworks.projects.extract.contradictions import find_contradictions
from decisionworks.projects.extract.corrections import find_corrected
from decisionworks.projects.extract.counts import derive_devices, find_counts
from decisionworks.projects.extract.daily_items import find_daily_items, find_monthly_papers, find_nightly_calls
from decisionworks.projects.extract.derive import derive_data, derive_modes
from decisionworks.projects.extract.derive_purpose import derive_purpose
from decisionworks.projects.extract.finding import Finding
from decisionworks.projects.extract.gathered import find_gathered
from decisionworks.projects.extract.injection import find_untrusted_instructions
from decisionworks.projects.extract.language import detect_language
from decisionworks.projects.extract.latency import find_times
from decisionworks.projects.extract.lifecycle import find_lifecycle
from decisionworks.projects.extract.merge_data import OnMissing, merge_data
from decisionworks.projects.extract.money import find_budget
from decisionworks.projects.extract.multiples import with_multiples
from decisionworks.projects.extract.people import find_skills, find_team
from decisionworks.projects.extract.phrases import find_phrases
from decisionworks.projects.extract.places_named import find_regions
from decisionworks.projects.extract.prohibited import find_forbidden_uses
from decisionworks.projects.extract.purpose_cues import find_purpose_by_cues
from decisionworks.projects.extract.reading import Reading, prepare
from decisionworks.projects.extract.recordings import find_recordings
from decisionworks.projects.extract.records import derive_calls, derive_records, find_records_per_run
from decisionworks.projects.extract.reliability import find_reliability
from decisionworks.projects.extract.resolve import Resolution, values_of
from decisionworks.projects.extract.run_windows import find_rounds, find_run_windows
from decisionworks.projects.extract.scale import find_rates
from decisionworks.projects.extract.scope import SEARCHING_USES, in_scope
from decisionworks.projects.extract.summary import find_summary
from decisionworks.projects.extract.tokens import find_tokens
from decisionworks.projects.extract.volume import derive_corpus, find_corpus, find_volumes
from decisionworks.projects.measure_coverage import applicable_fields
from decisionworks.projects.model import (
    Assumption,
    ConstraintCatalogue,
    Constraints,
    Contradiction,
    Extraction,
    Plain,
    ValueState,
)

_RULES = (
    find_phrases, find_budget, find_times, find_rates, find_daily_items, find_nightly_calls,
    find_monthly_papers, find_volumes, find_corpus,
    find_team, find_skills, find_regions, find_reliability, find_lifecycle, find_counts,
    find_records_per_run, find_recordings, find_run_windows, find_rounds, find_tokens,
)  # fmt: skip


def extract_constraints(
    request: str, *, data: Mapping[str, Plain | None] | None, on_missing: OnMissing, catalogue: ConstraintCatalogue
) -> Extraction:
    """Read every field of the catalogue out of a request text and the data beside it; None withdraws a field.

    Units: those of the catalogue's fields; spans are character offsets into `request`.
    """
    untrusted = find_untrusted_instructions(request)
    language = detect_language(request)
    reading = prepare(request, language=language, blanked=[one.span for one in untrusted])
    read = list(chain.from_iterable(rule(reading) for rule in _RULES))
    if not any(one.field == "use_case_type" for one in read):
        # Only language models count tokens.
        counts_tokens = any(one.field.startswith("llm_tokens") for one in read)
        family = next(
            (str(one.value) for one in read if one.field == "model_type"), "llm_api" if counts_tokens else None
        )
        read.extend(find_purpose_by_cues(reading, family=family))
    read = with_multiples(read, reading=reading)
    read = without_by_the_way([*read, *find_corrected(reading, read)], reading=reading)
    findings = without_haste_on_devices(in_scope(read, reading=reading), reading=reading)
    gathered = list(find_gathered(reading, known=findings))
    if gathered:
        findings = without_haste_on_devices(in_scope([*read, *gathered], reading=reading), reading=reading)
    constraints, contradictions = _settle(findings, reading=reading, catalogue=catalogue)
    constraints, between = find_contradictions(constraints, findings, reading=reading)
    constraints, beside, differences = merge_data(constraints, data or {}, on_missing=on_missing)
    given = data or {}
    return Extraction(
        constraints={field.name: constraints[field.name] for field in catalogue.fields},
        language=language,
        untrusted_instructions=untrusted,
        contradictions=tuple(_still_open([*contradictions, *between], given=given)) + tuple(beside),
        forbidden_uses=find_forbidden_uses(reading),
        assumptions=(*differences, *_assumptions(constraints, catalogue=catalogue)),
    )


def _settle(
    findings: list[Finding], *, reading: Reading, catalogue: ConstraintCatalogue
) -> tuple[Constraints, list[Contradiction]]:
    """Resolve what was said, then what follows from it, one layer at a time."""
    resolution = Resolution(findings, reading=reading, catalogue=catalogue)
    constraints, told = resolution.constraints, list(findings)

    def add(more: Iterable[Finding]) -> None:
        new = list(more)
        told.extend(new)
        resolution.add(new)

    for derive in (derive_purpose, derive_modes):
        add(derive(reading, values_of(constraints), constraints))
    if "batch" in str(values_of(constraints).get("inference_mode")):
        add(derive_cadence(reading, told))
    add(derive_data(reading, values_of(constraints), constraints))
    values = values_of(constraints)
    # What an agent looks up is mostly no text: counts of other things are no corpus of it.
    searches = values.get("use_case_type") in SEARCHING_USES - {"llm_agent"}
    is_searched = searches and "corpus_documents" not in values
    add([*derive_records(reading, values), *derive_corpus(reading, is_searched=is_searched)])
    add(derive_devices(reading, is_edge="edge" in str(values.get("inference_mode")), known=values))
    contradictions = resolution.contradictions
    for finding in [*_summary(told, constraints, reading=reading), *derive_calls(values_of(constraints), constraints)]:
        resolution.replace(finding)
    return constraints, contradictions


def _summary(findings: list[Finding], constraints: Constraints, *, reading: Reading) -> Iterator[Finding]:
    use_case = constraints["use_case_type"]
    purpose = next(
        (
            one
            for one in findings
            if one.field == "use_case_type"
            and one.value == use_case.value
            and use_case.span
            and one.start == use_case.span.start
        ),
        None,
    )
    finding = find_summary(reading, purpose=purpose)
    if finding is not None:
        yield finding


def _still_open(contradictions: list[Contradiction], *, given: Mapping[str, Plain | None]) -> Iterator[Contradiction]:
    """A contradiction of the text that the data decides is no longer one."""
    for one in contradictions:
        if not any(name in given for name in one.fields):
            yield one


def _assumptions(constraints: Constraints, *, catalogue: ConstraintCatalogue) -> Iterator[Assumption]:
    # What a model of language would read in tokens is no assumption of a plan without one.
    for field in applicable_fields(constraints, catalogue=catalogue):
        value = constraints[field.name]
        if value.state is ValueState.DEFAULTED and unsaid(field).value is not None:
            effect = f"nobody said it; another answer to “{field.question}” may change the plan"
            yield Assumption(field=field.name, value=value.value, effect=effect)
