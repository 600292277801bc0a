"""Reads who builds and runs the system: how many people, and what they know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import EXPLICIT, STRONG, Finding, inferred, stated
from decisionworks.projects.extract.negation import is_denied
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

MAX_TEAM = 2_000
MAX_BESIDE_ME = 20
# “240 people on the phone … six developers with Python”: who is said to know something builds it.
SKILLED, SKILLED_CHARS = 1, 40
# “Three developers. Python, Docker.”
LISTED_SKILLS_CHARS = 60
_ROLE = (
    r"(?:engineers?|developers?|devs?|people|persons?|data scientists?|scientists?|analysts?|colleagues"
    r"|team members|members|ftes?|folks?|guys|specialists|programmers?|of us|staff|volunteers?|technicians?"
    r"|admins?|sysadmins?|administrators?|statisticians?|physicists?|mathematicians?|meteorologists?|economists?"
    r"|quants|actuaries|interns?"
    r"|coders?|civil servants?|officials?|beamten?|fonctionnaires?|bioinformaticians?|ehrenamtliche\w?"
    r"|freiwillige\w?|admins?"
    r"|administrador(?:es|as)?|administratoren"
    r"|fachleuten?|bénévoles?|voluntari[oa]s?|voluntári[oa]s?|técnic[oa]s?|techniciens?(?:ne)?s?|chercheur(?:se)?s?"
    r"|beschäftigten?|forscher\w{0,5}|researchers?|investigador(?:es|as)?|pesquisador(?:es|as)?|funcionári[oa]s"
    r"|collègues|colleg[oa]s?|"
    r"entwickler(?:innen|n)?|ingenieure?n?|leuten?|personen|mitarbeiter(?:innen|n)?|köpfe|kollegen|data-scientists?|"
    r"ingénieure?s?|développeur(?:se)?s?|personnes?|data scientists|"
    r"personas|ingenier[oa]s?|desarrollador(?:es|as)?|programador(?:es|as)?|pessoas|engenheir[oa]s?"
    r"|desenvolvedor(?:es|as)?|"
    r"人|名|エンジニア)"
)
_ROLE_AFTER = r"(?![\w-]|\s(?:use|uses|ask|visit|visitors|per|a day|will use|affected|in the (?:photo|image|video)))"
_COUNT = re.compile(rf"(?P<n>{NUMBER})[ -]?(?P<kind>(?:[\w/+-]{{1,24}} ){{0,2}}?){_ROLE}{_ROLE_AFTER}")
_COUNT_JA = re.compile(
    r"(?:チーム|エンジニア|開発者|担当|社員|データサイエンティスト)\S{0,6}?(?P<n>\d{1,3}"
    r"|[一二三四五六七八九十])(?:人|名)|(?P<m>\d{1,3}"
    r"|[一二三四五六七八九十])(?:人|名)(?=の|体制|で(?!す)|、|,|です|が|\(|\s|$)"
)
_TEAM_OF = re.compile(
    rf"(?:team of|team(?= \d)|we are(?: a team of)?|we're|there are(?= \S{{1,12}} (?:of us|people"
    rf"|engineers|developers))|team size:?|team:|team von|wir sind|team mit"
    rf"|équipe de"
    rf"|nous sommes|on est|equipo de|somos|equipe de|time de|time com|"
    rf"equipo:|équipe:|equipe:|equipa:?|equipa de|equipa com|crew of|staff of|staff:|belegschaft:?)\s(?:about "
    rf"|only |just |nur |unas? |uns |zu )?(?!(?:an?|une?|una|eine?[nr]?|uma?"
    r"|half)\s(?!(?:a |halbes )?(?:dozen|handful|dutzend|handvoll|docena|douzaine|demi-douzaine|dizaine|dúzia|dezena))"
    rf")(?P<n>{NUMBER})(?!\s?(?:gb|tb|%|k\b|companies|hospitals|clínicas|stores|"
    r"[\d]))"
)
# “They are five, Python and Docker.”
_THEY_ARE = re.compile(
    rf"(?<!\w)there are (?P<m>{NUMBER}) of you(?!\w)|(?<!\w)(?:they|these|we|sie|wir|ils|elles|nous|eles|elas"
    rf"|nós)? ?(?:are|sind|sont|sommes|son|somos|são)"
    rf"\s(?:only |just |nur |zu )?(?P<n>{NUMBER})(?=\s?[,.;:(])"
)
_ROUGHLY = re.compile(r"handful|handvoll|poignée|puñado|punhado")
_ALONE = Sought(
    # “The archive alone is 4 TB”, “allein in der EU”: of a thing, or for “only”.
    r"(?<![\w-])(?:just me|only me|it is just me|i am alone|i'm alone"
    r"|alone(?! (?:is|are|was|has|have|holds?|makes?|takes?|weighs?|costs?|comes?|fills?|would|will|can|could"
    r"|brings?))|by myself|on my own|(?:the "
    r"|our )?only (?:\w{1,24} )?(?:engineer|developer|person|volunteer|dev|data scientist|analyst|technician"
    r"|statistician|researcher|"
    r"programmer|employee|techie|it person)|one[- ](?:person"
    r"|man|woman) (?:team|show|company|shop|project)|solo (?:founder|developer|dev|"
    r"project)|single developer|nur ich|ich (?:\w+ ){0,4}alleine?|(?<!läuft )(?<!entscheidet )alleine?(?! (?:in|im"
    r"|die|der|das|den|dem|auf|für|an|aus|schon|ein|durch|mit|wegen|unser))|einzelkämpfer\w{0,24}|moi seul"
    # “Un seul GPU” is one of a thing; who does it “seul” is one person.
    r"|(?<!un )(?<!une )(?<!le )(?<!la )(?<!ce )(?<!cette )(?<!lui )(?<!elle )(?<!tout )(?<!toute )(?<!notre )seule?"
    r"|je suis seule?"
    r"|solo yo|yo solo|yo sola|(?:trabajo|llevo|estoy|soy) (?:yo )?sol[oa]"
    r"|(?<!tourne )(?<!marche )(?<!fonctionne )(?<!décide )(?:tout seul|toute seule)|"
    r"je suis (?:le|la) seule?|ganz allein|einzige[rn]? (?:entwickler|techniker|ingenieur|person)\w{0,24}"
    r"|soy (?:el|la) únic[oa]|"
    r"sou (?:o|a) únic[oa]|trabalho sozinh[oa]|estoy sol[oa]|yo sol[oa]|só eu"
    r"|(?<!decide )(?<!roda )(?<!funciona )(?<!trabalha )"
    r"(?<!agenda )(?<!marca )(?<!envia )(?<!altera )(?<!faz )(?<!responde )sozinh[oa]|apenas eu)(?!\w)|"
    r"一人で|私だけ|ひとりで"
    # “Ella sola lo va a cuidar”: somebody alone does the work, not a thing.
    r"|(?<!\w)(?:ella sola|él solo|elle (?:toute )?seule|lui (?:tout )?seul|sie allein|er allein|ela sozinha"
    r"|ele sozinho|she alone|he alone),? (?:(?:l[oa]s?|le|les|o|a|es|das|will|wird|va|vai|s'en|se) ){0,3}(?:va|vai"
    r"|mont|cuid|mant|llev|haz|hac|hará|occup|gèr|gér|mainti|bau|betreu|kümmer|mach|pfleg|build|run|look|maintain"
    r"|keep|faz)\w{0,12}"
)
_LABELLED = re.compile(
    r"(?<!\w)(?:people|persons|team(?: size)?|staff|headcount|ftes?|crew|personen|leute|köpfe|teamgröße"
    r"|mannschaft|équipe|equipa|effectifs?"
    r"|personnes|equipo|personas|plantilla|equipe|time|pessoas|人数|チーム|体制|人員)\s{0,12}[,:=]\s?(?:ca\.? "
    r"|about |etwa |約)?"
    rf"(?P<n>{NUMBER})(?!\s?(?:gb|tb|%|k\b|ms|usd|eur|d[oó]l|real|reais|franc|franken|pesos|円|ドル|[$€£]|[.,:/]?\d))"
)
# “Never by the machine alone.”
_NOBODY_ALONE = re.compile(
    r"(?:not|customers?|stand|let|kunde|runs?|machines?|models?|computers?|systems?|algorithms?|software|scores?"
    r"|maschinen?|modell|rechner|system|algorithmus|ki|modèle|ordinateur|système|logiciel|modelo|máquina|sistema"
    r"|algoritmo|ia|ai)\s$"
)
_COUNTED_BEFORE = re.compile(rf"{NUMBER}\s(?:[\w-]{{1,20}}\s)?$")
_HEADCOUNT = re.compile(
    rf"(?<!\w)(?:head-?count|team ?size|(?:crew|people|staff|team) (?:size|count|number)"
    rf"|size of (?:the )?(?:team|crew)|ftes?|teamgröße|effectif|plantilla)\s?[:=]?\s(?:of |is |von "
    rf"|de )?(?P<n>{NUMBER})(?![\d.,]*\d)"
)
_IN_A_GROUP = re.compile(
    r"(?<!\w)(?:zu|wir sind zu) (?P<n>zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt)(?!\w)"
)
_GROUP_OF = {
    "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "acht": 8, "neunt": 9, "zehnt": 10,
}  # fmt: skip
_PAIR = Sought(
    r"(?<!\w)(?:mein|meine) \w{3,20} und ich(?!\w)|(?<!\w)(?:(?:just|only) me and (?:a|an|one|my) \w{2,20}"
    r"|my \w{2,20} and (?:i|me)\b|(?:nur |bloß )?ich und (?:ein"
    r"|eine|mein|meine) \w{2,20}"
    r"|(?:an?|one) (?!(?:day|week|month|year|model|team|company|budget)\b)[a-z]{3,16} and (?:i"
    r"|me)(?= (?:\w+ly )?(?:build|run|do|maintain|will|look|operate|work|take|share)|[.,;])"
    r"|(?:juste |seulement )?(?:moi|mon \w{2,16}) et (?:un|une|mon|ma|moi) ?\w{0,20}|(?:solo |sólo )?(?:yo y (?:un|una"
    r"|mi)|mi \w{2,16} y yo) ?\w{0,20}"
    r"|(?:only |just )?(?:him|her|she|he|they) and (?:i|me)|me and (?:him|her"
    r"|one (?:other|more)\w{0,20})"
    r"|(?:só |apenas )?(?:eu e (?:um|uma|o meu|a minha|meu|minha)|meu \w{2,16} e eu) ?\w{0,20}|both of us"
    r"|the two of us|us two|wir beide|nous deux|nosotros dos|nós dois)(?!\w)"
    r"|私(?:と|ともう|とあと)(?:1|一|ひと)(?:人|名|り)"
)
# “The team are four, Python and Terraform”, “who: 4 (Python, Docker)”.
_TEAM_IS = re.compile(
    rf"(?<!\w)(?:(?:the|our|das|unser|l'|notre|el|nuestro|a|nossa|o|nosso)\s?(?:team|équipe|equipo|equipa|equipe"
    rf"|time)\s"
    rf"(?:are|is|numbers|sind|ist|zählt|besteht aus|compte|est de|c'est|son|es de|cuenta con|são|é de|conta com|tem)"
    rf"|(?:who|wer|qui|quiénes|quién|quem)\s?[:=])\s?(?:only |just |nur |seulement |solo |só |apenas )?"
    rf"(?P<n>{NUMBER})(?=\s?(?:[.,;:(\n]|$|people|personen|leute|personnes|personas|pessoas))(?![.,]\d)"
)
# “Me and two students” are three.
_BESIDE_ME = re.compile(
    rf"(?<!\w)(?:i|me|myself|ich|moi|yo|eu),? (?:and|plus|\+|und|et|y|e) (?:mais |another |noch |encore "
    rf"|otr[oa]s )?(?P<n>{NUMBER}) (?!(?:gb|tb|eur"
    rf"|usd)\b)[a-zà-ÿ]{{3,24}}"
)
# “My two colleagues and I” are three.
_MY_AND_ME = re.compile(
    rf"(?<!\w)(?:my|our|meine|mes|mis|meus|minhas) (?P<n>{NUMBER}) [a-zà-ÿ]{{3,24}} (?:and|und|et|y|e) (?:i|me"
    rf"|myself|ich"
    r"|moi|yo|eu)(?!\w)"
)
_IN_TEAM = re.compile(
    rf"(?P<n>{NUMBER})\s(?:of us )?(?:in|on|im|dans|en|na|no) (?:the |our |l'|notre |el |nuestro |nossa |a )?(?:team"
    rf"|équipe|equipo|equipe|equipa)(?!\w)"
)
_PART_OF_TEAM = re.compile(
    r"(?:of (?:us|them|whom|these)|von (?:uns|ihnen|denen)|d'entre (?:nous|eux)|de (?:nosotros|ellos|nós|eles))"
)
_TOTAL = re.compile(r"^\s?(?:in total|altogether|overall|all in all|insgesamt|au total|en total|no total|in all)")
_TEAM_WORDS = re.compile(
    rf"{_ROLE}|team|know|skills?|experience\w{{0,24}}|good (?:with|at)|familiar|expert\w{{0,24}}|just me|alone"
    rf"|only python|python only|hire|staff|equipo|équipe|equipe|equipa|kennen|können|kenntnisse|"
    r"erfahrung\w{0,24}|connai\w{1,24}|maîtris\w{1,24}|compétences?|expérience|sabemos|conocemos|experiencia"
    r"|sabe[nr]?|conhece\w{0,24}|experiência|チーム|経験|スキル|できる|使える|得意|扱え|詳しい"
    r"|\bsé\b|sabe\b|domina\w{0,24}|maneja\w{0,24}|manja\w{0,24}|perfil|profil\w{0,24}|kann\b|beherrsch\w{1,24}"
    r"|fit in|versiert"
    r"|crew|köpfe|mannschaft|everybody|everyone|\bi know\b|i do\b|je (?:connais|sais|fais)|on (?:connaît|sait"
    r"|fait)|sei\b|conheço"
    r"|we are|we're|nous sommes|zu (?:zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt)|of (?:us|them)|wir sind"
    r"|nous sommes|somos|sommes"
    r"|plantilla|personal|mitarbeit\w{1,24}|\d (?:devs?|engs?)"
    r"|(?:who|wer|qui|quiénes|quién|quem)\s?:|time de \d|time com"
    r"|staff|体制|名|moi\b|seule?\b|allein\w?\b|sol[oa]\b|sozinh[oa]|myself|一人|1人|私"
)
# “The 80 people in member services should ask questions” use it.
_USERS_AFTER = re.compile(
    r"^(?: [\w'-]+){0,4} (?:should|shall|can|may|will|want to|must|need to|could) (?:be able to )?(?:ask|search"
    r"|query|see|look)(?!\w)"
)
# “Un ingénieur valide chaque défaut”: one of a trade who checks results is not all of the team.
_ONE = frozenset({"a", "an", "one", "un", "une", "una", "um", "uma", "ein", "eine", "einer"})
_CHECKS_AFTER = re.compile(
    r"^ (?:[\w'-]+ ){0,2}?(?:confirm|check|validat|approv|review|verif|sign(?:s|ed)? off|decid"
    r"|double-?check|look(?:s|ed)? (?:at|over)"
    r"|prüf|bestätig|kontrollier|genehmig|entscheid|überprüf|sichtet|gibt frei|valid|vérifi|contrôl|relit|tranch|décid"
    r"|revis|aprueb|comprueb|confer|aprov|decid|revê|analisa)"
)
_NOT_OURS = re.compile(
    r"(?:employees|users|customers|patients|subscribers|visitors|students|players|citizens|workers|drivers"
    r"|passengers|shoppers|members of the public)"
)
_SKILLS: tuple[tuple[str, str, str | None], ...] = (
    ("python", r"python|fastapi|pandas", None),
    (
        "data_science",
        r"data scientists?|data[- ]science|statistic(?:s|ians?)|r language|notebooks|データサイエン\w{0,24}"
        r"|datenwissenschaftler\w{0,6}|scientifiques? des données|científic[oa]s? de datos|cientistas? de dados"
        r"|estadístic[oa]s|estatístic[oa]s|statisticien\w{0,4}|statistiker\w{0,5}",
        None,
    ),
    (
        "ml_engineering",
        r"ml[- ]engineer\w{0,24}|machine[- ]learning[- ]engineer\w{0,24}|ml ?ops|ml[- ]ingenieur\w{0,24}|"
        r"機械学習エンジニア|ingenier[ií]a de (?:ml|machine learning)|ingénierie (?:ml|du machine learning)"
        r"|engenharia de (?:ml|machine learning)"
        r"|ingénieure?s? (?:ml|machine learning)|ingenier[oa]s? de (?:ml|machine learning)"
        r"|engenheir[oa]s? de (?:ml|machine learning)"
        r"|machine[- ]learning[- ](?:ingenieur|entwickler)\w{0,24}|ml-entwickler\w{0,24}",
        None,
    ),
    (
        "ml_engineering",
        r"gpu experience|slurm|pytorch|tensorflow|cuda|gpu know-?how",
        "running training on GPUs is ML engineering",
    ),
    ("terraform", r"terraform|infrastructure as code|iac|opentofu|cdk", None),
    ("docker", r"docker|containers?", None),
    ("kubernetes", r"kubernetes|k8s|helm", None),
    ("kubernetes", r"eks|argo(?: ?cd)?|kserve|openshift|gke|aks", "who runs it knows Kubernetes"),
    ("spark", r"(?:py)?spark|databricks|emr", None),
    (
        "streaming",
        r"streaming|kafka|flink|kinesis|stream[- ]processing|stream-?verarbeitung|traitement de flux"
        r"|ストリーミング|ストリーム処理",
        None,
    ),
    ("sagemaker", r"sagemaker", None),
)
_SKILL_PATTERNS = tuple(
    (skill, re.compile(rf"(?<![a-z]){'(?:' + pattern + ')'}(?![a-z])"), why) for skill, pattern, why in _SKILLS
)


# Whoever names one of these means hands that use it, wherever it stands; the others may be a platform or a source.
_PLAINLY_SKILLS = re.compile(r"python|docker|terraform|opentofu|(?:py)?spark")
_ANY_SKILL = re.compile(rf"(?<![a-z])(?:{'|'.join(pattern for _, pattern, _ in _SKILLS)})(?![a-z])")
_FILLERS = re.compile(
    r"(?<!\w)(?:and|or|some|a bit of|a little|mostly|only|mainly|plus|und|etwas|ein (?:wenig|bisschen)|nur|vor allem"
    r"|et|un peu de|surtout|seulement|y|e"
    r"|un poco de|algo de|solo|sobre todo|um (?:pouco|bocado) de|só|apenas|skills?|と|や)(?!\w)|と|や"
)

# “Deux agents, Python”: whoever they are, they are said to know it.
_WITH_SKILLS = re.compile(
    rf"(?P<n>\d{{1,2}}|(?!un|ein|um|one){NUMBER}) (?P<who>[a-zà-ÿ][a-zà-ÿ-]{{3,24}})\s?[,(:]\s?(?:who know |mit "
    rf"|avec |con |com |nur "
    rf"|only )?(?:{'|'.join(pattern for _, pattern, _ in _SKILLS)})(?![a-z])"
)
_NO_PEOPLE = re.compile(
    r"(?:hour|day|week|month|year|minute|second|model|service|server|gpu|node|euro|dollar|pound|request|event|table"
    r"|job|pod|image"
    r"|stunde|tag|woche|monat|jahr|minute|sekunde|modell|dienst|knoten|anfrage|heure|jour|semaine|mois|année|modèle"
    r"|requête|hora"
    r"|día|dia|semana|mes|año|ano|modelo|servicio|serviço|petición|requisição|cluster|stream|topic)\w{0,4}"
)


def find_team(reading: Reading) -> Iterator[Finding]:
    """How many people build and run it. Units: people."""
    for match in _ALONE.finditer(reading.folded):
        if _NOBODY_ALONE.search(reading.before(match.start(), chars=16)):
            continue
        yield stated("team_size", 1, match.start(), match.end(), strength=STRONG + 2)
    for match in _PAIR.finditer(reading.folded):
        yield stated("team_size", 2, match.start(), match.end(), strength=STRONG + 4)
    yield from _beside_me(reading)
    yield from _told_as_a_number(reading)
    for match in _IN_A_GROUP.finditer(reading.folded):
        yield stated("team_size", _GROUP_OF[match["n"]], match.start(), match.end(), strength=STRONG + 10)
    for match in _COUNT_JA.finditer(reading.folded):
        yield from _people(match["n"] or match["m"], match, reading, strength=STRONG)
    counts = [match for match in _COUNT.finditer(reading.folded) if _is_ours(match, reading)]
    for index, match in enumerate(counts):
        is_total = _TOTAL.match(reading.after(match.end(), chars=16)) is not None
        is_skilled = _ANY_SKILL.search(reading.after(match.end(), chars=SKILLED_CHARS)) is not None
        strength = EXPLICIT if is_total else STRONG + SKILLED if is_skilled else STRONG - index
        yield from _people(match["n"], match, reading, strength=strength)
    yield from _sum_of_roles(counts, reading)


def _told_as_a_number(reading: Reading) -> Iterator[Finding]:
    for pattern, strength in ((_IN_TEAM, 14), (_TEAM_IS, 9), (_LABELLED, 8), (_HEADCOUNT, 8), (_TEAM_OF, 10)):
        for match in pattern.finditer(reading.folded):
            if pattern is _LABELLED and _COUNTED_BEFORE.search(reading.before(match.start(), chars=30)):
                # “Three people, one of them new”: the count stood before.
                continue
            yield from _people(match["n"], match, reading, strength=STRONG + strength)
    for match in _THEY_ARE.finditer(reading.folded):
        if match["m"] or _ANY_SKILL.search(reading.folded, match.end(), match.end() + SKILLED_CHARS):
            yield from _people(match["m"] or match["n"], match, reading, strength=STRONG)
    for match in _WITH_SKILLS.finditer(reading.folded):
        if not _NO_PEOPLE.fullmatch(match["who"]):
            yield from _people(match["n"], match, reading, strength=STRONG - 10)


def _beside_me(reading: Reading) -> Iterator[Finding]:
    for match in (*_BESIDE_ME.finditer(reading.folded), *_MY_AND_ME.finditer(reading.folded)):
        number = parse_number(match["n"], language=reading.language)
        if number is not None and 1 <= number <= MAX_BESIDE_ME and float(number).is_integer():
            reason = f"“{match.group()}”: {number:g} and the writer"
            yield stated("team_size", int(number) + 1, match.start(), match.end(), reason=reason, strength=STRONG + 5)


def _is_ours(match: re.Match[str], reading: Reading) -> bool:
    if _USERS_AFTER.match(reading.after(match.end(), chars=60)):
        return False
    if match["n"] in _ONE and _CHECKS_AFTER.match(reading.after(match.end(), chars=60)):
        return False
    return not _NOT_OURS.search(match.group()) and not re.search(
        r"(?:serve|for|of the|among)\s$", reading.before(match.start(), chars=8)
    )


def _people(words: str, match: re.Match[str], reading: Reading, *, strength: int) -> Iterator[Finding]:
    number = parse_number(words, language=reading.language)
    if number is not None and 1 <= number <= MAX_TEAM and float(number).is_integer():
        if _ROUGHLY.search(words):
            reason = f"“{words}” is read as {number:g}"
            yield inferred("team_size", int(number), match.start(), match.end(), reason=reason, strength=strength)
            return
        yield stated("team_size", int(number), match.start(), match.end(), strength=strength)


def _sum_of_roles(counts: list[re.Match[str]], reading: Reading) -> Iterator[Finding]:
    """“Two data scientists and one engineer” are three people."""
    run: list[re.Match[str]] = []
    for match in [*counts, None]:
        if match is not None and run and _PART_OF_TEAM.search(match.group() + reading.after(match.end(), chars=14)):
            continue
        joined = (
            run
            and match is not None
            and re.fullmatch(
                r"(?:\s?,|\s?,?\s?(?:and|plus|und|et|y|e|\+))\s", reading.folded[run[-1].end() : match.start()]
            )
        )
        if match is not None and (not run or joined):
            run.append(match)
            continue
        numbers = [parse_number(one["n"], language=reading.language) or 0 for one in run]
        if len(run) > 1 and 1 <= sum(numbers) <= MAX_TEAM:
            reason = " + ".join(f"{number:g}" for number in numbers)
            yield stated(
                "team_size", int(sum(numbers)), run[0].start(), run[-1].end(), reason=reason, strength=STRONG + 12
            )
        run = [match] if match is not None else []


def find_skills(reading: Reading) -> Iterator[Finding]:
    """Skills named where the text speaks of the team."""
    for skill, pattern, why in _SKILL_PATTERNS:
        for match in pattern.finditer(reading.folded):
            if is_denied(reading, match.start(), match.end()):
                continue
            if not _PLAINLY_SKILLS.fullmatch(match.group()) and not _speaks_of_team(match, reading):
                continue
            if why is None:
                yield stated("team_skills", [skill], match.start(), match.end(), confidence=0.85)
            else:
                reason = f"“{match.group()}”: {why}"
                yield inferred("team_skills", [skill], match.start(), match.end(), reason=reason, strength=STRONG)
            break


def _speaks_of_team(match: re.Match[str], reading: Reading) -> bool:
    """Whether the sentence, or a list of skills right after a sentence about people, is about the team."""
    start, end = reading.sentence_at(match.start())
    if _TEAM_WORDS.search(reading.folded[start:end]):
        return True
    listed = reading.folded[start:end].strip(" .,;:-\n")
    if not _FILLERS.sub("", _ANY_SKILL.sub("", listed)).strip(" .,;:/&+-\n"):
        # “Python and a bit of Docker.” says what somebody knows.
        return True
    before = reading.folded[max(0, start - 60) : start]
    return len(listed) <= LISTED_SKILLS_CHARS and _TEAM_WORDS.search(before) is not None
