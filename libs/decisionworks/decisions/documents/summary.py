"""What an approver knows after fifteen lines: what is built, its price, its risks, its open ends, what is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decisionworks.decisions.documents.content import content_of
from decisionworks.decisions.documents.model import Json, PlanContent
from decisionworks.decisions.documents.said import (
    currency_of,
    first_sentences,
    in_plain_words,
    money,
    more_or_less,
)
from decisionworks.kit.words import counted
from decisionworks.projects import FieldType, holds, load_constraint_catalogue
from decisionworks.projects.tell_values import as_sentence, joined, tell_value

_SEVERITIES = {"block": 0, "high": 0, "medium": 1, "warn": 1, "low": 2, "info": 2}
_FEEDS = ("ingestion", "training")
MOST_RISKS = 3
MOST_OPEN = 3
# Below this an assumption moves nothing but the rounding.
LEAST_USD = 0.5
# What the whole plan is built around is asked before what only moves money.
SHAPING = ("inference_mode", "use_case_type")
# From here on a share says less than a multiple.
MOST_PERCENT = 3.0
# What moves the bill is told under Cost; it is no risk.
ABOUT_THE_BILL = ("top-drivers", "fixed-floors", "cheaper-alternative", "log-share")


def summary_lines(content: PlanContent) -> list[tuple[str, str]]:
    """Label and sentence, in the order in which they are read; plain text, not marked up."""
    lines = [("Decision", _verdict(content)), ("Built", _built(content))]
    if content.cost_estimate.get("monthly"):
        lines.append(("Costs", _costs(content)))
        lines += [("Budget", text) for text in [_budget(content)] if text]
        lines += [("Choices", text) for text in [_tiers(content)] if text]
    lines.append(("Could go wrong", _risks(content)))
    lines.append(("To answer", _open(content)))
    lines.append(("You approve", _approved(content)))
    return lines


def summary_of(decision_set: Json) -> list[dict[str, str]] | None:
    """The summary of a decision set in its public shape, as `{label, text}`; None where there is no plan yet.

    Raises: InvalidConstraints, a constraint is not one.
    """
    if not decision_set.get("plan"):
        return None
    content = content_of(decision_set)
    told = [("Plan", title_of(content)), *summary_lines(content)]
    return [{"label": label, "text": text} for label, text in told]


def title_of(content: PlanContent) -> str:
    """What the plan is for, in English whatever the request was written in."""
    use = content.values.get("use_case_type")
    told = tell_value("use_case_type", use) if use not in (None, "other") else "machine learning"
    assumed = {str(one.get("field")): one.get("value") for one in content.plan.get("assumptions") or ()}
    modes = content.values.get("inference_mode") or assumed.get("inference_mode")
    kind = f", {tell_value('inference_mode', modes)}" if modes else ""
    region = content.cost_estimate.get("region")
    return f"{told[:1].upper()}{told[1:]}{kind}" + (f", in {region}" if region else "")


def ranked_risks(content: PlanContent) -> list[Json]:
    """The reviewers' findings: what is open before what was taken up, then by severity, then by the money in it."""

    def rank(one: Json) -> tuple[bool, int, float]:
        usd = one.get("usd")
        size = abs(float(usd)) if isinstance(usd, int | float) else 0.0
        return bool(one.get("accepted")), _SEVERITIES.get(str(one.get("severity")), 1), -size

    return sorted(content.critiques, key=rank)


def ranked_assumptions(content: PlanContent) -> tuple[list[Json], list[Json]]:
    """Assumptions with a known effect, the largest first, and those that nothing of this plan hangs on."""
    rows = [one for one in content.plan.get("assumptions") or () if isinstance(one, Mapping)]
    told = [one for one in rows if abs(float(one.get("usd_delta") or 0.0)) >= LEAST_USD or one.get("plan_changes")]
    told.sort(key=lambda one: (one.get("field") not in SHAPING, -abs(float(one.get("usd_delta") or 0.0))))
    return told, [one for one in rows if one not in told]


def instead(row: Json) -> str:
    """What an assumption would change if it were another: “training on one GPU: +9.75 USD a month”."""
    field, delta = str(row["field"]), row.get("usd_delta")
    other = tell_value(field, row.get("instead"))
    if not isinstance(delta, int | float):
        return f"{other}: nothing would fit all that was asked"
    return f"{other}: {more_or_less(float(delta))}"


