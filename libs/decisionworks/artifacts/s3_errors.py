"""What S3 and the way to it can answer, in our words: most of it may be over in a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
)
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from decisionworks.artifacts.errors import StoreUnavailable

T = TypeVar("T")

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_DAMAGED_ON_THE_WAY = frozenset({"BadDigest", "XAmzContentChecksumMismatch", "IncompleteBody", "RequestTimeout"})
_RACED = frozenset({"409", "ConditionalRequestConflict"})
_REMEDIES = {
    "403": "give the service's role s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket",
    "NoSuchBucket": "make the bucket, or correct DECISIONWORKS_ARTIFACTS",
}
_REMEDIES |= {"AccessDenied": _REMEDIES["403"], "InvalidAccessKeyId": "correct the credentials"}
_TRIES = 4


class TryAgain(Exception):
    """This attempt went wrong in a way that the next may not."""


def code_of(error: ClientError) -> str:
    """S3's own name of what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def trying_again(call: Callable[[], T]) -> T:
    """Call, and call again after what botocore itself does not retry: races and bytes damaged on the way."""

    def once() -> T:
        try:
            return call()
        except ClientError as error:
            if code_of(error) in _DAMAGED_ON_THE_WAY | _RACED:
                raise TryAgain(code_of(error)) from error
            raise
        except (HTTPClientError, IncompleteReadError, FlexibleChecksumError) as error:
            raise TryAgain(str(error)) from error

    return Retrying(
        retry=retry_if_exception_type(TryAgain),
        stop=stop_after_attempt(_TRIES),
        wait=wait_random_exponential(multiplier=0.1, max=2),
        reraise=True,
    )(once)


@contextmanager
def store_errors(verb: str) -> Iterator[None]:
    """Turn what is left after all tries into our errors."""
    try:
        yield
    except NoCredentialsError as error:
        remedy = "give the service a role, or set AWS credentials"
        raise StoreUnavailable(f"the artifact cannot be {verb}: no credentials", remedy=remedy) from error
    except ClientError as error:
        remedy = _REMEDIES.get(code_of(error), "see that the bucket can be reached; the run goes on by itself")
        message = f"the artifact cannot be {verb}: {code_of(error) or error}"
        raise StoreUnavailable(message, remedy=remedy, retry_after_s=10) from error
    except (BotoCoreError, TryAgain) as error:
        remedy = "see that the bucket can be reached; the run goes on by itself"
        raise StoreUnavailable(f"the artifact cannot be {verb}: {error}", remedy=remedy, retry_after_s=10) from error
