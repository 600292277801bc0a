"""Drops findings that only mean something beside others: devices without an edge, a corpus without a search."""

from __future__ import annotations

import re

from decisionworks.projects.extract.derive import DATA_OF, ON_TABLES
from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.run_windows import DONE_EACH_TIME
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import Plain, ValueState

_LLM_USES = frozenset({"llm_chat_rag", "llm_generation", "llm_agent"})
SEARCHING_USES = frozenset({"llm_chat_rag", "embedding_search", "llm_agent"})
_LLM_FIELDS = frozenset({"llm_requests_per_day", "llm_tokens_in", "llm_tokens_out", "llm_external_api_allowed"})

_WATCHING = frozenset({"anomaly_detection", "predictive_maintenance"})
_MEDIA = frozenset({"image", "video", "audio", "text", "documents"})
_MEDIA_MODELS = frozenset({"cnn_vision", "transformer_nlp", "speech", "llm_api", "llm_self_hosted"})

# What is done once or twice a night is a run, and no request to a model. Units: 1/day.
ONCE_OR_TWICE = 2.0
# Units: requests/s.
RARE_RPS = 0.05
# A queue evens out whatever is slower.
QUEUED_RPS = 1.0
_EXPLAINS_ITS_OWN_WORDS = frozenset({"retraining_frequency", "team_skills"})
_EXPLAINED_BY: dict[str, frozenset[str]] = {
    "inference_mode": frozenset(
        {
            "retraining_frequency", "data_velocity", "edge_connectivity", "budget_usd_month", "team_skills",
            "data_growth_gb_month", "ops_coverage", "traffic_pattern", "throughput_rps_avg", "llm_requests_per_day",
            "label_delay_days", "existing_platform", "audio_hours_month", "model_type",
        }
    ),
    "data_sources": frozenset({"team_skills"}),
    # Cameras that send day and night without a pause are watched by nobody.
    "ops_coverage": frozenset({"traffic_pattern"}),
    "data_velocity": frozenset({"retraining_frequency", "edge_connectivity", "team_skills", "ops_coverage"}),
    "traffic_pattern": frozenset({"edge_connectivity", "ops_coverage"}),
    "data_volume_gb": frozenset({"model_size_gb"}),
    # “Names and e-mail addresses” are attributes of people, not texts to be read.
    "data_types": frozenset({"data_sensitivity", "throughput_rps_avg", "throughput_rps_peak"}),
}  # fmt: skip
# Where data come from says nothing about where the system will run.
_DATA_PRODUCT = re.compile(r"bigquery|azure (?:ad|devops|sql|blob|data lake|event hubs?|cosmos|active directory)\b")
_ANSWERED_USES = frozenset({"recommendation", "ranking_search"})
_CLINICAL = Sought(
    r"patient|hospital|clinic|klinik|krankenhaus|radiolog|doctor|physician|medical|médic|diagnos|dent(?:al|ist)"
    r"|\bvets?\b|veterin"
    r"|arzt|ärzt|praxis|lung|thora|fra[ck]tur|knochen|handgelenk|wrists?\b|mammo|hôpital|salud|saúde|hipaa|患者|病院|医|診断|歯科"
)
_DATA_LIVES = re.compile(
    r"\b(?:data|records?|files?|file ?servers?|nas|scans?|pdfs?|documents?|recordings?|tables?|history|sources?"
    r"|exports?|archives?|oracle|postgres\w*|mysql|sql server|sap"
    r"|warehouse|daten\w*|historie|données|base|datos|dados)\b[^.;\n]{0,40}?\b(?:lives?|sits?|is|are|resides?"
    r"|stored|held"
    r"|kept|comes?|today|now|currently|liegen|liegt|stehen|lagern|kommen|sont|se trouvent?|viennent|están|está|viven?"
    r"|vienen|estão|ficam|vêm)\b"
    r"|\b(?:liegen|liegt|lagern|lagert|stehen|landen|sits?|lives?|stored|kept|held|land|stocké\w*|déposé\w*"
    r"|guardad\w+|alojad\w+|armazenad\w+)\b(?:[^.;\n]|\.\d){0,90}?"
    r"\b(?:file ?servers?|nas|shares?|netzlaufwerk\w*|serveur de fichiers"
    r"|servidor de (?:archivos|ficheros|arquivos))\b"
    r"|データ(?:は|が)\S{0,12}(?:社内|オンプレ|自社)\S{0,10}(?:あり|置|保管|保存)"
)
_MINUTES = re.compile(r"\bmin|分")
_BRACKETS = re.compile(r"\([^()]{0,200}\)")
_MUST = re.compile(
    r"\b(?:must|has to|have to|only|never|nothing|everything|all (?:processing|systems?)|no (?:public )?cloud"
    r"|run\w*|host\w*"
    r"|deploy\w*|stays?|leaves?|muss|müssen|nur|nichts|alles|betrieb\w*|laufen|läuft|verlassen|doit|doivent|tout"
    r"|rien|uniquement|debe\w*|todo|nada"
    r"|solo|deve\w*|tudo|apenas)\b|のみ|必ず|運用|稼働"
)
# “Cameras at the line send pictures to an API in the cloud”: the model is where the pictures go.
_SENT_AWAY = re.compile(
    r"\b(?:to|an|vers|à|a|para|al|ao|com(?:e|es|ing) to) (?:an? |the |our |eine |die |unsere |une |l'|notre |una "
    r"|la |nuestra |el |uma |nossa |o )?"
    r"(?:api|cloud|server|nube|nuvem|serveur|servidor)\b|\b(?:in die|in der|in the|dans le|en la|na) (?:cloud|nube"
    r"|nuvem)\b"
    r"|(?:api|クラウド)(?:に|へ)(?:送|アップロード)"
)
# “Telemetry is already in Kafka”: what measures it is out of sight.
_STREAMED_ALREADY = Sought(
    r"\b(?:telemetr\w{1,6}|télémétri\w{1,4}|telemetri\w{1,3}|(?:sensor|machine) data|readings|events"
    r"|(?:sensor|mess|maschinen)(?:daten|werte)|mesures|lecturas|leituras|datos|dados|data|daten|données)\b[^.;\n]{0,24}?"
    r"\b(?:already|bereits|schon|déjà|ya|já)\b[^.;\n]{0,16}?\b(?:kafka|kinesis|event hubs?|pub/?sub)\b"
    r"|(?:データ|計測値|テレメトリ)\S{0,6}(?:すでに|既に|もう)[^。\n]{0,6}(?:kafka|kinesis)"
)
_CONFIRMS = re.compile(r"(?:confirms?|bestätig\w{1,3}|confirme\w{0,3}|confirma\w?)$")
_STREAMS = frozenset({"kinesis", "kafka"})
_SENSOR = re.compile(r"(?:\w*sensor\w*|capteurs?|messfühler\w*|センサー?)")
_ALREADY = re.compile(
    r"(?<!\w)(?:already|bereits|schon|déjà|ya|já)(?!\w)|既に|すでに"
    r"|(?:our|unser\w*|notre|nuestr[oa]|noss[oa]) (?:kafka|kinesis)"
)
_NAMES_EDGE = re.compile(r"edge|device|jetson|raspberry|gerät|appareil|dispositiv|端末|エッジ|デバイス")
_HEARS_OR_SEES = frozenset(
    {"speech_to_text", "image_classification", "object_detection", "video_analytics", "medical_imaging"}
)
_NAMED_WRITER = re.compile(r"llm|llama|mi[sx]tral|qwen|gemma|deepseek|claude|gpt|openai|gemini|bedrock|anthropic|nova")
_RATES = frozenset({"throughput_rps_avg", "throughput_rps_peak"})
_ONLINE_FIELDS = frozenset({"latency_p95_ms", "throughput_rps_peak", "stream_events_per_sec"})


