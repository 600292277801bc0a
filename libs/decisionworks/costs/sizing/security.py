"""Quantities of keys, secrets, private networks, privacy and the API edge."""

from __future__ import annotations

from decisionworks.costs.model import HOURS_PER_MONTH, UsageLine, Workload
from decisionworks.costs.sizing.serving import API_FRONT, NAT

# What a network without a way out calls from inside, and what of it a single quiet zone does with.
CLOSED_ENDPOINTS, QUIET_ENDPOINTS = 11, 6


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def size_baseline(w: Workload) -> list[UsageLine]:
    """Two keys and three secrets; six and ten when regulated or for eight people; one and two for one person."""
    keys, secrets = (6, 10) if w.is_regulated or w.team_size >= 8 else (1, 2) if w.team_size == 1 else (2, 3)
    return [_line("kms.key.month", keys), _line("secrets.secret.month", secrets)]


def size_private_network(w: Workload) -> list[UsageLine]:
    """A gateway and endpoints in each zone; 10 GB out for one or two people, else 300 GB, more by requests.

    Health and card data have no way out: endpoints stand for the gateways, eleven in one zone or two, six where one
    or two people run small work in one.
    """
    if w.is_closed:
        in_a_zone = QUIET_ENDPOINTS if w.zones == 1 and w.team_size <= 2 else CLOSED_ENDPOINTS
        closed = in_a_zone * min(w.zones, 2)
        return [
            _line("nat.hour", 0, NAT),
            _line("nat.gb", 0),
            _line("vpce.interface.hour", closed * HOURS_PER_MONTH),
        ]
    gb_out = 10.0 if w.team_size <= 2 else 300.0
    gb_out = max(gb_out, min(3000.0, w.requests_month * 0.5 / 1e6))
    return [
        _line("nat.hour", w.zones * HOURS_PER_MONTH, NAT),
        _line("nat.gb", gb_out),
        _line("vpce.interface.hour", w.endpoints * w.zones * HOURS_PER_MONTH),
    ]


def size_privacy(w: Workload) -> list[UsageLine]:
    """A twentieth of the history is inspected once a month, at most 100 GB; samples of 5 GB for one or two people."""
    return [_line("macie.inspect.gb", min(5.0 if w.team_size <= 2 else 100.0, 0.05 * w.history_gb))]


def size_api_edge(w: Workload) -> list[UsageLine]:
    """One web ACL with four rules; every request passes it and the gateway."""
    millions = (w.requests_month or w.llm_requests_month) / 1e6
    return [
        _line("waf.acl.month", 1),
        _line("waf.rule.month", 4),
        _line("waf.requests.million", millions),
        _line("apigw.http.million", millions, API_FRONT),
    ]


SECURITY_SIZERS = {
    "sec-baseline": ("security_base", size_baseline),
    "sec-private-network": ("security_network", size_private_network),
    "sec-pii-minimisation": ("privacy", size_privacy),
    "sec-api-auth-waf": ("api_edge", size_api_edge),
}
