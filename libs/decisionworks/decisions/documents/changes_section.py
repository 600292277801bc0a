"""What may change a plan: assumptions by their price, the nearest points at which it turns over, ways out, points."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.decisions.documents.model import Json, PlanContent, shown
from decisionworks.decisions.documents.summary import instead, ranked_assumptions
from decisionworks.kit.markdown import code, md, table
from decisionworks.projects.tell_values import tell_value

# What intake says of a default whose effect was not tried out.
MOST_LISTED = 6
NOBODY_SAID = "nobody said it"


def assumptions(content: PlanContent) -> list[str]:
    """What nobody said, by how much it moves."""
    told, quiet = ranked_assumptions(content)
    if not told and not quiet:
        return ["## Assumptions", "", "None: every value was stated or follows from what was stated."]
    lines = ["## Assumptions", ""]
    if told:
        rows = [
            (code(one["field"]), md(tell_value(str(one["field"]), one.get("value"))), md(instead(one)), md(_parts(one)))
            for one in told
        ]
        lines += ["What moves most money comes first.", ""]
        lines += table(("field", "taken for", "if it were otherwise", "what changes"), rows)
    silent = [one for one in quiet if str(one.get("effect") or "").startswith(NOBODY_SAID)]
    rest = [one for one in quiet if one not in silent]
    if rest:
        lines += ["", "Also taken:"] if told else []
        lines += ["", *table(("field", "taken for", "what it touches"), [_quiet(one) for one in rest])]
    if silent:
        named = ", ".join(f"{code(one['field'])} = {md(shown(one.get('value')))}" for one in silent)
        lines += ["", f"Nobody said these, and the usual answer was taken: {named}."]
    return lines


def _parts(row: Json) -> str:
    added, gone = (list(map(str, row.get(key) or ())) for key in ("added", "removed"))
    told = [f"with {', '.join(added)}"] if added else []
    told += [f"without {', '.join(gone)}"] if gone else []
    return "; ".join(told) or "only sizes"


def _quiet(row: Json) -> tuple[str, str, str]:
    return code(row["field"]), md(shown(row.get("value"))), md(_shortened(str(row.get("effect") or "")))


def _shortened(effect: str) -> str:
    """A list of prices by its first three: all of them stand in cost.csv."""
    items = effect.split(", ")
    return effect if len(items) <= MOST_LISTED else f"{', '.join(items[:3])} and {len(items) - 3} more, see cost.csv"


def thresholds(content: PlanContent) -> list[str]:
    """The nearest changes in each direction."""
    rows = [one for one in content.plan.get("thresholds") or () if isinstance(one, Mapping) and one.get("text")]
    return ["## When the plan changes", "", *(f"- {md(one['text'])}" for one in rows)] if rows else []


def ways_out(content: PlanContent) -> list[str]:
    """How each part that binds can be left."""
    rows = [
        (
            code(one["pattern"]),
            md(", ".join(one.get("services") or ())),
            md(one.get("open_alternative") or ""),
            md(one.get("trigger") or ""),
            md(one.get("stays") or ""),
        )
        for one in content.plan.get("exit_points") or ()
    ]
    heads = ("part", "bound to", "open alternative", "leave when", "what stays")
    return ["## Ways out", "", *table(heads, rows)] if rows else []


def points(content: PlanContent) -> list[str]:
    """The sums behind the choices that had a rival, for whoever wants to check them."""
    rows = [
        (
            code(pattern["id"]),
            md(pattern.get("score", 0)),
            md("; ".join(map(str, pattern.get("points") or ())) or "none"),
            code(rival.get("id", "")),
            md(rival.get("points", "")),
            md("; ".join(map(str, rival.get("points_of") or ())) or "none"),
        )
        for pattern in content.patterns
        if isinstance(rival := pattern.get("runner_up"), Mapping)
    ]
    heads = ("part", "points", "from", "instead of", "points", "from")
    return ["## Points behind the choices", "", *table(heads, rows, right=[1, 4])] if rows else []
