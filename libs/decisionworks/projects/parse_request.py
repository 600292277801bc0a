"""Turns what was handed in (plain text, Markdown, YAML or JSON) into words and constraint data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

import yaml

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.errors import InvalidRequest
from decisionworks.projects.inline_data import take_inline_data
from decisionworks.projects.model import RequestDocument
from decisionworks.projects.note_lines import lines_of, remarks_in

MAX_REQUEST_BYTES = 64 * 1024
MAX_DEPTH = 20
LEAST_NOTE_LINES = 4
_OPENS = re.compile(r"[\w -]{1,40}:\s*$")
_HOLDS = re.compile(r"\s*[\w -]{1,40}:\s*[{\[].*[}\]]\s*(?:#.*)?$")
_COINED = re.compile(r"\s*[a-z]+(?:_[a-z0-9]+)+:\s")
_NOTE_LINE = re.compile(r"\s*(?:#|- |[\w -]{1,40}:(?:\s|$))")
_TEXT_KEYS = ("request", "text", "prompt", "description")
_DATA_KEYS = ("constraints",)
_TITLE_KEYS = ("name", "title", "metadata")
_FENCE = re.compile(r"^```[ \t]*(ya?ml|json)[ \t]*\n(.{0,65536}?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def check_request_text(text: str) -> str:
    """The request text, or a refusal that says what is wrong with it.

    Raises: InvalidRequest: empty, longer than MAX_REQUEST_BYTES, or not text.
    """
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > MAX_REQUEST_BYTES:
        raise InvalidRequest(
            f"the request is {size} bytes long; at most {MAX_REQUEST_BYTES} bytes (64 KiB) are read",
            remedy="shorten the request to what the system must do, and its limits",
        )
    if _looks_binary(text):
        raise InvalidRequest(
            "the request is not text: it holds NUL or control characters, as a binary file does",
            remedy="send plain text, Markdown, YAML or JSON in UTF-8",
        )
    if not text.strip("\ufeff \t\r\n\u200b"):
        raise InvalidRequest(
            "the request is empty", remedy="say in a sentence what the model should decide, and for whom"
        )
    return text


def parse_request_document(text: str, *, file_name: str | None = None) -> RequestDocument:
    """Words and constraint data of a request in plain text, Markdown, YAML or JSON.

    Raises: InvalidRequest: empty, too long, binary, or malformed YAML or JSON where the file name promises it.
    """
    check_request_text(text)
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    suffix = PurePath(file_name).suffix.lower() if file_name else ""
    if suffix == ".json" or (not suffix and plain.lstrip().startswith("{")):
        record = _load_json(plain)
        return _as_lines(record) if _is_own_form(record) else _structured(record, original=plain)
    if suffix in (".yaml", ".yml"):
        record = _load_yaml(plain, where="the request")
        if _is_own_form(record):
            return _as_lines(record, remarks=remarks_in(plain))
        return _structured(record, original=plain)
    if suffix in ("", ".md", ".markdown") and plain.startswith("---"):
        front = _FRONT_MATTER.match(plain)
        if front:
            return _front_matter(front, plain)
    if not suffix:
        guessed = _guessed_yaml(plain)
        if guessed is not None and not _is_own_form(guessed):
            return _structured(guessed, original=plain)
        nested = _nested_note(plain)
        if nested is not None:
            return _as_lines(nested, remarks=remarks_in(plain))
    return _fenced(plain)


def _looks_binary(text: str) -> bool:
    if "\x00" in text:
        return True
    control = sum(1 for char in text if (char < " " and char not in "\t\n\r\f\x0b\x1b") or char == "\ufffd")
    surrogate = any("\ud800" <= char <= "\udfff" for char in text)
    return surrogate or control > max(8, len(text) // 20)


def _load_json(text: str) -> Mapping[str, object]:
    try:
        loaded = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the request is not valid JSON: {_first_line(error)}") from error
    return _mapping(loaded, where="the JSON request")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _load_yaml(text: str, *, where: str) -> Mapping[str, object]:
    return _mapping(_yaml(text, where=where), where=where)


def _yaml(text: str, *, where: str) -> object:
    try:
        _refuse_aliases_and_depth(text)
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidRequest(
            f"{where} is not valid YAML: {_yaml_place(error)}",
            remedy="check indentation, colons and quotes at that line",
        ) from error


def _refuse_aliases_and_depth(text: str) -> None:
    # An alias can make a small document explode in memory; requests have no use for one.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases (*name) are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def _yaml_place(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"{error.problem} at line {mark.line + 1}, column {mark.column + 1}"
    return _first_line(error)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _mapping(loaded: object, *, where: str) -> Mapping[str, object]:
    if not isinstance(loaded, Mapping):
        raise InvalidRequest(
            f"{where} must be a mapping of names to values, found {type(loaded).__name__}",
            remedy="write `request: …` and `constraints: {budget_usd_month: 500}`",
        )
    return {str(key): value for key, value in loaded.items()}


def _guessed_yaml(text: str) -> Mapping[str, object] | None:
    """A document without a name is YAML when its first line is one of our keys; prose with colons stays prose."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith(("#", "---"))), "")
    key = first.partition(":")[0].strip()
    known = load_constraint_catalogue().by_name
    if ":" not in first or key not in (*_TEXT_KEYS, *_DATA_KEYS, *known):
        return None
    try:
        return _load_yaml(text, where="the request")
    except InvalidRequest:
        if key in _TEXT_KEYS:
            return None
        raise


