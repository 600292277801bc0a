"""What single rules read out of words."""

from __future__ import annotations

import pytest

from decisionworks.projects import ConstraintValue, extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()


def read(text: str) -> dict[str, ConstraintValue]:
    return extract_constraints(text, data=None, on_missing="ask", catalogue=CATALOGUE).constraints


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        # money
        ("Budget of 500 dollars a month.", "budget_usd_month", 500),
        ("It may cost $1,500/month.", "budget_usd_month", 1500),
        ("We have 25k USD per month.", "budget_usd_month", 25000),
        ("8k a month is fine.", "budget_usd_month", 8000),
        ("Budget: 12,000 USD per year.", "budget_usd_month", 1000),
        ("Between 500 and 800 dollars a month.", "budget_usd_month", 500),
        ("Budget is 1000 EUR a month.", "budget_usd_month", 1150),
        ("Presupuesto: unos 2.500 euros al mes.", "budget_usd_month", 2875),
        ("Das Budget liegt bei 1.200 € im Monat.", "budget_usd_month", 1380),
        ("予算は月30万円です。", "budget_usd_month", 1950),
        ("Orçamento de R$ 20.000 por mês.", "budget_usd_month", 3700),
        ("We lose $2M a year to fraud.", "budget_usd_month", None),
        ("Average order is worth 40 dollars.", "budget_usd_month", None),
        ("Buying it would be 28k a month.", "budget_usd_month", None),
        ("20 dollars a month max!!", "budget_hardness", "hard"),
        # time
        ("Answers within 8 seconds.", "latency_p95_ms", 8000),
        ("p95 below 60 ms please.", "latency_p95_ms", 60),
        ("It must be sub-second.", "latency_p95_ms", 1000),
        ("A result between 100 and 200 ms p95.", "latency_p95_ms", 100),
        ("Each must be judged within a minute.", "latency_p95_ms", 60_000),
        ("Results within an hour.", "batch_deadline_hours", 1),
        ("Forecasts ready before 6 in the morning.", "batch_deadline_hours", 6),
        ("Sensors report every 10 seconds.", "latency_p95_ms", None),
        ("Back online within 30 minutes after a disaster.", "rto_minutes", 30),
        ("Lose at most 5 minutes of data.", "rpo_minutes", 5),
        # scale
        ("We get 1,500 transactions a second on average and 4,000 at peak.", "throughput_rps_peak", 4000),
        ("We get 1,500 transactions a second on average and 4,000 at peak.", "throughput_rps_avg", 1500),
        ("Recommendations at 300 requests per second.", "throughput_rps_peak", 300),
        ("We push 10k events per second.", "stream_events_per_sec", 10000),
        ("We sort 8,640 mails a day.", "throughput_rps_avg", 0.1),
        ("Chatbot with 2,000 questions a day.", "llm_requests_per_day", 2000),
        ("Forecast per store and SKU for 300 stores and 40k SKUs.", "batch_records_per_run", 12_000_000),
        ("RAG with 5k queries/day.", "llm_requests_per_day", 5000),
        ("Toxic comments, 30k messages per minute peak.", "throughput_rps_peak", 500),
        # volume
        ("We fine-tune a language model, 10 TB of sequence data.", "data_volume_gb", 10_000),
        ("About 2 TB of history.", "data_volume_gb", 2000),
        ("300 GB more each month.", "data_growth_gb_month", 300),
        ("The model is 60 MB.", "model_size_gb", 0.06),
        ("2 million rows in a table.", "data_volume_gb", 2),
        ("A machine with 64 GB of RAM.", "data_volume_gb", None),
        ("RAG over 5,000 PDFs.", "corpus_documents", 5000),
        # people
        ("It is just me.", "team_size", 1),
        ("A team of four data people.", "team_size", 4),
        ("Nine engineers build it.", "team_size", 9),
        ("Two data scientists and one engineer.", "team_size", 3),
        ("A five-person platform team (nine people in total).", "team_size", 9),
        ("Our 200 employees ask questions.", "team_size", None),
        ("No ops people here.", "ops_coverage", "best_effort"),
        ("We know Python and Terraform.", "team_skills", ["python", "terraform"]),
        ("Our team knows no Kubernetes, only Python.", "team_skills", ["python"]),
        # places and rules
        ("Runs in eu-west-1.", "regions", ["eu-west-1"]),
        ("Hosted in Frankfurt for Germany.", "regions", ["eu-central-1"]),
        ("Bank in Ireland.", "regions", ["eu-west-1"]),
        ("Somos uma empresa no Brasil.", "regions", ["sa-east-1"]),
        ("Active-active in Virginia and Ireland.", "regions", ["us-east-1", "eu-west-1"]),
        ("Data must stay in the EU.", "data_residency", "eu"),
        ("GDPR and SOC 2 apply.", "compliance", ["gdpr", "soc2"]),
        ("HIPAA does not apply.", "compliance", None),
        ("We are a hospital.", "compliance", None),
        ("We are a bank and score loan applications.", "compliance", None),
        ("No personal data involved.", "data_sensitivity", "internal"),
        ("It is about patient records.", "data_sensitivity", "phi"),
        ("HIPAA applies.", "data_sensitivity", "phi"),
        ("On Azure in West Europe.", "regions", ["westeurope"]),
        ("Azure OpenAI is not allowed.", "cloud", None),
        ("A chatbot; 10k USD monthly.", "inference_mode", ["real_time"]),
        # reliability and lifecycle
        ("Needs 99.9 uptime.", "availability_slo_pct", 99.9),
        ("99.95% availability.", "availability_slo_pct", 99.95),
        ("We need four nines.", "availability_slo_pct", 99.99),
        ("The model reaches 99.1% accuracy.", "availability_slo_pct", None),
        ("Logs kept 7 years.", "audit_retention_years", 7),
        ("There are 5 years of history.", "audit_retention_years", None),
        ("We retrain weekly.", "retraining_frequency", "weekly"),
        ("Retrain when drift shows.", "retraining_frequency", "on_drift"),
        ("Chargebacks arrive after 60 days.", "label_delay_days", 60),
        ("Training uses 8 A100 GPUs.", "training_compute", "gpu_multi"),
        ("Must be live in 6 weeks.", "deadline_weeks", 6),
        # serving
        ("Churn scores every night.", "inference_mode", ["batch"]),
        ("We retrain every night.", "inference_mode", None),
        ("Runs on the camera of 200 cameras.", "edge_devices", 200),
        ("We already run EKS.", "existing_platform", ["kubernetes"]),
        ("We have 400 customers, each gets its own model.", "tenants", 400),
        ("Nothing may leave our VPC; our chatbot uses an LLM.", "llm_external_api_allowed", False),
    ],
)
def test_words_become_the_value_they_say(text: str, field: str, value: object) -> None:
    found = read(text)[field]

    assert (found.value if found.is_known else None) == value


@pytest.mark.parametrize(
    ("text", "field", "part"),
    [
        ("Budget 1000 EUR a month.", "budget_usd_month", "1,000 EUR at 1.15 USD per EUR (20"),
        ("2 million rows.", "data_volume_gb", "1 kB per row"),
        ("A few seconds is fine.", "latency_p95_ms", "a few seconds"),
        ("New model every two weeks.", "retraining_frequency", "nearest value"),
        ("Hosted in Germany.", "regions", "to be confirmed"),
    ],
)
def test_what_was_converted_says_how(text: str, field: str, part: str) -> None:
    assert part in (read(text)[field].reason or "")


@pytest.mark.parametrize("text", ["", "hello", "🙂🙂🙂", "....", "12345", "What is it?", "|||---|||", "a" * 5000])
def test_where_nothing_is_said_nothing_is_known(text: str) -> None:
    assert {name for name, one in read(text).items() if one.is_known} == set()
