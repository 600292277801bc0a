"""Anthropic's Messages, streamed: a silent server is noticed by the pause between two events, not by the total."""

from __future__ import annotations

import anthropic
import httpx2
from anthropic.types import Message, MessageParam

from decisionworks.llm.errors import FaultKind, VendorFault
from decisionworks.llm.model import Finish, Usage, VendorAnswer, VendorPrompt
from decisionworks.llm.vendors.faults import status_fault

_FINISH = {
    "end_turn": Finish.COMPLETE,
    "stop_sequence": Finish.COMPLETE,
    "max_tokens": Finish.TOO_LONG,
    "model_context_window_exceeded": Finish.TOO_LONG,
    "refusal": Finish.REFUSED,
}


class AnthropicMessages:
    """A client of one account. `pause_s` is the longest silence between two events of an answer."""

    def __init__(self, *, api_key: str, base_url: str | None, pause_s: float) -> None:
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(pause_s, connect=5.0),
            http_client=anthropic.DefaultAsyncHttpxClient(trust_env=False),
        )

    async def send(self, prompt: VendorPrompt, *, timeout_s: float) -> VendorAnswer:  # noqa: ARG002 bounded by the caller
        """Send one request, once.

        Raises: VendorFault.
        """
        turns = [_turn(role, text) for role, text in prompt.turns]
        try:
            async with self._client.messages.stream(
                model=prompt.model,
                max_tokens=prompt.max_output_tokens,
                system=[{"type": "text", "text": prompt.system, "cache_control": {"type": "ephemeral"}}],
                messages=turns,
                output_config={"format": {"type": "json_schema", "schema": dict(prompt.schema)}},
            ) as stream:
                message = await stream.get_final_message()
                return _answer(message, stream.response.headers.get("request-id"))
        except anthropic.APIStatusError as error:
            raise _status_fault(error) from error
        except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
            raise VendorFault(FaultKind.TIMEOUT, "the server fell silent") from error
        except anthropic.APIConnectionError as error:
            raise VendorFault(FaultKind.CONNECTION, "no connection") from error
        except (httpx2.HTTPError, anthropic.AnthropicError, ValueError, AssertionError, IndexError) as error:
            # The stream helper assembles the answer from events; one that is cut off fails in more ways than one.
            raise VendorFault(FaultKind.CUT, f"the answer broke off ({type(error).__name__})") from error

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


def _turn(role: str, text: str) -> MessageParam:
    if role == "assistant":
        return {"role": "assistant", "content": text}
    return {"role": "user", "content": text}


def _answer(message: Message, request_id: str | None) -> VendorAnswer:
    if message.stop_reason is None:
        raise VendorFault(FaultKind.CUT, "the answer broke off", request_id=request_id)
    usage = message.usage
    details = usage.output_tokens_details
    return VendorAnswer(
        text="".join(block.text for block in message.content if block.type == "text"),
        finish=_FINISH.get(message.stop_reason, Finish.OTHER),
        usage=Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_input_tokens or 0,
            cache_write_tokens=usage.cache_creation_input_tokens or 0,
            reasoning_tokens=getattr(details, "thinking_tokens", None) or 0,
        ),
        request_id=request_id or message.id,
    )


def _status_fault(error: anthropic.APIStatusError) -> VendorFault:
    # An error inside a stream comes with the stream's own status, 200; its type tells what it is.
    status = error.status_code
    if status < 400:
        status = {"overloaded_error": 529, "rate_limit_error": 429, "api_error": 500}.get(error.type or "", 500)
    return status_fault(
        status, error.response.headers, detail=error.type or "", code=error.error_code, request_id=error.request_id
    )
