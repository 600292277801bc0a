"""The condition language of the domain files: small boolean trees over named facts.

A leaf is `{field, op, value}` or `{field, op, value_from, factor}`; trees combine with `all`, `any` and `not`.
A comparison on a missing value is false; only the ops `missing` and `exists` look at absence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from decisionworks.projects.errors import InvalidCondition

Condition: TypeAlias = Mapping[str, object]
Facts: TypeAlias = Mapping[str, object]


def _as_list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _as_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidCondition(f"a comparison by size needs a number, found {value!r}")
    return value


def _same(left: object, right: object) -> bool:
    # True == 1 in Python; a boolean fact never equals a number here.
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left == right


def _is_member(item: object, items: object) -> bool:
    return any(_same(item, other) for other in _as_list(items))


_COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "eq": _same,
    "ne": lambda v, w: not _same(v, w),
    "lt": lambda v, w: _as_number(v) < _as_number(w),
    "lte": lambda v, w: _as_number(v) <= _as_number(w),
    "gt": lambda v, w: _as_number(v) > _as_number(w),
    "gte": lambda v, w: _as_number(v) >= _as_number(w),
    "in": _is_member,
    "not_in": lambda v, w: not _is_member(v, w),
    "contains": lambda v, w: _is_member(w, v),
    "contains_any": lambda v, w: any(_is_member(x, v) for x in _as_list(w)),
    "contains_all": lambda v, w: all(_is_member(x, v) for x in _as_list(w)),
    "is_true": lambda v, _: v is True,
    "is_false": lambda v, _: v is False,
}

OPERATORS: frozenset[str] = frozenset(_COMPARISONS) | {"exists", "missing"}


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition is true of the facts.

    Raises: InvalidCondition, the tree or an operator is not of the language.
    """
    if "all" in condition:
        return all(holds(part, facts) for part in _parts(condition["all"]))
    if "any" in condition:
        return any(holds(part, facts) for part in _parts(condition["any"]))
    if "not" in condition:
        return not holds(_part(condition["not"]), facts)
    return _leaf_holds(condition, facts)


def truth(condition: Condition, facts: Facts, *, absent_by_nature: Collection[str] = ()) -> bool | None:
    """A condition in three values: None where it hangs on a fact that nobody stated.

    The absence of a fact in `absent_by_nature` is an answer: a comparison with it is false.
    Raises: InvalidCondition, the tree or an operator is not of the language.
    """
    if "not" in condition:
        inner = truth(_part(condition["not"]), facts, absent_by_nature=absent_by_nature)
        return None if inner is None else not inner
    for combinator, decisive in (("all", False), ("any", True)):
        if combinator in condition:
            found = [truth(part, facts, absent_by_nature=absent_by_nature) for part in _parts(condition[combinator])]
            return decisive if decisive in found else None if None in found else not decisive
    return None if missing_facts(condition, facts, absent_by_nature=absent_by_nature) else holds(condition, facts)


def missing_facts(condition: Condition, facts: Facts, *, absent_by_nature: Collection[str] = ()) -> list[str]:
    """The facts that a condition compares and that are not known, in reading order, each once.

    Raises: InvalidCondition
    """
    for combinator in ("all", "any"):
        if combinator in condition:
            parts = _parts(condition[combinator])
            found = [name for part in parts for name in missing_facts(part, facts, absent_by_nature=absent_by_nature)]
            return list(dict.fromkeys(found))
    if "not" in condition:
        return missing_facts(_part(condition["not"]), facts, absent_by_nature=absent_by_nature)
    if _operator(condition) in ("exists", "missing"):
        return []
    return [name for name in fields_of(condition) if facts.get(name) is None and name not in absent_by_nature]


def fields_of(condition: Condition) -> list[str]:
    """Name every field that a condition reads, in reading order, repeats included.

    Raises: InvalidCondition, the tree is not of the language.
    """
    for combinator in ("all", "any"):
        if combinator in condition:
            return [name for part in _parts(condition[combinator]) for name in fields_of(part)]
    if "not" in condition:
        return fields_of(_part(condition["not"]))
    names = [_field(condition)]
    return [*names, str(condition["value_from"])] if "value_from" in condition else names


def check_condition(condition: Condition) -> None:
    """Refuse a condition that could never be evaluated, before it is used.

    Raises: InvalidCondition
    """
    for combinator in ("all", "any"):
        if combinator in condition:
            for part in _parts(condition[combinator]):
                check_condition(part)
            return
    if "not" in condition:
        check_condition(_part(condition["not"]))
        return
    _field(condition)
    _operator(condition)


def _leaf_holds(leaf: Condition, facts: Facts) -> bool:
    value, operator = facts.get(_field(leaf)), _operator(leaf)
    if operator == "missing":
        return value is None
    if operator == "exists":
        return value is not None
    if value is None:
        return False
    wanted = leaf.get("value")
    if "value_from" in leaf:
        other = facts.get(str(leaf["value_from"]))
        if other is None:
            return False
        wanted = other if "factor" not in leaf else _as_number(other) * _as_number(leaf["factor"])
    return _COMPARISONS[operator](value, wanted)


def _field(leaf: Condition) -> str:
    name = leaf.get("field")
    if not isinstance(name, str):
        raise InvalidCondition(f"a condition leaf needs a field: {dict(leaf)!r}")
    return name


def _operator(leaf: Condition) -> str:
    operator = leaf.get("op")
    if not isinstance(operator, str) or operator not in OPERATORS:
        raise InvalidCondition(f"unknown operator {operator!r}; known: {', '.join(sorted(OPERATORS))}")
    return operator


def _part(part: object) -> Condition:
    if not isinstance(part, Mapping):
        raise InvalidCondition(f"a condition is a mapping, found {part!r}")
    return part


def _parts(parts: object) -> list[Condition]:
    if not isinstance(parts, list | tuple):
        raise InvalidCondition(f"a combinator takes a list, found {parts!r}")
    return [_part(part) for part in parts]