def _verdict(content: PlanContent) -> str:
    rules = content.policy_results.get("rules") or ()
    fired = {
        severity: [one for one in rules if one.get("outcome") == "fired" and one.get("severity") == severity]
        for severity in ("block", "warn")
    }
    if content.infeasibility is not None and any(one.get("is_of_words") for one in _conflicts(content)):
        return (
            "Not to be approved: the request says two things that cannot both hold. Both are quoted, planned and priced"
            " below; the plan here takes neither of them."
        )
    if content.infeasibility is not None:
        return (
            "Not to be approved: no plan meets all that was asked; the nearest one is drawn, the ways out stand below."
        )
    if fired["block"]:
        return f"Not to be approved: {joined([_title(one) for one in fired['block']])}."
    if fired["warn"]:
        return f"Ready for approval, with {counted(len(fired['warn']), 'remark')}. {_remarks(fired['warn'], content)}"
    if content.policy_results.get("status") == "pass":
        return "Ready for approval: no rule objects."
    return f"The policies say {content.policy_results.get('status', 'nothing yet')}."


def _conflicts(content: PlanContent) -> Sequence[Json]:
    return (content.infeasibility or {}).get("conflicts") or ()


def _title(rule: Json) -> str:
    title = str(rule.get("title") or rule.get("id") or "")
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _remarks(rules: Sequence[Json], content: PlanContent) -> str:
    """What to do about each; where that is nothing to do with parts, what was measured."""
    told = []
    for rule in rules:
        evidence = str(rule.get("evidence") or "")
        said = in_plain_words(evidence, content.values)
        told.append(said if evidence.startswith("plan.") and said != evidence else str(rule.get("remediation") or said))
    return " ".join(as_sentence(one) for one in told)


def _built(content: PlanContent) -> str:
    names = {
        capability: [
            str(one.get("name") or one["id"]) for one in content.patterns if one.get("capability") == capability
        ]
        for capability in ("serving", *_FEEDS)
    }
    parts = [joined(names["serving"]) or "Nothing that answers by itself"]
    parts += [f"fed by {joined(names['ingestion'])}"] if names["ingestion"] else []
    parts += [f"trained by {joined(names['training'])}"] if names["training"] else ["with no training of its own"]
    where = content.cost_estimate.get("region", "no region")
    team = content.values.get("team_size")
    who = f", for {tell_value('team_size', team)}" if isinstance(team, int | float) and team else ""
    return f"{', '.join(parts)}; {counted(len(content.patterns), 'part')} in {where}{who}."


def _costs(content: PlanContent) -> str:
    estimate, currency = content.cost_estimate, currency_of(content.plan)
    monthly = estimate["monthly"]
    low, expected, high = (float(monthly[key]) for key in ("low", "expected", "high"))
    told = f"{expected:,.2f} USD a month expected, {low:,.2f} at least, {high:,.2f} at most"
    if currency is not None:
        amounts = [currency.amount(usd) for usd in (expected, low, high)]
        told += f" ({amounts[0]}, {amounts[1]} to {amounts[2]}; {currency.note})"
    one = estimate.get("per_prediction")
    if isinstance(one, Mapping):
        told += f"; {float(one['fixed_usd_month']):,.2f} of it before the first prediction"
    unpriced = estimate.get("unpriced") or ()
    told += f"; {counted(len(unpriced), 'item')} without a price not in it" if unpriced else ""
    return f"{told}. List prices of {estimate.get('prices_as_of', 'the plan')}."


def _budget(content: PlanContent) -> str:
    budget = content.plan.get("budget") or {}
    usd = budget.get("usd", content.values.get("budget_usd_month"))
    if not isinstance(usd, int | float) or isinstance(usd, bool) or not usd:
        return ""
    currency, expected = currency_of(content.plan), float(content.cost_estimate["monthly"]["expected"])
    hardness = content.values.get("budget_hardness")
    kind = f", {hardness}" if hardness else ""
    said = f"{currency.amount(usd)} = {usd:,.2f} USD" if currency else f"{usd:,.2f} USD"
    if expected <= usd:
        high = float(content.cost_estimate["monthly"]["high"])
        beyond = f" The high estimate is {money(high - usd, currency)} over it." if high > usd else ""
        return f"{said} a month{kind}; the plan takes {100 * expected / usd:.0f} % of it.{beyond}"
    ratio = expected / usd
    share = f"{ratio - 1:.0%}" if ratio < MOST_PERCENT else f"{ratio:.0f} times what was wished"
    over = f"{money(expected - usd, currency)} a month, {share}"
    told = f"{said} a month{kind}; THE PLAN IS OVER IT by {over}."
    because = [str(one["text"]) for one in budget.get("because") or ()]
    ways = [str(one["text"]) for one in budget.get("ways") or ()]
    told += f" Why: {'; '.join(because[:MOST_RISKS])}." if because else ""
    return told + (f" What brings it down: {'; '.join(ways[:2])}." if ways else "")


