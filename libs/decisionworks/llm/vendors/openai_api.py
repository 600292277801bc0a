"""OpenAI's Responses, and chat completions for compatible servers (vLLM, Ollama and others at a base URL)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import httpx2
import openai
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from decisionworks.llm.errors import FaultKind, VendorFault
from decisionworks.llm.model import Finish, Usage, VendorAnswer, VendorPrompt
from decisionworks.llm.vendors.faults import status_fault


class OpenAIVendor(ABC):
    """A client of one account or server; which of the two protocols it speaks is the subclass's business."""

    def __init__(self, *, api_key: str, base_url: str | None) -> None:
        self._is_openai = base_url is None
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
        )

    async def send(self, prompt: VendorPrompt, *, timeout_s: float) -> VendorAnswer:
        """Send one request, once. Its answer comes whole, so that all of its time may pass in silence.

        Raises: VendorFault.
        """
        try:
            return await self._send(prompt, httpx2.Timeout(timeout_s, connect=5.0))
        except openai.APIStatusError as error:
            raise status_fault(
                error.status_code,
                error.response.headers,
                detail=error.code or error.type or "",
                code=error.code,
                request_id=error.request_id,
            ) from error
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise VendorFault(FaultKind.TIMEOUT, "the server fell silent") from error
        except openai.APIConnectionError as error:
            cut = isinstance(error.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError)
            kind, said = (FaultKind.CUT, "the answer broke off") if cut else (FaultKind.CONNECTION, "no connection")
            raise VendorFault(kind, said) from error
        except (httpx2.HTTPError, openai.OpenAIError, ValueError) as error:
            raise VendorFault(FaultKind.CUT, f"the answer broke off ({type(error).__name__})") from error

    @abstractmethod
    async def _send(self, prompt: VendorPrompt, timeout: httpx2.Timeout) -> VendorAnswer:
        """Send it in the protocol's own words."""

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


class OpenAIResponses(OpenAIVendor):
    """The Responses protocol; nothing is stored at the vendor."""

    async def _send(self, prompt: VendorPrompt, timeout: httpx2.Timeout) -> VendorAnswer:
        sampling: dict[str, Any] = dict(prompt.sampling or {})
        response = await self._client.responses.create(
            model=prompt.model,
            instructions=prompt.system,
            input=[{"role": _role(role), "content": text} for role, text in prompt.turns],
            max_output_tokens=prompt.max_output_tokens,
            store=False,
            text={
                "format": {
                    "type": "json_schema",
                    "name": prompt.schema_name,
                    "schema": dict(prompt.schema),
                    "strict": True,
                }
            },
            timeout=timeout,
            **sampling,
        )
        return _from_response(response)


class OpenAIChat(OpenAIVendor):
    """The chat completions protocol."""

    async def _send(self, prompt: VendorPrompt, timeout: httpx2.Timeout) -> VendorAnswer:
        sampling: dict[str, Any] = dict(prompt.sampling or {})
        messages: list[Any] = [{"role": "system", "content": prompt.system}]
        messages += [{"role": _role(role), "content": text} for role, text in prompt.turns]
        # OpenAI's own models refuse the older name of the limit, which is the only one that many other servers know.
        limit = "max_completion_tokens" if self._is_openai else "max_tokens"
        sampling[limit] = prompt.max_output_tokens
        completion = await self._client.chat.completions.create(
            model=prompt.model,
            messages=messages,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": prompt.schema_name, "schema": dict(prompt.schema), "strict": True},
            },
            timeout=timeout,
            **sampling,
        )
        return _from_completion(completion)


def _role(role: str) -> Any:
    return "assistant" if role == "assistant" else "user"


def _from_response(response: Response) -> VendorAnswer:
    if not isinstance(response, Response):
        raise VendorFault(FaultKind.CUT, "the answer is not one of this protocol")
    if response.status == "failed":
        code = response.error.code if response.error is not None else "failed"
        kind = FaultKind.RATE_LIMITED if code == "rate_limit_exceeded" else FaultKind.SERVER
        raise VendorFault(kind, str(code), request_id=response._request_id)
    usage = response.usage
    cached = usage.input_tokens_details.cached_tokens if usage is not None else 0
    written = (getattr(usage.input_tokens_details, "cache_write_tokens", 0) or 0) if usage is not None else 0
    return VendorAnswer(
        text=response.output_text,
        finish=_finish_of(response),
        usage=Usage()
        if usage is None
        else Usage(
            input_tokens=usage.input_tokens - cached - written,
            output_tokens=usage.output_tokens,
            cache_read_tokens=cached,
            cache_write_tokens=written,
            reasoning_tokens=usage.output_tokens_details.reasoning_tokens,
        ),
        request_id=response._request_id or response.id,
    )


def _finish_of(response: Response) -> Finish:
    if any(part.type == "refusal" for item in response.output if item.type == "message" for part in item.content):
        return Finish.REFUSED
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details is not None else None
        return Finish.REFUSED if reason == "content_filter" else Finish.TOO_LONG
    return Finish.COMPLETE if response.status == "completed" else Finish.OTHER


_CHAT_FINISH = {"stop": Finish.COMPLETE, "length": Finish.TOO_LONG, "content_filter": Finish.REFUSED}


def _from_completion(completion: ChatCompletion) -> VendorAnswer:
    if not isinstance(completion, ChatCompletion) or not completion.choices:
        raise VendorFault(FaultKind.CUT, "the answer is not one of this protocol")
    choice, usage = completion.choices[0], completion.usage
    details = usage.prompt_tokens_details if usage is not None else None
    cached = (details.cached_tokens or 0) if details is not None else 0
    return VendorAnswer(
        text=choice.message.content or "",
        finish=Finish.REFUSED if choice.message.refusal else _CHAT_FINISH.get(choice.finish_reason, Finish.OTHER),
        usage=Usage()
        if usage is None
        else Usage(
            input_tokens=usage.prompt_tokens - cached,
            output_tokens=usage.completion_tokens,
            cache_read_tokens=cached,
        ),
        request_id=completion._request_id or completion.id,
    )
