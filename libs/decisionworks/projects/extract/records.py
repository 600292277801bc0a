"""Counts what one batch run scores: “12k fields per run”, or the 35,000 members that a weekly list speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from decisionworks.projects.extract.corrections import CORRECTION
from decisionworks.projects.extract.counts import PER_WHAT, singular
from decisionworks.projects.extract.derive import because
from decisionworks.projects.extract.finding import FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.scope import SEARCHING_USES
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import ConstraintValue, Plain

FEWEST_RECORDS = 12
DAYS_A_MONTH = 30
_LANGUAGE_MODELS = frozenset({"llm_api", "llm_self_hosted"})
CORRECTION_CHARS = 60
_A_MONTH = re.compile(
    r"(?:(?:in |every |each |per |a )month|im monat|pro monat|monatlich|par mois|chaque mois|al mes|cada mes|por mes"
    r"|por mês|ao mês|cada mês|月に|毎月|月あたり)(?!\w)"
)
# Whom or what a model scores one by one.
_SCORED = (
    r"(?:customers?|clients?|subscribers?|members?|users?|accounts?|policy ?holders?|policies|applicants?|candidates?"
    r"|households?|patients?|pupils?|students?|employees?|donors?|guests?|citizens?|drivers?|merchants?|suppliers?"
    r"|contracts?|loans?|claims?|invoices?|orders?|leads?|products?|articles?|items?|skus?|materials?|parts?"
    r"|meters?|fields?|parcels?|shipments?|routes?|stores?|properties|listings?|vehicles?|machines?|assets?|pumps?"
    r"|wells?|turbines?|appointments?|e-?mails?|tickets?|messages?|reviews?|reports?|comments?|documents?|images?"
    r"|photos?|records?|rows?|lines?|cases?|profiles?|cards?|portfolios?|transactions?|bookings?|flights?|rooms?"
    r"|kund(?:en|innen)|mitglieder\w{0,2}|abonnenten|nutzer\w{0,5}|versicherten?|verträge\w?|haushalten?|konten|policen"
    r"|artikeln?|produkten?|zählern?|filialen|fahrzeugen?|maschinen|anlagen|aufträgen?|rechnungen|bestellungen"
    r"|bewerber\w{0,5}|schüler\w{0,5}|patient\w{0,7}|mitarbeite\w{1,8}|meldungen|datensätzen?|sendungen|teilen?"
    r"|clientes?|abonnés?|adhérents?|assurés?|élèves|étudiants|salariés|comptes|foyers|ménages|compteurs|produits"
    r"|magasins|véhicules|commandes|dossiers|lignes|contrats|références|candidats|avis|colis|employés"
    r"|socios?|abonados?|suscriptores|usuari[oa]s?|alumn[oa]s?|estudiantes|emplead[oa]s?|cuentas|hogares|contadores"
    r"|productos|tiendas|vehículos|pedidos|pólizas|pacientes|citas|reseñas|artículos|registros|contratos|candidat[oa]s"
    r"|associados|assinantes|usuários|alun[oa]s|funcionários|contas|famílias|medidores|produtos|lojas|veículos"
    r"|apólices|consultas|avaliações|itens|segurados|cooperados|beneficiários)"
)
_COUNTED = Sought(
    rf"(?P<n>{NUMBER})\s(?:de\s|d')?(?:[a-zà-ÿ][\w'-]{{1,24}}\s){{0,3}}?(?P<thing>{_SCORED})(?!\w)"
    rf"|(?P<m>{NUMBER})\s?(?P<unit>万|億|千)?(?:件|人|名|社|世帯|店舗|品目|商品|会員|台|通話|枚|通|か所|箇所|カ所|ヶ所|拠点|戸|頭|棟|路線|便|sku|点(?!数)|本"
    rf"|冊|組|羽|匹|隻|基|園|校)"
)
_RUN = (
    r"(?:runs?|night|batch|nightly|lauf|läufe|nacht|nuit|exécution|noche|ejecución|noite|execução|rodada|lote"
    r"|week ?end|tanda|pasada|passada|durchgang|durchlauf|passage|vez|cycle|job|execution|inspection|flight"
    r"|survey|patrol|inspektion|flug|befliegung|begehung|vol|ronde"
    r"|inspección|vuelo|ronda|campaña|inspeção|voo|campanha)"
)
_ANYTHING = re.compile(
    rf"(?P<n>{NUMBER})\s(?:de\s|d')?(?:(?:active|different|individual|verschiedene|eigene|différents?|distint[oa]s)\s)?"
    r"(?P<thing>[a-zà-ÿ][a-zà-ÿ-]{3,30})(?!\w)(?P<m>)?"
)
_NOT_SCORED = re.compile(
    r"(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?|percent|dollars?|euros?|pounds?|reais|yen|francs?"
    r"|tokens?|gb|tb|cores?"
    r"|gpus?|nodes?|times|people|persons?|engineers?|developers?|scientists?|analysts?|colleagues|teams?|regions?"
    r"|categor\w*|classes"
    r"|topics|languages|stunden?|tagen?|wochen?|monaten?|jahren?|minuten?|sekunden?|prozent|personen|leuten?"
    r"|entwickler\w*|heures?"
    r"|jours?|semaines?|mois|années?|minutes|secondes?|personnes?|ingénieurs?|développeurs?|horas?|días?|semanas?"
    r"|meses|años?|minutos?"
    r"|segundos?|personas?|ingenier\w*|dias?|anos?|pessoas?|engenheir\w*|desenvolvedor\w*|kategorien|sprachen"
    r"|requests?|events?"
    r"|anfragen|aufrufe|requêtes|peticiones|requisições|eventos|ereignisse|événements|millions?|thousand|nodos"
    r"|knoten|usd|eur|gbp|chf"
    r"|monthly|weekly|daily|yearly|monatlich|mensuels?|mensual(?:es)?|mensa(?:l|is)|per|tokens"
    r"|tiendas|stores|filialen|magasins|lojas|standorte\w?|sites|branches|clinics|clínicas|hospitals|practices"
    r"|countries)"
)
LEAST_OF_ANYTHING = 500
LEAST_OF_NAMED = 10
# “How many visitors in each of our 14 galleries”: what a forecast is made for, however few.
_FOR_EACH = re.compile(
    r"(?<!\w)(?:"
    r"which of (?:my|our|the|these)|welche[rsn]? (?:meiner|unserer|der|von den)|lesquel(?:le)?s de (?:mes|nos|ces)"
    r"|cuáles de (?:mis|l[oa]s|nuestr[oa]s)|quais d[oa]s (?:meus|minhas|noss[oa]s)|"
    r"(?:for|of|across|at|from|in|per|each of|all of)(?: each of| all of| all)?(?: our| the| these)?"
    r"|(?:für|von|an|in|aus|je|pro)(?: jede\w{0,2} (?:der|von)| alle\w?)?(?: unsere\w?| die| den| der)?"
    r"|(?:pour|de|des|dans|sur|nos)(?: chacun\w? d[e']s?| tous)?(?: nos| les)?"
    r"|(?:para|de|en|por|cada un[oa] de)(?: tod[oa]s)?(?: nuestr[oa]s| las| los)?"
    r"|(?:para|de|em|por|d[ao]s|n[ao]s|cada uma? d[ao]s)(?: tod[oa]s)?(?: noss[oa]s| as| os)?"
    rf")\s(?P<n>{NUMBER})\s(?P<thing>[a-zà-ÿ][a-zà-ÿ-]{{3,30}})(?!\w)(?P<m>)?"
)
_COMBINED = Sought(
    rf"(?P<n>{NUMBER})\s?(?:\w{{1,24}}\s)?(?:combinations?|kombinationen|combinaisons|combinaciones|combinações"
    rf"|pairs|paare?|paires|pares|組み合わせ|ペア|通りの組)"
)
_PER_RUN = re.compile(
    rf"(?P<n>{NUMBER})(?!\s?(?:h|hrs?|hours?|mins?|minutes?|stunden|minuten|heures|horas|gb|tb|gpus?"
    rf"|usd|eur)\b)\s?(?:[\w'-]{{1,24}}\s){{0,3}}?(?:per|a|each|every|in one|pro|je|jede|par|por|cada|chaque"
    rf"|à chaque)"
    rf"\s(?:batch\s)?{_RUN}(?!\w)"
    rf"|(?<!\w)(?:per|each|pro|je|par|por|a cada|cada) {_RUN}[,:]? (?:about |around |some |rund |etwa |ca\.? "
    rf"|environ |unos "
    rf"|unas |cerca de |uns |umas )?(?P<b>{NUMBER})(?! ?(?:h|hours?|mins?|minutes?|stunden|minuten|heures|horas"
    rf"|gb|tb|gpus?"
    rf"|usd|eur|dollars?|euros?|[$€£])(?!\w))"
    rf"|(?<!\w)(?:batch|lote|lot|stapel) (?:of|von|de|mit) (?P<c>{NUMBER})(?=\s[a-zà-ÿ])"
    rf"|(?P<d>{NUMBER})\s(?:of them )?(?:at a go|in one go|at a time|d'un coup|auf einen schlag|de una vez"
    rf"|de uma vez)(?!\w)"
    rf"|(?:rows|records|lines|items|lignes|enregistrements|zeilen|datensätze|filas|registros|linhas|images?|photos?"
    rf"|pictures?|bilder|fotos?|aufnahmen|clichés|imágenes|imagens)\s"
    rf"(?:per|par|pro|je|por|a)\s{_RUN}\s?[,:=]\s{{0,4}}(?P<m>{NUMBER})"
    rf"|(?:[1１一]回(?:あたり|につき|の実行で)|(?:1|一)バッチ(?:あたり)?|毎晩|毎朝|毎週|毎月)(?:に)?(?:約|およそ|合計)?(?P<k>{NUMBER})\s?"
    r"(?:件|人|名|行|レコード|店|社|世帯|商品)"
)
# “420 clients times 150 teas, 63,000 in total”: what the product comes to.
_IN_ALL = Sought(
    rf"(?:合計|総計|全部で|延べ)(?:で)?(?:約|およそ)?(?P<m>{NUMBER})\s?(?:件|行|レコード|本|組|通り|個|予測)"
    rf"|(?:=|that makes|makes|which is|in total|i\.e\.,?|so|macht(?: zusammen)?|ergibt|zusammen|insgesamt|also|soit"
    rf"|ce qui fait"
    rf"|au total|es decir|o sea|en total|lo que da|ou seja|no total|o que dá)\s(?:about |around |some |rund |etwa "
    rf"|environ |unos "
    rf"|unas |cerca de )?(?P<n>{NUMBER})\s(?:[a-zà-ÿ]{{1,16}}\s){{0,2}}?(?:rows|values|lines|records|forecasts"
    rf"|predictions|scores"
    rf"|combinations|zeilen|werte|datensätze|prognosen|vorhersagen|lignes|valeurs|prévisions|scores|filas|valores"
    rf"|registros|líneas"
    rf"|previsiones|predicciones|linhas|previsões)(?!\w)"
)
# “For each patient on the ward (some 2,400 of them)”: the count stands behind its thing.
_BEHIND = re.compile(
    rf"(?<!\w)(?P<thing>{_SCORED}|(?:each|every|jede[nrsm]?|chaque|cada|toda?) [a-zà-ÿ-]{{4,24}})(?!\w)"
    r"[^.;\n()\d]{0,30}\((?:(?:there are|they are|it is|these are|das sind|es sind"
    r"|insgesamt|derzeit|zurzeit|ce sont|il y en a|ils sont|soit|au total|son|hay|en total|ahora|são|há|hoje|ao todo"
    r"|in total|today|now|currently|about|around|some|etwa|rund|ca\.|environ|unos|unas|uns|umas|cerca de)[, ]+){0,3}"
    rf"(?P<n>{NUMBER})(?P<m>)?\s?(?:of them|stück|in total|insgesamt|en total|no total|au total)?\)"
)
_SCORING = re.compile(
    r"know|which|wissen|welche\w?|savoir|lesquel\w*|saber|cuáles|quais|知りたい|どの|scor\w{1,24}|forecast\w{0,24}"
    r"|predict\w{0,24}|rank\w{0,24}|classif\w{1,24}|sort\w{0,24}|rate\w{0,24}"
    r"|probabilit\w{1,24}|vorhergesagt|prognos\w{1,24}|vorhersag\w{1,24}|bewert\w{1,24}|einstuf\w{1,24}"
    r"|wahrscheinlich\w{0,24}"
    r"|klassifi\w{1,24}|expect\w{0,4}|how (?:many|much|likely)|wie ?viel\w{0,2}|combien|cuánt[oa]s?|quant[oa]s?"
    r"|schätz\w{1,8}|estim\w{1,8}|alert\w{0,3}|prévoi\w{1,3}|prévi\w{1,24}|prédi\w{1,24}|class\w{1,24}|not(?:er|ons|e)"
    r"|pronóstic\w{1,24}|predec\w{1,24}"
    r"|predicc\w{1,24}|puntu\w{1,24}|clasific\w{1,24}|probabilidad\w{0,24}|previs\w{1,24}|prever|classific\w{1,24}"
    r"|propens\w{1,24}|risco|riesgo|risque|risk|night\w{0,24}|weekly|monthly|batch|gerechnet|berechn\w*|calcul\w*"
    r"|comput\w*|予測|スコア|分類|判定|推定|算出|計算"
)
_OTHER_COUNT = re.compile(
    r"^\s?(?:(?:per|a|an|each|pro|par|por|/)\s)?(?:requests?|per second|a second|/s)|^\s?(?:ドル|円|ms|gb|tb|mb)"
)


def find_records_per_run(reading: Reading) -> Iterator[Finding]:
    """Counts that are said per run or night. Units: records."""
    for match in _PER_RUN.finditer(reading.folded):
        words = next(word for word in match.groups() if word)
        number = parse_number(words, language=reading.language)
        if number is not None and number >= FEWEST_RECORDS:
            yield stated("batch_records_per_run", int(number), match.start(), match.end(), strength=STRONG + 10)
    for match in _IN_ALL.finditer(reading.folded):
        number = parse_number(match["n"] or match["m"], language=reading.language)
        if number is not None and number >= FEWEST_RECORDS:
            yield stated("batch_records_per_run", int(number), match.start(), match.end(), strength=STRONG + 8)
    for match in _COMBINED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None and number >= FEWEST_RECORDS:
            yield stated("batch_records_per_run", int(number), match.start(), match.end(), strength=STRONG + 5)


def derive_records(reading: Reading, values: Mapping[str, Plain]) -> Iterator[Finding]:
    """The population that a batch run is about, where no count is said per run. Units: records."""
    if "batch_records_per_run" in values or "batch" not in _items(values.get("inference_mode")):
        return
    counted = chain(_BEHIND.finditer(reading.folded), _COUNTED.finditer(reading.folded))
    best = _best_count(counted, reading, values, least=FEWEST_RECORDS)
    if best is None:
        others = (one for one in _ANYTHING.finditer(reading.folded) if not _NOT_SCORED.fullmatch(one["thing"]))
        best = _best_count(others, reading, values, least=LEAST_OF_ANYTHING)
    if best is None or best[0] == 0:
        named = (one for one in _FOR_EACH.finditer(reading.folded) if not _NOT_SCORED.fullmatch(one["thing"]))
        best = _best_count(named, reading, values, least=LEAST_OF_NAMED, needs_scoring=True) or best
    if best is None or _is_for_another(reading, best[1]):
        return
    score, match, number = best
    yield inferred(
        "batch_records_per_run",
        _of_one_run(match, number, reading, values),
        match.start(),
        match.end(),
        reason=f"“{match.group().strip()}”: one result for each of them in every run",
        confidence=0.7 if score else 0.55,
        strength=FAIR if score else WEAK,
    )


def _of_one_run(match: re.Match[str], number: float, reading: Reading, values: Mapping[str, Plain]) -> int:
    """“In a month 1,500 invoices come in”, and every night a run: fifty of them each."""
    runs = values.get("batch_runs_month")
    if not isinstance(runs, int | float) or runs <= 1:
        return int(number)
    around = reading.before(match.start(), chars=24) + " | " + reading.after(match.end(), chars=14)
    if not _A_MONTH.search(around):
        return int(number)
    return max(1, round(number / runs))


def derive_calls(values: Mapping[str, Plain], constraints: Mapping[str, ConstraintValue]) -> Iterator[Finding]:
    """A language model that works in runs is asked once a record. Units: requests/day."""
    records, runs = values.get("batch_records_per_run"), values.get("batch_runs_month", DAYS_A_MONTH)
    is_llm = values.get("model_type") in _LANGUAGE_MODELS and values.get("inference_mode") == ["batch"]
    if not is_llm or "llm_requests_per_day" in values:
        return
    if isinstance(records, int | float) and isinstance(runs, int | float):
        per_day = round(records * runs / DAYS_A_MONTH)
        why = "a language model is asked once for each of them"
        yield because("llm_requests_per_day", per_day, constraints, "batch_records_per_run", why, confidence=0.6)


def _best_count(
    counts: Iterable[re.Match[str]],
    reading: Reading,
    values: Mapping[str, Plain],
    *,
    least: float,
    needs_scoring: bool = False,
) -> tuple[int, re.Match[str], float] | None:
    """The count that corrects another, else the first in a sentence about scoring, else the first."""
    best: tuple[int, re.Match[str], float] | None = None
    for match in counts:
        number = parse_number(match["n"] or match["m"], language=reading.language)
        if number is None or number < least or _is_other(match, reading, values):
            continue
        lead = reading.folded[max(0, match.start() - CORRECTION_CHARS) : match.start()]
        score = 2 * bool(_SCORING.search(reading.sentence(match.start()))) + 4 * bool(CORRECTION.search(lead))
        if (best is None or score > best[0]) and (score or not needs_scoring):
            best = (score, match, number)
    return best


def _is_for_another(reading: Reading, counted: re.Match[str]) -> bool:
    """“A forecast per feeder” is not counted by the meters that the text counts."""
    things = {name for one in PER_WHAT.finditer(reading.folded) for name in (one["a"], one["b"]) if name}
    return bool(things) and singular(counted["thing"] or "") not in {singular(name) for name in things}


def _is_other(match: re.Match[str], reading: Reading, values: Mapping[str, Plain]) -> bool:
    """Whether the count is the team, the corpus, the devices or a rate, and not what is scored."""
    if re.search(r"[$€£¥#]\s?$", reading.folded[max(0, match.start() - 2) : match.start()]):
        return True
    number = parse_number(match["n"] or match["m"], language=reading.language)
    if match["m"] and values.get("team_size") == number:
        return True
    if number in (
        values.get("budget_usd_month"),
        values.get("llm_requests_per_day"),
        values.get("stream_events_per_sec"),
    ):
        return True
    if number == values.get("edge_devices"):
        return True
    if number == values.get("corpus_documents") and values.get("use_case_type") in SEARCHING_USES:
        return True
    return _OTHER_COUNT.search(reading.after(match.end(), chars=14)) is not None


def _items(value: Plain | None) -> list[str]:
    return value if isinstance(value, list) else []