def _nested_note(text: str) -> Mapping[str, object] | None:
    """A note whose lines belong to the names above them, as in somebody's own YAML; prose and flat lists are none."""
    lines = [line for line in text.splitlines() if line.strip()]
    opening = [line for line in lines if _OPENS.match(line) or _HOLDS.match(line)]
    # Two names such as `spend_usd_month` are a form in somebody's own names, flat as it is.
    coined = [line for line in lines if _COINED.match(line)][1:]
    if not (opening or coined) or len(lines) < LEAST_NOTE_LINES or not all(_NOTE_LINE.match(line) for line in lines):
        return None
    try:
        record = _load_yaml(text, where="the request")
    except InvalidRequest:
        return None
    return record if coined or any(isinstance(value, Mapping | list) for value in record.values()) else None


def _is_own_form(record: Mapping[str, object]) -> bool:
    """Whether a record is a note in somebody's own names, to be read as words, rather than data in ours."""
    if not record or any(key in record for key in _DATA_KEYS):
        return False
    if any(isinstance(record.get(key), Mapping | list) for key in _TEXT_KEYS):
        return True
    known = load_constraint_catalogue().by_name
    others = [key for key in record if key not in (*_TEXT_KEYS, *_TITLE_KEYS)]
    strange = [key for key in others if key not in known]
    if len(strange) == len(record):
        return True
    # A few strange names among ours are misspelled ones, which an error names.
    return len(strange) >= LEAST_NOTE_LINES and 2 * len(strange) > len(others)


def _as_lines(record: Mapping[str, object], *, remarks: Sequence[str] = ()) -> RequestDocument:
    return RequestDocument(text="\n".join(lines_of(record, remarks=remarks)), data={})


def _structured(record: Mapping[str, object], *, original: str) -> RequestDocument:
    words = [str(record[key]) for key in _TEXT_KEYS if isinstance(record.get(key), str)]
    nested = [_mapping(record[key], where=key) for key in _DATA_KEYS if record.get(key) is not None]
    data: dict[str, object] = {}
    for part in nested:
        data.update(part)
    data.update({k: v for k, v in record.items() if k not in (*_TEXT_KEYS, *_DATA_KEYS, *_TITLE_KEYS)})
    text = "\n\n".join(words) if words else _text_from(data, record)
    if not text.strip() and not data:
        raise InvalidRequest("the request says nothing", remedy="write `request: …` or some `constraints`")
    return RequestDocument(text=text, data=data)


def _text_from(data: Mapping[str, object], record: Mapping[str, object]) -> str:
    title = record.get("title") or record.get("name") or data.get("use_case_summary")
    return str(title) if isinstance(title, str) else ""


def _front_matter(front: re.Match[str], text: str) -> RequestDocument:
    head = _load_yaml(front.group(1), where="the front matter") if front.group(1).strip() else {}
    if _is_own_form(head):
        return _fenced("\n".join([*lines_of(head, remarks=remarks_in(front.group(1))), "", text[front.end() :]]))
    body = _fenced(text[front.end() :]) if text[front.end() :].strip() else RequestDocument(text="", data={})
    document = _structured({**head, "request": body.text or head.get("request", "")}, original=text)
    return RequestDocument(text=document.text, data={**document.data, **body.data})


def _fenced(text: str) -> RequestDocument:
    """Fenced YAML or JSON that names our fields is data, a form in own names is words; the rest stays text."""
    data: dict[str, object] = {}
    known = load_constraint_catalogue().by_name
    told = text
    for block in _FENCE.finditer(text):
        try:
            loaded = _yaml(block.group(2), where="a fenced block")
        except InvalidRequest:
            continue
        if not isinstance(loaded, Mapping):
            continue
        nested = loaded.get("constraints")
        record = {str(key): value for key, value in (nested if isinstance(nested, Mapping) else loaded).items()}
        if not any(key in known for key in record):
            continue
        if _is_own_form(record):
            told = told.replace(block.group(0), "\n".join(lines_of(record, remarks=remarks_in(block.group(2)))))
        else:
            data.update(record)
    return (
        RequestDocument(text=told, data=data) if data else take_inline_data(told, catalogue=load_constraint_catalogue())
    )
