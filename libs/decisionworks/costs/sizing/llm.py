"""Quantities of language-model serving, retrieval and their controls."""

from __future__ import annotations

from decisionworks.costs.model import HOURS_PER_MONTH, UsageLine, Workload
from decisionworks.costs.sizing.serving import API_FRONT, PAGE_READING
from decisionworks.costs.workload import whole

TOKENS_PER_DOCUMENT = 5000
CHARS_PER_TOKEN = 4
TRACE_KB = 20
CHUNKS_PER_DOCUMENT = 10
KB_PER_CHUNK = 10
# Filters read the question and the answer, not the retrieved text: 300 tokens of question.
QUESTION_TOKENS = 300


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def _vector_gb(w: Workload) -> float:
    return w.corpus_documents * CHUNKS_PER_DOCUMENT * KB_PER_CHUNK / 1e6


def size_bedrock(w: Workload) -> list[UsageLine]:
    """Requests times tokens on the small model; scanned pages are read by Textract first, with their tables."""
    lines = [
        _line("bedrock.claude-haiku-4-5.in.million", w.llm_requests_month * w.tokens_in / 1e6),
        _line("bedrock.claude-haiku-4-5.out.million", w.llm_requests_month * w.tokens_out / 1e6),
    ]
    pages = _line("textract.tables.thousand", w.scanned_pages_month / 1000, PAGE_READING)
    return [*lines, pages] if w.has_scans else lines


# From here on one machine that fails breaks a promise. Units: percent.
PROMISED_PCT = 99.9


def size_vllm(w: Workload) -> list[UsageLine]:
    """A request a second on four GPUs; from 99.9 percent up two instances at least, so that one can be replaced."""
    instances = whole(w.rps_peak, least=2 if w.availability_pct >= PROMISED_PCT else 1)
    return [
        _line("ec2.g5.12xlarge.hour", instances * HOURS_PER_MONTH),
        _line("sagemaker.ml.g5.12xlarge.hour", 0),
    ]


def size_pgvector(_: Workload) -> list[UsageLine]:
    """A medium database, always on."""
    return [
        _line("rds.pg.t4g.medium.hour", HOURS_PER_MONTH),
        _line("aurora.serverless_v2.acu_hour", 0),
    ]


def size_s3vectors(w: Workload) -> list[UsageLine]:
    """Ten chunks of 10 KB a document; a tenth of the corpus is written again each month; a query per request."""
    gb = _vector_gb(w)
    return [
        _line("s3vectors.storage.gb_month", gb),
        _line("s3vectors.put.gb", 0.1 * gb),
        _line("s3vectors.query.million", w.llm_requests_month / 1e6),
    ]


def size_opensearch(w: Workload) -> list[UsageLine]:
    """Half a unit on while in use, a unit more per million documents; the new generation falls to zero when idle."""
    units = 0.5 + w.corpus_documents / 1e6
    return [
        _line("aoss.ocu.hour", units * HOURS_PER_MONTH),
        _line("aoss.storage.gb_month", 2 * _vector_gb(w)),
    ]


def size_rag(w: Workload) -> list[UsageLine]:
    """The corpus is embedded once a month at 5,000 tokens a document; 1 GB for 5 s a request."""
    return [
        _line("bedrock.titan-embed-v2.in.million", w.corpus_documents * TOKENS_PER_DOCUMENT / 1e6),
        _line("lambda.x86.gb_second", 5 * w.llm_requests_month),
        _line("apigw.http.million", w.llm_requests_month / 1e6, API_FRONT),
    ]


def size_guardrails(w: Workload) -> list[UsageLine]:
    """A text unit is 1,000 characters; question and answer are checked for content and for personal data."""
    units = w.llm_requests_month * (QUESTION_TOKENS + w.tokens_out) * CHARS_PER_TOKEN / 1000
    return [
        _line("bedrock.guardrail.content.thousand", units / 1000),
        _line("bedrock.guardrail.pii.thousand", units / 1000),
        _line("lambda.requests.million", w.llm_requests_month / 1e6),
    ]


def size_eval_tracing(w: Workload) -> list[UsageLine]:
    """20 KB of trace a request, kept; a tenth of it also goes to the logs."""
    gb = w.llm_requests_month * TRACE_KB / 1e6
    return [_line("s3.standard.gb_month", 3 * gb), _line("cloudwatch.logs.ingest.gb", 0.1 * gb)]


def size_agent_host(w: Workload) -> list[UsageLine]:
    """A request is one model call, a task takes four of them; 1 GB for 10 s and two recorded steps a request."""
    return [
        _line("lambda.x86.gb_second", 10 * w.llm_requests_month),
        _line("sqs.standard.million", 3 * w.llm_requests_month / 4 / 1e6),
        _line("dynamodb.wru.million", 2 * w.llm_requests_month / 1e6),
    ]


LLM_SIZERS = {
    "serve-llm-bedrock": ("serving", size_bedrock),
    "serve-llm-vllm": ("serving", size_vllm),
    "vector-pgvector": ("vector_store", size_pgvector),
    "vector-s3vectors": ("vector_store", size_s3vectors),
    "vector-opensearch": ("vector_store", size_opensearch),
    "rag-pipeline": ("rag", size_rag),
    "llm-guardrails": ("llm_safety", size_guardrails),
    "llm-agent-host": ("llm_application", size_agent_host),
    "llm-eval-tracing": ("llm_evaluation", size_eval_tracing),
}