def _tiers(content: PlanContent) -> str:
    tiers = {name: one for name, one in (content.plan.get("tiers") or {}).items() if isinstance(one, Mapping)}
    told = [
        f"{name} {float(one['monthly_usd']):,.2f}"
        for name in ("lean", "recommended", "robust")
        if isinstance((one := tiers.get(name, {})).get("monthly_usd"), int | float)
    ]
    if len(told) < 2:
        return ""
    return f"{', '.join(told)} USD a month; {_left_out(content, tiers.get('lean') or {})}the rest stands under Cost."


def _left_out(content: PlanContent, lean: Json) -> str:
    """What the lean tier saves most by, so that nobody has to look for it."""
    kept = lean.get("patterns") or ()
    gone = [one for one in content.patterns if kept and one["id"] not in kept and one.get("monthly_usd")]
    gone.sort(key=lambda one: (-float(one["monthly_usd"]), str(one["id"])))
    named = [f"{one.get('name') or one['id']} ({float(one['monthly_usd']):,.2f})" for one in gone[:2]]
    return f"lean leaves out {joined(named)}{' and smaller parts' if len(gone) > 2 else ''}; " if named else ""


def _risks(content: PlanContent) -> str:
    found = [one for one in ranked_risks(content) if not one.get("accepted")]
    grave = [one for one in found if one.get("rule") not in ABOUT_THE_BILL]
    serious = [one for one in grave if _SEVERITIES.get(str(one.get("severity")), 1) < 2] or grave
    told = [in_plain_words(as_sentence(str(one.get("finding") or "")), content.values) for one in serious]
    left_out = [str(one) for one in content.plan.get("open_wishes") or ()]
    told += [f"Left out, though it would help: {text}." for text in left_out[:1]]
    if not told:
        return "The reviewers found nothing to object to."
    more = max(0, len(found) - min(len(serious), MOST_RISKS))
    return first_sentences(told, most=MOST_RISKS) + (
        f" {counted(more, 'smaller finding')} under Risks." if more else ""
    )


def _open(content: PlanContent) -> str:
    questions = [str(one["question"]) for one in _conflicts(content) if one.get("question")]
    ways = (content.infeasibility or {}).get("relaxations") or ()
    if ways and not questions:
        told = [str(one.get("why") or "").split("; kept as asked", maxsplit=1)[0] for one in ways]
        return f"Which way out is taken? {first_sentences([as_sentence(one) for one in told], most=MOST_OPEN)}"
    moving, _ = ranked_assumptions(content)
    guesses = [f"{tell_value(str(one['field']), one.get('value'))} is assumed; with {instead(one)}" for one in moving]
    asked = [*questions, *_unsaid(content, {str(one["field"]) for one in moving}), *guesses]
    if not asked:
        return "Nothing that would change the plan."
    # What blocks is asked alone: the rest waits until it is settled.
    return first_sentences([as_sentence(one) for one in asked], most=len(questions) or MOST_OPEN)


def _unsaid(content: PlanContent, told: set[str]) -> list[str]:
    """What a plan needs to know, nobody said and no default is safe for."""
    return [
        f"not said: {field.question}"
        for field in load_constraint_catalogue().fields
        if field.mandatory
        and field.default is None
        and field.type is not FieldType.STRING
        and field.name not in told
        and content.values.get(field.name) in (None, [])
        and (field.applies_when is None or holds(field.applies_when, content.values))
    ]


def _approved(content: PlanContent) -> str:
    rules = content.policy_results.get("rules") or ()
    blocks = [one for one in rules if one.get("outcome") == "fired" and one.get("severity") == "block"]
    if content.infeasibility is not None or blocks:
        return "Nothing yet: a choice above comes first, and makes the next revision, which has a gate of its own."
    counts = {name: sum(one.get("outcome") == name for one in rules) for name in ("passed", "fired", "unknown")}
    told = (
        f"plan {content.short_hash}: these {counted(len(content.patterns), 'part')} at this price, with"
        f" {counted(counts['passed'], 'rule')} passed, {counts['fired']} fired and {counts['unknown']} that wait for"
        " facts or for code. Approval makes the repository; it deploys nothing"
    )
    return as_sentence(told)
