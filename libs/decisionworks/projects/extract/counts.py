"""Reads counts of things: scored records, devices, tenants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise

from decisionworks.projects.extract.finding import EXPLICIT, FAIR, STRONG, WEAK, Finding, inferred, stated
from decisionworks.projects.extract.numbers import DIGITS, NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought
from decisionworks.projects.model import Plain

_THING = r"[a-zà-ÿ][\w-]{1,24}"
PER_WHAT = re.compile(
    rf"(?:scores?|forecasts?|predictions?|list|estimates?|vorhersagen?|prognosen?|prévisions?|pronósticos?"
    rf"|previs(?:ão|ões))\s(?:\w{{1,24}}\s){{0,2}}?(?:per|for each(?! of)|for every|pro|je|par|por)\s(?P<a>{_THING})"
    rf"(?:\s(?:and|und|et|y|e|x)\s(?P<b>{_THING}))?"
)
_PER_BOTH = re.compile(
    rf"(?<!\w)(?:per|for each|for every|pro|je|für jede\w?|par|pour chaque|por|por cada|para cada)\s(?P<a>{_THING})"
    rf"\s(?:and|und|et|y|e|x)\s(?:each |every |jede\w? |chaque |cada )?(?P<b>{_THING})"
)
# “How many scooters are wanted per zone” over 320 zones.
_PER_ONE = re.compile(
    rf"(?:how (?:much|many)|number of|demand|needed|wanted|sales|forecasts?|wie ?viele?|bedarf|anzahl|zahl der"
    rf"|prognose\w*|combien|nombre d[e']|demande|besoin|cuánt[oa]s?|número de|cantidad de|demanda"
    rf"|quant[oa]s?|número de"
    rf"|quantidade de|procura)\s(?:[\w'-]{{1,24}}\s){{0,6}}?"
    rf"(?:per|for each|for every|in each|at each|at every|pro|je|par|por|para cada|en cada"
    rf"|em cada)\s(?P<a>{_THING})(?P<b>)"
)
# “48 references in 9 shops”: one result for each in each.
_PRODUCT_IN = Sought(
    rf"(?P<a>{NUMBER})\s(?P<x>(?:\w{{1,16}}\s)?(?:skus?|products?|articles?|items?|artikeln?|produkten?|références"
    rf"|produits|artículos|productos|referencias"
    rf"|produtos|itens|referências))\s(?:in|at|across|for|für|auf|dans|pour|en|para|em)\s(?:our |all |unsere\w? |den "
    rf"|nos |les |nuestr\w+ |las |los |noss\w+ |as )?"
    rf"(?P<b>{NUMBER})\s(?P<y>(?:\w{{1,16}}\s)?(?:stores?|shops?|branches|outlets?|sites|filialen|läden|märkten?"
    rf"|magasins|boutiques|tiendas|sucursales|lojas|filiais))(?!\w)"
)
_COUNTED = re.compile(rf"(?P<n>{NUMBER})\s(?:(?:active|smart|retail|paying|small|wind)\s)?(?P<thing>{_THING})")
_PRODUCT = re.compile(
    rf"(?P<a>{DIGITS})\s(?P<x>{_THING})\s?(?:x|×|times|mal|fois|por)\s?(?P<b>{DIGITS})\s(?P<y>{_THING})"
)
_PRODUCT_JA = re.compile(
    rf"(?P<a>{DIGITS})(?P<x>店舗?|拠点|商品|品目|顧客"
    rf"|[社件名人台校園路線便種類]{{1,2}})\s?[x×]\s?[^\W\d]{{0,6}}(?P<b>{DIGITS})(?P<y>商品|品目"
    rf"|sku|店舗?|顧客"
    r"|[社件名人台校園便]|種類|路線|時間帯|日)"
)
_EACH_RUN = Sought(
    rf"(?P<n>{NUMBER})(?!\s?(?:h|hrs?|hours?|mins?|minutes?|stunden|minuten|heures|horas|gb|tb|gpus?"
    rf"|usd|eur)\b)\s?(?:[\w'-]{{1,24}}\s){{1,3}}?(?:(?:per|a|each|every|pro|par|por|cada|jede)\s?(?:run|night"
    rf"|batch|lauf|nacht|nuit|noche|noite|lote|exécution|ejecución)|overnight|nightly|in one run)(?!\w)|"
    rf"(?:毎晩|夜間に?|バッチ(?:ごとに|で)?)(?:約|およそ)?(?P<m>{DIGITS})\s?(?:件|人|行|レコード)"
)
_DEVICES = Sought(
    rf"(?P<n>{NUMBER})\s(?:[\w-]{{1,24}}\s){{0,2}}?(?:cameras?|devices?|microphones?|mikrofonen?|micros|micrófonos"
    rf"|microfones|watches|collars?|hives?|panels?|gateways?|robots?|tablets?|phones?|units?"
    rf"|edge \w{{1,24}}|trucks?|tractors?|harvesters?"
    rf"|substations?|stations?|turbines?|trains?|locomotives?|buses|cars?|ships?|vessels?|lifts?|elevators?|pumps?"
    rf"|wells?"
    rf"|presses|lines?|stores?|shops?|sites?|plants?|poles?|towers?|meters?|handhelds?|headsets?|excavators?"
    rf"|forklifts?"
    rf"|chargers?|greenhouses?|barns?|crossings?|sensors?|vans?|wearables?|checkouts?|tills?|computers?|boats?"
    rf"|roboter\w{{0,2}}|\w{{1,12}}roboter|maschinen|anlagen|aufzügen?|zügen?|bussen?|lkws?|traktoren|stapler\w?"
    rf"|pressen"
    rf"|filialen|kassen|stationen|handscanner\w?|\w{{1,16}}(?:kameras|geräten?|maschinen|anlagen)"
    rf"|camions?|engins?|tracteurs?|trains?|bus|ascenseurs?|machines?|stations?|éoliennes?|bornes?|drones?|navires?"
    rf"|postes?"
    rf"|robots|camiones|tractores|trenes|autobuses|ascensores|máquinas|estaciones|barcos|vehículos|excavadoras"
    rf"|tiendas|sondas"
    rf"|caminhões|tratores|trens|ônibus|elevadores|estações|navios|veículos|colheitadeiras|lojas|equipamentos|robôs"
    rf"|totens|líneas?|lignes?|linhas?|linien"
    rf"|celulares|telefones|teléfonos|smartphones?|handys?|téléphones?|drones?|drohnen?|vehicles?|machines"
    rf"|terminals?|kiosks?|scanners?|boxes|kameras?|geräten?|fahrzeugen?|"
    rf"caméras?|appareils?|cámaras?|dispositivos?|câmeras?|aparelhos?)(?!\w)|(?P<m>{DIGITS})\s?台"
)
# Counts of these are no devices, whatever else they count.
_NO_DEVICE = re.compile(
    r"(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?|percent|dollars?|euros?|pounds?|people"
    r"|persons?|engineers?"
    r"|developers?|scientists?|analysts?|colleagues|of|classes|categories|species|images?|photos?|pictures?|frames?"
    r"|videos?|times|gb|tb|mb|ms|fps|watts?|volts?|meters|metres|km|kg|degrees|pixels?|megapixels?|parameters?|tokens?"
    r"|requests?|events?|usd|eur|gpus?|nodes?|models?|versions?|countries|regions?|customers?|clients?"
    r"|users?|patients?"
    r"|stunden?|tagen?|wochen?|monaten?|jahren?|minuten?|sekunden?|prozent|leuten?|personen|entwickler\w*|ingenieur\w*"
    r"|bildern?|fotos?|mal|meter|grad|klassen|arten|kunden|länder\w*|heures?|jours?|semaines?|mois|ans"
    r"|années|secondes?"
    r"|personnes?|ingénieur\w*|développeur\w*|images|clichés|fois|mètres|degrés|classes|espèces|clients|pays|euros"
    r"|horas?|días?|semanas?|meses|años|minutos?|segundos?|personas|ingenier\w*|desarrollador\w*|imágenes|fotos|veces"
    r"|metros|grados|clases|especies|clientes|países|dólares|dias?|anos?|pessoas|engenheir\w*|desenvolvedor\w*|imagens"
    r"|vezes|graus|espécies|reais|técnic\w*|programador\w*|por|per|pro|par|al|a|e|y|et|und|and|to|or|bis|à|until)"
)
_ANY_DEVICE = re.compile(rf"(?<![$€£¥#.\d])(?P<n>{NUMBER})\s(?P<thing>[a-zà-ÿ][\w-]{{2,24}})(?!\w)(?P<m>)")
# “Sprayers, 45 of them”, “trucks: 45”.
_ANY_OF_THEM = Sought(
    rf"(?:there are|we have|es sind|es gibt|il y en a|hay|son|há|são) (?P<m>{NUMBER})(?=\)|[,.;])"
    rf"|(?P<n>{NUMBER}) (?:in all|in total|altogether|all told|an der zahl|insgesamt|en tout|au total|en total|no total"
    rf"|ao todo|of (?:them|these|those)|davon|d'entre eux|de ellos|de ellas|deles|delas)(?!\w)"
)
# “Robots: 35 of them drive through the warehouse”.
_OF_THEM = re.compile(
    rf"(?:cameras?|devices?|gateways?|robots?|drones?|tablets?|scanners?|machines?|vehicles?|trucks?|sensors?|boxes"
    rf"|units?)"
    rf"[^.;\n\d]{{0,24}}?(?P<n>{NUMBER}) of (?:them|these|those)(?!\w)"
)
_TENANTS = Sought(
    rf"(?P<n>{NUMBER})\s(?:[\w-]{{1,24}}\s){{0,2}}?(?:customers?|tenants?|clients?|merchants?|dealers?|franchisees?"
    rf"|partners?|kunden|mandanten|händlern?|clientes?|commerçants?|comerci(?:os|antes)|lojistas?"
    rf"|inquilinos|organi[sz]ations|companies|顧客|テナント)(?!\w)|(?P<m>{DIGITS})\s?(?:社|テナント)"
)
_OWN_EACH = re.compile(
    r"each (?:\w{1,24} ){0,2}(?:gets?|has|have|with|needs?) (?:its|their|an?) own|(?:one|own|separate|isolated"
    r"|dedicated) models? (?:per|for (?:each|every)) (?:customer|tenant|client)|per[- ]tenant|"
    r"per[- ]customer models?|multi-?tenant|isolated (?:data )?per|je kunde ein eigenes|ein modell pro kunde"
    r"|one (?:[\w-]{1,24} ){1,3}(?:per|for (?:each|every)) (?:customer|tenant|client|studio|site|school|merchant"
    r"|dealer|franchisee|partner|shop|store)"
    r"|eigenes modell|chacune? a (?:son|sa|un|une) (?:propre )?(?:\w{1,24} )?modèle|cada un[ao]? tiene su (?:propio )?"
    r"(?:\w{1,24} )?modelo|cada uma? tem (?:o )?seu (?:próprio )?(?:\w{1,24} )?modelo"
    r"|それぞれ(?:に|が|の)?(?:専用|独自|個別)の?\S{0,6}モデル"
    r"|jede[rs]? (?:mit|hat|bekommt|erhält) (?:\w{1,12} )?eigene\w? (?:\w{1,24}-)?\w{0,24}modell"
    r"|chacun\w? (?:avec|aura|a|reçoit) (?:son|sa|un|leur) (?:propre )?(?:\w{1,24} )?modèle"
    r"|cada un[oa]? (?:con|tendrá|tiene|recibe) (?:su|un) (?:propio )?(?:\w{1,24} )?modelo"
    r"|cada uma? (?:com|terá|tem|recebe) (?:[oa] )?(?:seu|um) (?:próprio )?(?:\w{1,24} )?modelo"
    r"|un modèle par client|un modelo por cliente|um modelo por cliente|"
    r"顧客ごと|テナントごと|[1一]社(?:につき|に)?[1一]モデル|tenants|für (?:die |unsere )?[\d.]{1,9} mandanten"
    r"|(?:data|daten|données|datos|dados) (?:\w+ ){0,2}(?:apart|separate|isolated|getrennt|aparte|separad[oa]s"
    r"|aislad[oa]s"
    r"|isolad[oa]s|séparées|isolées|à part)|getrennten? daten|getrennte datenhaltung"
)
_EACH_OWN = re.compile(
    rf"(?:each|every|jede[rsmn]?|chaque|cada)\s(?:single\s)?(?P<thing>{_THING})\s(?:\w{{1,24}}\s){{0,2}}?(?:gets?"
    rf"|has|needs?"
    rf"|receives?|trains?|owns?|keeps?|runs?|bekommt|erhält|hat|braucht|besitzt|a|reçoit|obtient|dispose|possède"
    rf"|utilise|tiene|recibe|necesita|usa|dispone|tem|recebe|precisa|usa|dispõe)\s"
    r"(?:an?\s(?:\w{1,24}\s)?models?\sof\s)?(?:de\s)?(?:[oa]\s)?(?:its|their|an?|ein|seine?|son|sa|un|une|su|una|seu"
    r"|sua|um|uma)\w{0,3}\s(?:own"
    r"|eigene\w{0,2}|propre|propi[oa]"
    r"|própri[oa]|separate|getrennte\w{0,2}|isolated|\w{1,24}\s(?:propre|propi[oa]|própri[oa]))"
)
# “Each brewery calls a model of its own”, “a model per school”, “a model trained on its data alone”.
_ITS_OWN = re.compile(
    rf"(?:each|every|jede[rsmn]?|chaque|cada)\s(?P<thing>{_THING})\s(?:\w{{1,24}}\s){{0,5}}?(?:an?|ein|un|um)\s"
    r"(?:\w{1,24}\s)?(?:models?|modell|modèle|modelo)\s(?:(?:of|all of)\s(?:its|their)\sown"
    r"|(?:trained|trainiert|entraîné|entrenado|treinado)\s(?:only|solely|nur|uniquement|seulement|solo|sólo|só|apenas))"
    rf"|(?<!\w)(?:one|an?|ein(?:\seigenes)?|un|um)\s(?:own\s|separate\s)?(?:\w{{1,24}}\s)?(?:model|modell|modèle|modelo)\s"
    rf"(?:(?:de|d'|of|für)\s?\w{{1,24}}\s)?"
    rf"(?:per|for\s(?:each|every)|pro|je|für\sjede[ns]?|par|pour\schaque|por|para\scada)\s(?P<each>{_THING})"
)
# “85 cooperatives, each with its own model”.
_EACH_WITH_OWN = Sought(
    rf"(?P<n>{DIGITS}|(?!un|ein|um){NUMBER}) (?:[\w-]{{1,24}} ){{0,3}}?{_THING}[,;]?"
    r" (?:(?:and|und|et|y|e) )?(?:each|every one"
    r"|(?:ein )?jede[rs]?|chacune?|cada un[oa]|cada uma?)"
    r"(?: of them|(?: von)? ihnen|(?: d'entre)? eux|(?: d'entre)? elles| de ellos| de ellas| deles| delas)?"
    r"(?:,? (?:is|are|should|must|shall|will|needs?|wants?|soll|muss|darf|doit|veut|debe|quiere|deve|quer))?(?: to)?"
    r"\s(?:with|has|have|having|gets?|receives?|mit|hat|bekommt|braucht|erhält|avec|a|aura|avoir|reçoit|recevoir"
    r"|con|tiene|tener|tendrá|recibe|recibir|com|tem|ter|terá|recebe|receber)\s(?:its|their|an?|ihre?[mn]?"
    r"|seine?[mn]?|eine?[mn]?|son"
    r"|sa|un|une|su|una|o seu|a sua|seu|sua|um|uma)\s(?:own |separate |eigenen? |propre |propi[oa] |própri[oa] )?"
    r"(?:[\w-]+ ){0,3}?(?:model|modell|\w+modell|modèle|modelo|forecast|classifier)"
)
# “Für jeden der 60 Vereine ein eigenes Modell”, “chacune des 25 communes”.
_EACH_OF_N = re.compile(
    rf"(?:each|every one|jede[rsnm]?|chacune?|cada un[oa]?|cada uma?)\s(?:of (?:the|our|these)|der|unserer|des"
    rf"|de nos|de las"
    rf"|de los|de nuestr[oa]s|d[oa]s|d[oa]s noss[oa]s)\s(?P<n>{NUMBER})\s[^.;\n]{{2,60}}?(?:own|eigene\w{{0,2}}"
    rf"|propre|propi[oa]"
    rf"|própri[oa])\s(?:\w{{1,16}}\s)?(?:model|modell|modèle|modelo|forecast|classifier|netz|réseau|rede?)"
    rf"|(?P<m>{DIGITS})(?:の|か所の|社の|園の)?[^\W\d]{{0,8}}?(?:ごと|毎|それぞれ)(?:に|の)?(?:専用|独自"
    rf"|個別|固有)(?:の)?\S{{0,6}}モデル"
)
_NOT_TENANTS = frozenset({"camera", "device", "machine", "truck", "robot", "gateway", "gerät", "kamera", "maschine"})
MOST_THINGS = 3


def find_counts(reading: Reading) -> Iterator[Finding]:
    """Records per batch run, devices and tenants."""
    yield from _records(reading)
    for match in _DEVICES.finditer(reading.folded):
        yield from _counted(match, reading, field="edge_devices", strength=STRONG)
    for match in _OF_THEM.finditer(reading.folded):
        yield from _counted(match, reading, field="edge_devices", strength=STRONG)
    yield from _own_for_each(reading)
    for match in _TENANTS.finditer(reading.folded):
        if _OWN_EACH.search(reading.folded[max(0, match.start() - 120) : match.end() + 160]):
            yield from _counted(match, reading, field="tenants", strength=STRONG)


_DEPLOYED = Sought(
    rf"(?P<n>{NUMBER})\s(?P<thing>{_THING})(?:\s[\w-]{{1,24}}){{0,3}}?[,;:]?\s(?:(?:are|is|have been|were|sont|están"
    rf"|son"
    rf"|estão|são|sind)\s)?"
    r"(?:each|every one|sold|installed|deployed|in use|in the field|in service|im einsatz|verbaut|installiert|jeweils"
    r"|jede\w? (?:mit|hat)"
    r"|chacune?|installé\w{0,3}|en service|vendu\w{0,3}|cada un[oa]|instalad[oa]s|en uso|cada uma?|em uso"
    r"|vendid[oa]s)(?!\w)"
)


_NO_PLACE = re.compile(
    r"second|minute|hour|day|night|morning|evening|week|month|quarter|year|time|frame|picture|image|photo|video|case"
    r"|result|alert"
    r"|request|person|customer|model|sekunde|minute|stunde|tag|nacht|morgen|abend|woche|monat|jahr|mal|bild|foto"
    r"|fall|heure|jour|nuit"
    r"|matin|soir|semaine|mois|année|fois|cliché|cas|segundo|minuto|hora|día|noche|mañana|semana|mes|año|vez|imagen"
    r"|caso|dia|noite"
    r"|manhã|mês|ano|imagem|one|single|other|second|own"
)
# “On the computer in each crane”: cranes are counted somewhere.
_ON_EACH = re.compile(rf"(?<!\w)(?:each|every|jede[mnrs]?|jedes|chaque|cada|toda?)\s(?P<thing>{_THING})")


def derive_devices(reading: Reading, *, is_edge: bool, known: Mapping[str, Plain]) -> Iterator[Finding]:
    """“15,000 docks are sold”, “140 towers, each with a camera”: on what the model runs, whatever it is called."""
    told = known.get("edge_devices")
    if not is_edge or (isinstance(told, int | float) and told > 1):
        return
    for match in _DEPLOYED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None and number > 1 and float(number).is_integer():
            yield stated("edge_devices", int(number), match.start(), match.end(), confidence=0.7, strength=STRONG + 2)
            return
    yield from _any_devices(reading, known)
    for thing in dict.fromkeys(singular(match["thing"]) for match in _ON_EACH.finditer(reading.folded)):
        if _NO_PLACE.fullmatch(thing):
            continue
        for match in _counts_of(thing).finditer(reading.folded):
            number = parse_number(match["n"] or match["m"], language=reading.language)
            if number is not None and number > 1 and float(number).is_integer():
                yield stated(
                    "edge_devices", int(number), match.start(), match.end(), confidence=0.7, strength=STRONG + 1
                )
                return


def _any_devices(reading: Reading, known: Mapping[str, Plain]) -> Iterator[Finding]:
    """The first thing that is counted and is neither people nor a measure: it carries the model."""
    others = {known.get(name) for name in ("team_size", "budget_usd_month", "tenants", "batch_records_per_run")}
    for match in chain(_ANY_OF_THEM.finditer(reading.folded), _ANY_DEVICE.finditer(reading.folded)):
        number = parse_number(match["n"] or match.groupdict().get("m") or "", language=reading.language)
        thing = match.groupdict().get("thing")
        if number is None or number < 2 or not float(number).is_integer() or number in others:
            continue
        if thing is not None and _NO_DEVICE.fullmatch(thing):
            continue
        reason = f"“{match.group().strip()}”: what is counted beside a model on devices"
        yield inferred(
            "edge_devices", int(number), match.start(), match.end(), reason=reason, confidence=0.5, strength=WEAK
        )
        return


def _counts_of(thing: str) -> re.Pattern[str]:
    """“38 cranes”, “cranes: 38”, with the plurals of six languages."""
    stem = re.escape(thing.removesuffix("y"))
    for vowel, changed in (("a", "[aä]"), ("o", "[oö]"), ("u", "[uü]")):
        stem = stem.replace(vowel, changed)
    plural = rf"{stem}(?:y|ies|s|es|n|en|e|er|x)?"
    return re.compile(
        rf"(?P<n>{NUMBER})\s(?:[\w-]{{1,24}}\s){{0,2}}?{plural}(?!\w)"
        rf"|(?<!\w){plural}\W{{1,4}}(?P<m>{NUMBER})(?!\w)"
    )


def _own_for_each(reading: Reading) -> Iterator[Finding]:
    """“260 districts; every district gets its own classifier”."""
    for match in chain(_EACH_WITH_OWN.finditer(reading.folded), _EACH_OF_N.finditer(reading.folded)):
        yield from _counted(match, reading, field="tenants", strength=STRONG)
    things = {
        singular(match["thing"]) for match in _EACH_OWN.finditer(reading.folded) if match["thing"] not in _NOT_TENANTS
    }
    owned = (match["thing"] or match["each"] for match in _ITS_OWN.finditer(reading.folded))
    things |= {singular(thing) for thing in owned if thing not in _NOT_TENANTS and not _NO_PLACE.match(thing)}
    for thing in sorted(things)[:MOST_THINGS]:
        counted = re.compile(
            rf"(?<!\w)(?P<n>(?!(?:one|an?|eine?|une?|uma?)(?!\w)){NUMBER})\s(?:[\w-]{{1,24}}\s){{0,3}}?"
            rf"{re.escape(thing.removesuffix('y'))}\w{{0,3}}(?!\w)"
        )
        for match in counted.finditer(reading.folded):
            yield from _counted(match, reading, field="tenants", strength=STRONG)


# “Je Filiale eine Kamera”, “1店1台”: one of it in each place, and not one in all.
_ONE_EACH = re.compile(
    r"(?<!\w)(?:each|every|per|for each|je|jede[rmns]?|pro|in jede[rmn]|chaque|par|cada|por)(?: \w+){1,3},? $"
    r"|(?:1|一|各)(?:店舗?|か所|拠点|台|軒)(?:に|に?つき|ごとに)?$"
)


def _counted(match: re.Match[str], reading: Reading, *, field: str, strength: int) -> Iterator[Finding]:
    number = parse_number(match["n"] or match.groupdict().get("m") or "", language=reading.language)
    if number == 1 and field == "edge_devices" and _ONE_EACH.search(reading.before(match.start(), chars=40)):
        return
    if number is not None and number >= 1 and float(number).is_integer():
        yield stated(field, int(number), match.start(), match.end(), confidence=0.85, strength=strength)


_EACH_OF = re.compile(
    rf"(?:each|every one|jede\w{{0,2}}|chacune?|cada un[oa]?|cada uma?)\s(?:of (?:the|our|these)|der|unserer|des|de nos"
    rf"|de l[ao]s|de nuestr[oa]s|d[oa]s(?: noss[oa]s)?)\s(?P<n>{NUMBER})\s(?P<thing>{_THING})"
)


def _each_of_both(reading: Reading) -> Iterator[Finding]:
    """“Each of the 85 flavours in each of the 12 provinces.”"""
    found = list(_EACH_OF.finditer(reading.folded))
    for one, other in pairwise(found):
        left, right = (parse_number(match["n"], language=reading.language) for match in (one, other))
        if left and right and reading.sentence_at(one.start()) == reading.sentence_at(other.start()):
            reason = f"{left:g} {one['thing']} times {right:g} {other['thing']}"
            count = int(left * right)
            yield inferred("batch_records_per_run", count, one.start(), other.end(), reason=reason, strength=STRONG + 1)


def _records(reading: Reading) -> Iterator[Finding]:
    yield from _each_of_both(reading)
    for match in _EACH_RUN.finditer(reading.folded):
        number = parse_number(match["n"] or match["m"], language=reading.language)
        if number is not None and number >= 10:
            yield stated(
                "batch_records_per_run", int(number), match.start(), match.end(), confidence=0.85, strength=EXPLICIT
            )
    for match in chain(
        _PRODUCT.finditer(reading.folded), _PRODUCT_JA.finditer(reading.folded), _PRODUCT_IN.finditer(reading.folded)
    ):
        left = parse_number(match["a"], language=reading.language)
        right = parse_number(match["b"], language=reading.language)
        if left and right:
            reason = f"{left:g} {match['x']} times {right:g} {match['y']}"
            yield inferred(
                "batch_records_per_run", int(left * right), match.start(), match.end(), reason=reason, strength=STRONG
            )
    yield from _per_thing(reading)


def _per_thing(reading: Reading) -> Iterator[Finding]:
    """“A forecast per store and SKU” over 300 stores and 40k SKUs is twelve million records."""
    counts: dict[str, tuple[float, int, int]] = {}
    for match in _COUNTED.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        if number is not None and number >= 2:
            counts.setdefault(singular(match["thing"]), (number, match.start(), match.end()))
    named = [*PER_WHAT.finditer(reading.folded), *_PER_BOTH.finditer(reading.folded)]
    for match in named or _PER_ONE.finditer(reading.folded):
        things = [singular(name) for name in (match["a"], match["b"]) if name]
        known = [count for name in things if (count := _count_of(name, counts)) is not None]
        if not known or len(known) < len(things):
            continue
        product = 1.0
        for number, _, _ in known:
            product *= number
        shown = " x ".join(f"{number:,.0f} {name}" for (number, _, _), name in zip(known, things, strict=True))
        reason = f"one result per {' and '.join(things)}: {shown}"
        yield inferred(
            "batch_records_per_run",
            int(product),
            known[0][1],
            known[-1][2],
            reason=reason,
            confidence=0.75,
            strength=FAIR,
        )


_PLURAL_ENDS = ("e", "en", "er", "es")
_Count = tuple[float, int, int]


def _count_of(name: str, counts: Mapping[str, _Count]) -> _Count | None:
    """The count of a thing, whichever plural it was counted in: “je Stadtteil” over 24 “Stadtteile”."""
    return next((counts[one] for one in (name, *(name + end for end in _PLURAL_ENDS)) if one in counts), None)


def singular(word: str) -> str:
    """A word without the plain plural of its end."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith(("s", "n")) and len(word) > 3 and not word.endswith("ss") else word
