"""A price list service on loopback, as a process of its own: it speaks the wire protocol, not our code.

Prints its address, then answers `GetProducts` from a few offers, two to a page. A key named `denied` may not read.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOURLY = "Hrs"


def offer(attributes: dict[str, str], usd: str, unit: str = HOURLY, *, term: str = "OnDemand") -> dict[str, Any]:
    """One offer in the shape of the service."""
    tier = {"unit": unit, "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}
    terms = {term: {"A.B": {"priceDimensions": {"A.B.C": tier}}}}
    return {"product": {"productFamily": attributes.get("productFamily", ""), "attributes": attributes}, "terms": terms}


def machine(kind: str, region: str, usd: str, **more: str) -> tuple[str, dict[str, Any]]:
    """A machine of EC2 as it is usually bought."""
    usual = {
        "instanceType": kind, "regionCode": region, "operatingSystem": "Linux", "preInstalledSw": "NA",
        "tenancy": "Shared", "capacitystatus": "Used", "marketoption": "OnDemand", "usagetype": f"BoxUsage:{kind}",
    }  # fmt: skip
    return "AmazonEC2", offer(usual | more, usd)


OFFERS: list[tuple[str, dict[str, Any]]] = [
    machine("t3.medium", "us-east-1", "0.0400000000"),
    machine("t3.medium", "us-east-1", "0.9000000000", operatingSystem="Windows"),
    machine("t3.medium", "eu-west-1", "0.0456000000"),
    machine("t3.large", "us-east-1", "0.0832000000"),
    machine("t3.large", "us-east-1", "0.0832000000", usagetype="UnusedBox:t3.large"),
    machine("t3.large", "us-east-1", "0.0832000000", usagetype="Third:t3.large"),
    machine("t4g.small", "us-east-1", "0.0168000000"),
    machine("t4g.small", "us-east-1", "0.0200000000", usagetype="Other:t4g.small"),
    (
        "AWSLambda",
        offer({"regionCode": "us-east-1", "group": "AWS-Lambda-Requests"}, "0.0000002000", "Requests"),
    ),
]


class Handler(BaseHTTPRequestHandler):
    """Answers one call of the service."""

    def do_POST(self) -> None:
        """Take a call."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Amz-Target"] != "AWSPriceListService.GetProducts":
            return self.answer(400, {"__type": "UnknownOperationException"})
        if "Credential=denied" in self.headers["Authorization"]:
            return self.answer(400, {"__type": "AccessDeniedException", "Message": "not allowed"})
        wanted = {one["Field"]: one["Value"] for one in asked["Filters"] if one["Type"] == "TERM_MATCH"}
        fitting = [found for service, found in OFFERS if service == asked["ServiceCode"] and _fits(found, wanted)]
        start = int(asked.get("NextToken", "0"))
        page = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in fitting[start : start + 2]]}
        return self.answer(200, page | ({"NextToken": str(start + 2)} if start + 2 < len(fitting) else {}))

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Send a document of the protocol."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _fits(found: dict[str, Any], wanted: dict[str, str]) -> bool:
    attributes = found["product"]["attributes"]
    return all(attributes.get(name) == value for name, value in wanted.items())


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
