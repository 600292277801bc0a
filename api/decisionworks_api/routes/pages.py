"""Two plain pages: what is running, and the calls it answers. They load nothing from anywhere."""

from __future__ import annotations

import html
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

import decisionworks_api
from decisionworks_api.dependencies import Parts

router = APIRouter(include_in_schema=False)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;background:#fff;"
    "max-width:56rem;margin:3rem auto;padding:0 1rem;color:#1a1d24}"
    "h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}code,pre{font:13px/1.5 ui-monospace,monospace}"
    "pre{background:#f3f4f7;padding:.8rem;border-radius:8px;overflow:auto}table{border-collapse:collapse;width:100%}"
    "td{padding:.3rem .6rem .3rem 0;vertical-align:top;border-top:1px solid #e3e5ea}summary{cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{color:#e8eaf0;background:#14161b}pre{background:#20232a}td{border-color:#333}"
    "a{color:#9db8ff}}"
)


@router.get("/", response_class=HTMLResponse)
async def home(services: Parts) -> HTMLResponse:
    """What is running here."""
    body = (
        "<h1>Decisionworks is running</h1>"
        f"<p>Version {html.escape(decisionworks_api.__version__)}. Words or constraints in; a priced, checked and "
        "approved plan and its validated repository out.</p>"
        "<table><tr><td><a href='/docs'>/docs</a></td><td>every call, with its fields</td></tr>"
        "<tr><td><a href='/openapi.json'>/openapi.json</a></td><td>the same for machines</td></tr>"
        "<tr><td><a href='/healthz'>/healthz</a></td><td>this process answers</td></tr>"
        "<tr><td><a href='/readyz'>/readyz</a></td><td>the database is reachable and migrated; workers alive</td></tr>"
        "</table><h2>First plan</h2>"
        "<pre>decisionworks plan &quot;Weekly churn scores for 20,000 customers, under 50 dollars a month&quot;</pre>"
        "<p>On this machine the command finds the address and the token in the data directory.</p>"
    )
    return HTMLResponse(_page("Decisionworks", body))


@router.get("/docs", response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """Every call with its parameters and body, from the OpenAPI document."""
    schema = request.app.openapi()
    rows = [
        _operation(method, path, operation, schema)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    intro = (
        "<h1>Calls</h1><p>Send <code>Authorization: Bearer TOKEN</code>. Errors are problem documents "
        "(RFC 9457). The machine-readable form is <a href='/openapi.json'>/openapi.json</a>.</p>"
    )
    return HTMLResponse(_page("Decisionworks API", intro + "".join(rows)))


@router.get("/favicon.ico")
async def favicon() -> Response:
    """None."""
    return Response(status_code=204)


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], schema: dict[str, Any]) -> str:
    lines = [
        f"<tr><td><code>{html.escape(one['name'])}</code></td><td>{html.escape(one['in'])}</td>"
        f"<td>{html.escape(_kind(one.get('schema', {})))}</td></tr>"
        for one in operation.get("parameters", [])
    ]
    lines += [
        f"<tr><td><code>{html.escape(name)}</code></td><td>body</td><td>{html.escape(_kind(field))} "
        f"{html.escape(field.get('description', ''))}</td></tr>"
        for name, field in _body_fields(operation, schema).items()
    ]
    return (
        f"<h2><code>{method.upper()} {html.escape(path)}</code></h2>"
        f"<p>{html.escape(operation.get('description', ''))}</p>"
        + (f"<table>{''.join(lines)}</table>" if lines else "")
    )


def _body_fields(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    options = [content, *content.get("anyOf", [])]
    name = next((one["$ref"].rsplit("/", 1)[-1] for one in options if "$ref" in one), None)
    found: dict[str, Any] = schema["components"]["schemas"].get(name, {}).get("properties", {}) if name else {}
    return found


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"])
    if "enum" in field:
        return " | ".join(str(one) for one in field["enum"])
    return str(field.get("format") or field.get("type") or field.get("$ref", "object").rsplit("/", 1)[-1])
