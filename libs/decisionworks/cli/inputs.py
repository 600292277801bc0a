"""What a user hands in: words, files, FIELD=VALUE pairs; checked before anything is started."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from decisionworks.cli.errors import BadInput
from decisionworks.cli.pairs import read_pairs
from decisionworks.kit.errors import Invalid
from decisionworks.projects import (
    MAX_REQUEST_BYTES,
    apply_answers,
    known_values,
    load_constraint_catalogue,
    parse_given_constraints,
    parse_request_document,
)
from decisionworks.projects.model import ConstraintValue, RequestDocument, ValueState


def read_request(text: str | None, file: str | None) -> RequestDocument:
    """The request from an argument, a file or standard input (`-`).

    Raises: BadInput.
    """
    if text is not None and file is not None:
        raise BadInput("give the request as TEXT or with -f FILE, not both")
    if text is None and file is None:
        return RequestDocument(text="", data={})
    words, name = (text or "", None) if file is None else (_read(file), None if file == "-" else file)
    try:
        return parse_request_document(words, file_name=name)
    except Invalid as error:
        where = "the request" if file is None else ("standard input" if file == "-" else file)
        message = error.message if error.message.startswith("the request") else f"{where}: {error.message}"
        raise BadInput(message if file is None else f"{where}: {error.message}", remedy=error.remedy) from error


def read_constraints(file: str | None) -> dict[str, Any]:
    """Constraint values from a YAML or JSON file, plain or under `constraints:`.

    Raises: BadInput.
    """
    if file is None:
        return {}
    text = _read(file)
    try:
        loaded = json.loads(text, object_pairs_hook=_unlike) if file.endswith(".json") else _load_yaml(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
        raise BadInput(f"{file} is not valid YAML: {error.problem}{place}") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise BadInput(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    if not isinstance(loaded, Mapping):
        raise BadInput(f"{file} must be a mapping of constraint fields to values")
    nested = loaded.get("constraints")
    return checked({str(key): value for key, value in (nested if isinstance(nested, Mapping) else loaded).items()})


class _PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no alias, which could make a small file huge, and no field that is given twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node, unless it is an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not accepted", None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys differ."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is given twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def _load_yaml(text: str) -> object:
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader


def _unlike(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} is given twice")
    return found


def as_constraints(pairs: Sequence[str]) -> dict[str, Any]:
    """FIELD=VALUE pairs as constraint values of the right type; `null` withdraws a field.

    Raises: BadInput.
    """
    named = read_pairs(pairs)
    withdrawn = checked({name: None for name, value in named.items() if value == "null"})
    given = {name: value for name, value in named.items() if name not in withdrawn}
    if not given:
        return withdrawn
    catalogue = load_constraint_catalogue()
    nothing = {name: ConstraintValue(value=None, state=ValueState.MISSING) for name in catalogue.by_name}
    try:
        known = known_values(apply_answers(nothing, given, catalogue=catalogue))
    except Invalid as error:
        raise _bad(error) from error
    return {name: known[name] for name in given} | withdrawn


def stated_in(document: RequestDocument) -> dict[str, Any]:
    """The constraint values written inside a request; an entry left blank says nothing.

    Raises: BadInput.
    """
    return {name: value for name, value in checked(dict(document.data)).items() if value is not None}


def checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Constraint values, checked as the server will; None withdraws what the words say of a field.

    Raises: BadInput.
    """
    try:
        return dict(parse_given_constraints(data, catalogue=load_constraint_catalogue()))
    except Invalid as error:
        raise _bad(error) from error


def _bad(error: Invalid) -> BadInput:
    remedies = "; ".join(problem.remedy for problem in error.problems if problem.remedy)
    return BadInput(error.message, remedy=remedies or error.remedy)


def _read(file: str) -> str:
    """A whole text file, at most as long as a request may be."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_REQUEST_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(MAX_REQUEST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror or error}") from error
    if len(data) > MAX_REQUEST_BYTES:
        raise BadInput(
            f"{file} is larger than {MAX_REQUEST_BYTES // 1024} KiB",
            remedy="shorten it to what the system must do, and its limits",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{file} is not text: byte {error.start + 1} is not UTF-8", remedy="send plain text, Markdown, YAML or JSON"
        ) from error
