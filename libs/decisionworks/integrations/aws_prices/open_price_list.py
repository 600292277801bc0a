"""The price list service through boto3, which is loaded only here and only when it is there."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from decisionworks.integrations.aws_prices.errors import NoAccessToPrices, PriceListUnavailable
from decisionworks.integrations.aws_prices.read_prices import PriceListCall

# The service answers for every region from a few places; this one has it.
HOME = "us-east-1"
TIMEOUT_S = 20
REFUSALS = (
    "AccessDeniedException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
)


def open_price_list() -> PriceListCall:
    """Open the service with the credentials of the usual places.

    Raises: NoAccessToPrices, boto3 or credentials are missing.
    """
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
    except ModuleNotFoundError as cause:
        raise NoAccessToPrices(
            "boto3 is not installed, so the AWS price list cannot be read",
            remedy="install the extra: pip install 'decisionworks[aws]'",
        ) from cause
    session = boto3.Session()
    if session.get_credentials() is None:
        raise NoAccessToPrices(
            "no AWS credentials were found, so the price list cannot be read; the table that ships stays in use",
            remedy="set AWS_PROFILE, or a key with pricing:GetProducts",
        )
    limits = config.Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"max_attempts": 3})
    return _Guarded(session.client("pricing", region_name=HOME, config=limits)).get_products


class _Guarded:
    """The client with its errors told in our words."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._errors = import_module("botocore.exceptions")

    def get_products(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """One page of offers. Raises: NoAccessToPrices, PriceListUnavailable."""
        try:
            answer: Mapping[str, object] = self._client.get_products(**request)
        except self._errors.ClientError as cause:
            code = str(cause.response.get("Error", {}).get("Code", "unknown"))
            if code in REFUSALS:
                raise NoAccessToPrices(
                    f"the price list refused these credentials: {code}", remedy="allow pricing:GetProducts"
                ) from cause
            raise PriceListUnavailable(f"the price list answered {code}") from cause
        except self._errors.NoCredentialsError as cause:
            raise NoAccessToPrices("the AWS credentials cannot be used", remedy="sign in again") from cause
        except self._errors.BotoCoreError as cause:
            raise PriceListUnavailable(f"the price list cannot be reached: {type(cause).__name__}") from cause
        return answer