def in_scope(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """The findings that fit the purpose and the serving modes of the same request."""
    use_cases = {str(one.value) for one in findings if one.field == "use_case_type"}
    models = {str(one.value) for one in findings if one.field == "model_type"}
    modes = {item for one in findings if one.field == "inference_mode" for item in _items(one.value)}
    counts_tokens = any(one.field in ("llm_tokens_in", "llm_tokens_out") for one in findings)
    is_llm = bool(use_cases & _LLM_USES) or bool(models & {"llm_api", "llm_self_hosted"}) or counts_tokens
    is_unsettled = not use_cases
    dropped: set[str] = set()
    if not is_llm and not is_unsettled:
        dropped |= _LLM_FIELDS
    if is_unsettled and not is_llm:
        findings = [one for one in findings if one.field != "llm_requests_per_day" or one.strength > WEAK]
    if is_llm:
        # Questions to a model are counted per day, by its own field.
        dropped |= {"throughput_rps_avg"} if "llm_requests_per_day" in {one.field for one in findings} else set()
    if not (use_cases & SEARCHING_USES) and not is_unsettled:
        dropped.add("corpus_documents")
    if use_cases and use_cases <= _WATCHING and any(_comes_in(one) for one in findings):
        # Readings that come in by the second are scored as they come, however late the alarm may be.
        findings = [one for one in findings if one.field != "inference_mode" or "async" not in _items(one.value)]
        modes = {item for one in findings if one.field == "inference_mode" for item in _items(one.value)}
    if "speech_to_text" not in use_cases:
        dropped.add("audio_hours_month")
    if "edge" not in modes:
        dropped |= {"edge_devices", "edge_connectivity"}
    if "batch" not in modes and any(one.field in _ONLINE_FIELDS for one in findings):
        dropped.add("batch_records_per_run")
    findings = [one for one in findings if one.field not in dropped]
    findings = [one for one in findings if not _is_explained(one, findings)]
    if not _CLINICAL.search(reading.folded):
        # Tyres and suitcases are X-rayed too.
        findings = [one for one in findings if one.value != "medical_imaging" or not _is_xray(one, reading=reading)]
    findings = _without_queues_in_rounds(_without_streams_behind(findings), reading=reading)
    findings = [one for one in findings if not _is_late_truth(one, findings, reading=reading)]
    findings = [one for one in findings if not _is_sensor_behind(one, findings, reading=reading)]
    findings = [one for one in findings if not _is_watch_kept(one, findings, reading=reading)]
    findings = [one for one in findings if not _is_where_data_live(one, reading=reading)]
    findings = _without_rooms_beside_a_cloud(findings, reading=reading)
    findings = _without_guessed_devices(findings)
    findings = [one for one in findings if not _is_sent_away(one, reading=reading)]
    if any(one.field == "retraining_frequency" and one.value != "never" for one in findings):
        # A model that is there already is trained all the same.
        findings = [one for one in findings if one.field != "training_compute" or not _is_only_there(one)]
    if _STREAMED_ALREADY.search(reading.folded):
        findings = [one for one in findings if one.field != "data_sources" or _items(one.value) != ["iot_devices"]]
    findings = _without_rare_rates(findings, modes)
    findings = [one for one in findings if not _is_another_model(one, use_cases, reading=reading)]
    return _without_incidental_data(findings, use_cases, models)


def _is_another_model(finding: Finding, use_cases: set[str], *, reading: Reading) -> bool:
    """“An open model that we run ourselves” hears speech or sees pictures where nobody speaks of anything else."""
    if finding.field != "model_type" or finding.value not in ("llm_self_hosted", "llm_api"):
        return False
    if not use_cases or not use_cases <= _HEARS_OR_SEES:
        return False
    return _NAMED_WRITER.search(reading.folded[finding.start : finding.end]) is None


def _is_only_there(finding: Finding) -> bool:
    return finding.value == "none" and finding.state is ValueState.INFERRED and finding.strength <= FAIR


def _comes_in(finding: Finding) -> bool:
    """Whether readings come in all the time: so many a second, or off devices as they measure."""
    if finding.field == "stream_events_per_sec":
        return True
    return finding.field == "data_sources" and _items(finding.value) == ["iot_devices"] and finding.strength == FAIR


def _is_watch_kept(finding: Finding, findings: list[Finding], *, reading: Reading) -> bool:
    """“At night somebody is on call”: the night belongs to the people, not to a run."""
    if finding.field != "inference_mode" or finding.value not in ("batch", ["batch"]):
        return False
    sentence = reading.sentence_at(finding.start)
    return any(
        one.field == "ops_coverage" and sentence[0] <= one.start < sentence[1] and one.strength >= finding.strength
        for one in findings
    )


def _is_sent_away(finding: Finding, *, reading: Reading) -> bool:
    if finding.field != "inference_mode" or _items(finding.value) != ["edge"]:
        return False
    if _NAMES_EDGE.search(reading.folded[finding.start : finding.end]):
        return False
    sentence = reading.sentence(finding.start)
    away, begin = _SENT_AWAY.search(sentence), reading.sentence_at(finding.start)[0]
    return away is not None and not is_denied(reading, begin + away.start(), begin + away.end())


def _without_rooms_beside_a_cloud(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """“Oracle in our own data centre … AWS us-east-1”: a room that nothing has to stay in is where data come from."""
    clouds = {one.value for one in findings if one.field == "cloud" and one.state is ValueState.STATED}
    is_placed = any(one.field == "regions" and one.state is ValueState.STATED for one in findings)
    if not (is_placed or clouds & {"aws", "azure", "gcp"}):
        return findings
    return [
        one
        for one in findings
        if one.field != "cloud" or one.value != "on_prem" or _MUST.search(_said(one, reading=reading)) is not None
    ]


def _without_queues_in_rounds(findings: list[Finding], *, reading: Reading) -> list[Finding]:
    """“Hourly, at the latest after 20 minutes”: the minutes are those of a run, and nothing waits in a queue."""
    if not any((one.reason or "").endswith(DONE_EACH_TIME) for one in findings):
        return findings
    return [
        one
        for one in findings
        if one.field != "inference_mode"
        or _items(one.value) != ["async"]
        or not _MINUTES.search(reading.folded[one.start : one.end])
    ]


def _said(finding: Finding, *, reading: Reading) -> str:
    """The sentence of a finding without what stands in brackets."""
    return _BRACKETS.sub(" ", reading.sentence(finding.start))


def _without_guessed_devices(findings: list[Finding]) -> list[Finding]:
    """A model behind an API runs on no device that words only hint at."""
    if not any(one.value == "llm_api" and one.state is ValueState.STATED for one in findings):
        return findings
    return [
        one
        for one in findings
        if one.field != "inference_mode" or one.value != ["edge"] or one.state is not ValueState.INFERRED
    ]


def _is_xray(finding: Finding, *, reading: Reading) -> bool:
    return (
        re.search(
            r"x-?ray|röntgen|rayons? x|rayos x|raios? x"
            r"|x線",
            reading.folded[finding.start : finding.end],
        )
        is not None
    )


def _without_streams_behind(findings: list[Finding]) -> list[Finding]:
    """Callers of a recommendation wait for it, however the clicks behind it come in."""
    uses = {str(one.value) for one in findings if one.field == "use_case_type"}
    fields = {one.field for one in findings if one.state is ValueState.STATED or one.strength >= STRONG}
    if not uses or not uses <= _ANSWERED_USES or not {"latency_p95_ms", "throughput_rps_peak"} <= fields:
        return findings
    return [one for one in findings if one.field != "inference_mode" or _items(one.value) != ["streaming"]]


def _is_late_truth(finding: Finding, findings: list[Finding], *, reading: Reading) -> bool:
    """“The desk confirms or clears a case after three weeks” tells when the truth is known, and of no review."""
    if finding.field != "human_review_required" or finding.value is not True:
        return False
    if not _CONFIRMS.search(reading.folded[finding.start : finding.end]):
        return False
    start, end = reading.sentence_at(finding.start)
    return any(one.field == "label_delay_days" and one.value != 0 and start <= one.start < end for one in findings)


def _is_sensor_behind(finding: Finding, findings: list[Finding], *, reading: Reading) -> bool:
    """“The stations already write to Kinesis”: what the sensors measure comes out of the stream."""
    if finding.field != "data_sources" or _items(finding.value) != ["iot_devices"]:
        return False
    if not _SENSOR.fullmatch(reading.folded[finding.start : finding.end].strip()):
        return False
    streams = (one for one in findings if one.field == "data_sources" and set(_items(one.value)) & _STREAMS)
    return any(_ALREADY.search(reading.sentence(one.start)) for one in streams)


def _is_where_data_live(finding: Finding, *, reading: Reading) -> bool:
    """“The data now live in our own data centre” says where they come from, not where the system runs."""
    if finding.field == "cloud" and _DATA_PRODUCT.match(reading.folded, finding.start):
        return True
    if finding.field != "cloud" or finding.value != "on_prem":
        return False
    sentence = reading.sentence(finding.start)
    return _DATA_LIVES.search(sentence) is not None and not _MUST.search(sentence)


def _is_explained(finding: Finding, findings: list[Finding]) -> bool:
    """“We retrain every night” or “data that changes once a day” says nothing about when predictions are made."""
    explained_by = _EXPLAINED_BY.get(finding.field, frozenset())
    if finding.field == "data_velocity" and finding.value == "streaming":
        # “Thirty reads a second” that callers make are no stream.
        explained_by = explained_by | _RATES
    if finding.field == "data_types" and "image" in _items(finding.value):
        # “Forty pictures a second” are pictures.
        explained_by = explained_by - _RATES
    return bool(explained_by) and any(
        one.field in explained_by
        and one.start <= finding.start
        and finding.end <= one.end
        and not (one.field == "llm_requests_per_day" and _number(one) <= ONCE_OR_TWICE)
        and (one.field in _EXPLAINS_ITS_OWN_WORDS or one.end - one.start > finding.end - finding.start)
        for one in findings
    )


def _without_rare_rates(findings: list[Finding], modes: set[str]) -> list[Finding]:
    """A few thousand things a day are a rate only for those who answer each of them at once."""
    if "real_time" in modes or "streaming" in modes:
        return findings
    least = QUEUED_RPS if "async" in modes else RARE_RPS
    return [one for one in findings if one.field != "throughput_rps_avg" or _number(one) >= least]


def _number(finding: Finding) -> float:
    return finding.value if isinstance(finding.value, int | float) else 0.0


def _without_incidental_data(findings: list[Finding], use_cases: set[str], models: set[str]) -> list[Finding]:
    """Where the kinds of data are named outright, words that only hint at others no longer count."""
    kinds = {str(item) for one in findings if one.field == "data_types" for item in _items(one.value)}
    usual = {kind for use_case in use_cases for kind in DATA_OF.get(use_case, ())}
    if len(use_cases) == 1 and usual and not kinds & usual and not any(map(_is_named_data, findings)):
        return [one for one in findings if one.field != "data_types"]
    if use_cases and use_cases <= ON_TABLES and not models & _MEDIA_MODELS:
        # Films, books or pictures are what the business deals in, not what the model reads.
        findings = [one for one in findings if one.field != "data_types" or not set(_items(one.value)) & _MEDIA]
    if use_cases == {"video_analytics"}:
        # The pictures are those of a film.
        findings = [one for one in findings if one.field != "data_types" or _items(one.value) != ["image"]]
    if use_cases == {"speech_to_text"}:
        # The text is what comes out.
        findings = [one for one in findings if one.field != "data_types" or _items(one.value) != ["text"]]
    named = {str(item) for one in findings if _is_named_data(one) for item in _items(one.value)}
    natural = {kind for use_case in use_cases for kind in DATA_OF.get(use_case, ())}
    natural |= {"documents"} if use_cases & _LLM_USES else set()
    if not named or not (named & natural or not natural or len(named) > 1):
        return findings
    return [
        one
        for one in findings
        if one.field != "data_types" or _is_named_data(one) or set(_items(one.value)) <= (named | natural)
    ]


def _is_named_data(finding: Finding) -> bool:
    return finding.field == "data_types" and finding.strength > STRONG


def _items(value: Plain) -> list[str]:
    return value if isinstance(value, list) else [str(value)]
