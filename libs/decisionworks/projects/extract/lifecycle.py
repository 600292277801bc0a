"""Reads retraining, the compute of a training run, label delay, and when the first version must be live."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decisionworks.projects.extract.finding import FAIR, STRONG, Finding, inferred, stated
from decisionworks.projects.extract.numbers import NUMBER, parse_number
from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.sieve import Sought

_RETRAIN = (
    r"(?:re-?train\w{0,24}|fine-?tun\w{0,24}|(?:new"
    r"|updated?|fresh) models?|models? (?:\w{1,24} ){0,2}(?:refresh\w{0,24}"
    r"|updat\w{0,24}|re-?built|renewed)|refresh(?:ed)? (?:of )?(?:the |our )?models?|"
    r"updat\w{1,24} (?:the |our )?models?|train(?:ed|ing)? (?:\w{1,24} ){0,2}(?:again|every)"
    r"|neu(?:es)? (?:trainiert|training|modell)\w{0,24}|nachtrain\w{0,24}|neu trainier\w{0,24}|re-?fit\w{0,24}"
    r"|retraining|"
    r"réentraîn\w{0,24}|ré-entraîn\w{0,24}|reentren\w{0,24}|re-entren\w{0,24}|retrein\w{0,24}|re-trein\w{0,24}"
    r"|entraînements?|entraînée?s?(?!\w)|(?:model|tree|network|classifier"
    r"|detector)s? (?:[\w,.]{1,24} ){0,5}?(?:gets?|is"
    r"|are) replaced|réapprentissage|neues modell|modell neu|modellupdate\w{0,24}|modelo nuevo|nuevo modelo"
    r"|novo modelo|modelo novo"
    r"|nouveau modèle|modèle (?:\w{1,24} ){0,2}(?:mis à jour|rafraîchi|réappris|reconstruit)"
    r"|actualiza\w{1,24} (?:\w{1,24} ){0,2}modelo"
    r"|atualiza\w{1,24} (?:\w{1,24} ){0,2}modelo|modelo (?:\w{1,24} ){0,3}(?:actualiza|atualiza|renueva|renova"
    r"|entrena|treina)\w{0,24}"
    r"|(?:entrena|treina)(?:mos|r|do|da|miento|mento|n|m)?|treinos?|trainiert|trainieren"
    r"|training(?! (?:data|set|material|examples))|trained|train\b"
    r"|models? (?:itself )?(?:is |are |gets? |being )?(?:\w{1,24} )?(?:re-?built|re-?fit\w{0,24}"
    r"|re-?fresh\w{0,24}|renewed|updated)"
    r"|modell (?:\w{1,24} ){0,3}(?:erneuer|aktualisier|auffrisch)\w{1,24}|モデル(?:は|を|の)?[^。]{0,20}?(?:更新"
    r"|学習し直|見直)|学習し直"
    r"|neu (?:an(?:zu)?lern\w*|angelernt|gelernt|gerechnet\w* modell|aufgesetzt)|nachlern\w*|an(?:ge|zu)?lern(?:en|t)"
    r"|(?:new|fresh|updated|next) (?:\w{1,16} )?(?:version|network|net|weights|classifier|forecast model|release"
    r" of the model)|re-?learn\w*|learn(?:s|ing)? (?:again|anew|afresh)|refit"
    r"|neue[snr]? (?:\w{1,16} )?(?:netz|version|gewichte|fassung|modellversion|modelle?)|modell (?:neu|frisch)"
    r"|nouvelle (?:version|mouture)|nouveau (?:réseau|modèle|jeu de poids)|réappren\w+|ré-appren\w+"
    r"|(?:nueva|otra) (?:versión|red)|(?:versión|red) nueva|reaprend\w+|re-aprend\w+"
    r"|(?:nova|outra) (?:versão|rede)|(?:versão|rede) nova|modelos? nov\w+"
    r"|新(?:しい)?(?:モデル|版|バージョン)|モデルは[^。]{0,6}(?:新|作り直)|作り直"
    r"|学習(?:は|を|環境|頻度|周期)|訓練(?:は|を)"
    r"|(?:redo|rebuild|renew|relearn|refit|recompute)\w* (?:the |our )?(?:models?|networks?)"
    r"|refai\w+ (?:le |notre )?modèle|reha\w+ (?:el |nuestro )?modelo|refaz\w* o modelo"
    r"|models? (?:is |are |gets? )?(?:remade|redone|relearn\w*|built (?:again|anew))"
    r"|modell (?:\w{1,16} ){0,4}(?:neu )?(?:gebaut|aufgebaut|erstellt|berechnet|gelernt)"
    r"|modèle (?:\w{1,16} ){0,2}(?:refait|recalculé)|modelo (?:\w{1,16} ){0,2}(?:rehace|reconstruye"
    r"|recalcula|se renueva)"
    r"|modelo (?:\w{1,16} ){0,2}(?:refeito|reconstruído|recalculado|refaz)|モデル(?:を|は)[^。]{0,8}(?:作り直|組み直)"
    r"|再学習|再訓練|a run uses|training runs?|モデル(?:を|の)?更新)"
)
_HOW_OFTEN: tuple[tuple[str, str, bool], ...] = (
    (r"hourly|every hour|each hour|every 60 minutes|stündlich|jede stunde|toutes les heures|cada hora|a cada hora|"
        r"毎時|1時間ごと", "hourly", True),
    (
    r"daily|diári\w{1,24}|nightly|every (?:day|night|morning|evening|24 hours)|each (?:day|night|morning"
    r"|evening)|once a day|täglich|jede nacht|nächtlich"
    r"|tous les jours|chaque (?:jour|nuit)|diari\w{1,24}|cada (?:día|noche)|todos os dias|"
     r"todas as noites|quotidien\w{0,24}|une fois par jour|una vez al día|uma vez por dia|toda noite|毎日|毎晩"
     r"|todo (?:santo )?dia|toda (?:manhã|madrugada)|cada (?:mañana|madrugada)|todas las (?:noches|mañanas)|a diario"
     r"|toutes les nuits|tous les (?:matins|soirs)|chaque (?:matin|soir)|jeden (?:tag|morgen|abend)|毎朝"
     r"|日次|1日1回", "daily", True),
    (
    r"every (?:two|2|other|second) weeks?|fortnightly|bi-?weekly|twice a month|alle (?:zwei|2) wochen"
    r"|toutes les deux semaines|cada dos semanas|a cada duas semanas|quinzenal\w{0,24}|隔週|月に?[2二]回"
    r"|2週間(?:ごと|おき|に)"
    r"|zweimal (?:im|pro) monat|deux fois par mois|dos veces al mes|duas vezes (?:por|ao) mês|quincenal\w{0,4}",
     "monthly", False),
    (
    r"^\s?(?:runs? |jobs? )?(?:an?|per|pro|par|a la|por) (?:week|woche|semaine|semana)"
    r"|weekly|(?:every|each) (?:week|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|(?:7|seven) days)"
    r"|(?:on )?(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)|alle (?:7|sieben) tage"
    r"|tous les (?:7|sept) jours|cada (?:7|siete) días|a cada (?:7|sete) dias"
    r"|once a week|wöchentlich|jede woche|chaque semaine|hebdomadaire\w{0,24}|"
     r"toutes les semaines|semanal\w{0,24}|einmal (?:pro|die|in der) woche|une fois par semaine|(?:una"
     r"|uma) vez (?:por|a la|na) semana|todas as semanas"
     r"|(?:jeden|chaque|cada|todos los|toda) (?:montag|sonntag|lundi|dimanche|lunes|domingo|segunda)"
     r"|todas las semanas|毎週\S{0,2}|cada semana|toda semana|毎週|週次|週に?[1一]回|週1", "weekly", True),
    (
    r"^\s?(?:runs? |jobs? )?(?:an?|per|im|pro|par|al|por|ao) (?:month|monat|mois|mes|mês)"
    r"|monthly|every month|each month|once a month|(?:12|twelve) times a year|every (?:30|thirty) days"
    r"|every (?:4|four) weeks"
    r"|alle (?:4|vier) wochen|zwölfmal im jahr|(?:douze|12) fois par an|(?:doce|12) veces al año|(?:doze"
    r"|12) vezes (?:por|ao) ano|monatlich|jeden monat|tous les mois|chaque mois"
    r"|mensuel\w{0,24}|mensual\w{0,24}|cada mes|mensal\w{0,24}|einmal (?:im|pro) monat|une fois par mois"
    r"|una vez al mes|uma vez (?:por|ao) mês|todos los meses|todos os meses|todo mês|毎月|月次|月に?[1一]回|月1",
    "monthly", True),
    (
    r"quarterly|(?:4|four) times a year|every (?:90|ninety) days|(?:viermal|4 ?-?mal|vier mal) (?:im|pro) jahr"
    r"|(?:quatre|4) fois par an|(?:cuatro|4) veces al año|(?:quatro|4) vezes (?:por|ao) ano|(?:start|beginning"
    r"|end) of (?:each|every|the) quarter|(?:every|each) (?:quarter|three months|3 months)|once a quarter"
    r"|vierteljährlich|quartalsweise"
    r"|(?:einmal im|pro|jedes) quartal\w{0,24}|alle (?:drei|3) monate|tous les (?:trois|3) mois|every (?:three"
    r"|3) months|quarterly|chaque trimestre|cada trimestre|una vez al trimestre|todo trimestre"
    r"|de três em três meses|cada 3 meses|a cada trimestre|cada tres meses|a cada três meses|3[ヶか]月ごと"
    r"|jedes quartal|trimestriel\w{0,24}"
    r"|tous les trois mois|trimestral\w{0,24}|四半期",
    "quarterly", True),
    (r"each semester|twice a year|(?:every|each) (?:six|6) months|(?:every|each) year|yearly|once a year"
    r"|annually|halbjährlich|jährlich|半年|毎年",
    "quarterly", False),
    (
    r"(?:when|if|on|upon|once|whenever|as soon as|every time) (?:[\w'-]{1,24} ){0,3}(?:accuracy|quality"
    r"|performance|precision|error\w{0,4}|metrics?"
    r"|results?|scores?|hit rate) (?:\w{1,16} ){0,2}(?:drops?|slips?|sinks?|declines?|suffers?|worsens?"
    r"|deteriorates?|falls?|gets? worse|goes down"
    r"|degrades?|rises?|climbs?)|(?:wenn|sobald|falls) (?:[\w-]{1,24} ){0,3}(?:genauigkeit|qualität|güte"
    r"|leistung|trefferquote) (?:\w{1,16} ){0,2}(?:sinkt"
    r"|nachlässt|abnimmt|fällt|schlechter)|(?:quand|lorsque|dès que|si) (?:[\w'-]{1,24} ){0,3}(?:précision"
    r"|qualité|performance\w?) (?:\w{1,16} ){0,2}(?:baisse"
    r"|chute|recule|diminue)|(?:cuando|si) (?:\w{1,24} ){0,3}(?:precisión|calidad"
    r"|rendimiento) (?:\w{1,16} ){0,2}(?:baja|baje|cae|caiga|empeora|empeore|disminuy\w+)"
    r"|(?:quando|se) (?:\w{1,24} ){0,3}(?:precisão|qualidade|desempenho) (?:\w{1,16} ){0,2}(?:cai|cair|baixa"
    r"|baixar|piora|piorar)"
    r"|精度が\S{0,6}(?:落ち|下が|低下)\S{0,4}|(?:when|if|on|upon|once) (?:\w{1,24} ){0,4}(?:drift\w{0,24}"
    r"|degrad\w{1,24}"
    r"|quality drops?"
    r"|accuracy (?:drops?|falls?))|(?:whenever|as soon as|every time|triggered by|upon"
    r"|in case of) (?:\w{1,24} ){0,4}(?:drift\w{0,24}|degrad\w{1,24}|shift\w{0,24})"
     r"|(?:sobald|wenn|falls|bei) (?:\w{1,24} ){0,4}(?:drift\w{0,24}|verschlechter\w{1,24}|qualität)"
     r"|(?:dès|quand|lorsqu|si)\S{0,4} (?:\S{1,24} ){0,4}(?:dérive\w{0,24}|dégrad\w{1,24}|drift)"
     r"|(?:cuando|si|al|en caso de|ante) (?:\w{1,24} ){0,4}(?:deriva|drift|degrad\w{1,24})"
     r"|(?:quando|se|ao|em caso de) (?:\w{1,24} ){0,4}(?:deriva|drift|desvio|degrad\w{1,24})|on[- ]drift"
     r"|drift[- ](?:based|triggered)|bei drift|en cas de dérive|"
     r"si hay deriva|ante deriva|quando houver (?:drift|desvio)|ドリフト\S{0,6}(?:時|場合|たら)", "on_drift", True),
    (r"by hand|manual(?:ly)?|on request|on demand|manuell|von hand|à la main|manuellement|"
        r"manualmente|手動", "manual", True),
    (r"never|not (?:needed|planned|necessary)|nie|niemals|jamais|nunca|しない|不要", "never", True),
)  # fmt: skip
_FREQUENCY = tuple(
    (re.compile(rf"(?<![a-z])(?:{pattern})(?:(?<=[\u3040-\u9fff])|(?![a-z]))"), value, exact)
    for pattern, value, exact in _HOW_OFTEN
)
_ANCHOR = re.compile(rf"(?<![a-z]){_RETRAIN}")
# “We train a model that scores customers weekly” is about scoring.
_OTHER_WORK = re.compile(
    r"scor\w{1,24}|predict\w{0,24}|forecast\w{0,24}|classif\w{1,24}|rank\w{0,24}|export\w{0,24}|deliver\w{0,24}"
    r"|batch\w{0,24}"
    r"|vorhersag\w{1,24}|prognos\w{1,24}|bewert\w{1,24}|prévi\w{1,24}|prédi(?:t|re|ction)\w{0,24}|predic(?:e|ir"
    r"|ción)\w{0,24}"
    r"|puntu\w{1,24}|prever|previs\w{1,24}|予測|スコア|分類|判定"
)
_NO_RETRAIN = re.compile(
    r"(?<!\w)(?:no re-?training|never re-?train\w{0,24}|without re-?training|do(?: not|n't) re-?train"
    r"|kein (?:nach|re)training|sans réentraînement|sin reentrenamiento|sem retreino)|再学習(?:は)?(?:不要"
    r"|しない|なし)"
)
_GPU = Sought(
    rf"(?:(?P<nodes>{NUMBER})\s(?:nodes?|machines?|servers?|knoten|nœuds|nodos|nós)\s(?:with|of|mit je|mit"
    rf"|zu je|avec|de|à|con|com)\s)?(?P<n>{NUMBER})\s?(?:x\s?)?(?:nvidia |large |big |small "
    rf"|single |only |seule? |einzigen? |einzelnen? |sola |únic[oa] |só |dedicated )?"
    r"(?:(?:a100|h100|h200|v100|a10g?|l4|l40s?|t4)s?|gpus?|graphics cards?|grafikkarten?|cartes graphiques"
    r"|gpu)(?![a-z0-9])"
)
_NODES_AFTER = re.compile(
    rf"^[^.;]{{0,20}}?(?P<n>{NUMBER})\s(?:nodes?|machines?|servers?|knoten|rechner\w?|nœuds|serveurs|nodos"
    rf"|servidores|nós|máquinas)"
)
_SERVES = re.compile(r"serv|infer|answer|predict|antwort|bedien|répond|respond|推論|応答")
_TRAINING = re.compile(
    r"train\w{0,24}|fine-?tun\w{0,24}|a run|run uses|entraîn\w{0,24}|entren\w{0,24}|trein\w{0,24}|学習|訓練"
)
_DELAY = re.compile(
    rf"(?P<n>{NUMBER}|(?<!\w)(?:an?|eine[rn]?|einem|une?|una?|uma?)(?= (?:week|month|quarter|fortnight|year|day"
    rf"|woche|monat|quartal|jahr|tag|semaine|mois|trimestre|jour|semana|mes|año|día|mês|ano|dia)(?!\w)))"
    rf"[ -]?(?P<unit>quarters?"
    rf"|fortnights?|quartalen?|trimestres?|years?|jahre?n?|days?|weeks?|months?|hours?|tagen?|wochen?|monaten?"
    rf"|stunden?|jours?|semaines?"
    rf"|mois|mês|mes|années?|ans?|años?|anos?|heures?|días?|semanas?|meses|horas?|dias?|日|週間|ヶ月|か月)(?![a-z])"
)
_TRUTH = Sought(
    r"(?:usually|normally|typically|only|generally|mostly) (?:\w+ )?(?:reported|noticed|discovered|claimed|disputed"
    r"|found)"
    r"|reported (?:about|some|around|roughly)|(?:meist|üblicherweise|erst|gewöhnlich) (?:\w+ )?(?:gemeldet|bemerkt"
    r"|entdeckt"
    r"|erkannt)|(?:signal|déclar|constat)ée?s?|se (?:denuncian?|reportan?|declaran?|descubren?)|(?:reportad"
    r"|denunciad|descobert"
    r"|comunicad)[oa]s?|報告され|発覚|判明|charge-?backs?|(?:labor|mess|prüf|analyse)(?:wert|ergebnis"
    r"|befund)\w{0,4} (?:kommt|kommen|liegt|liegen"
    r"|folgt|folgen|trifft|steht)"
    r"|(?:lab|laboratory|test|assay) (?:values?|results?|reports?) (?:arrive|come|follow|are (?:known|there|in))s?"
    r"|(?:valeurs?|résultats?|analyses?) (?:de|du) (?:laboratoire|labo)|résultats? d'analyses?"
    r"|(?:valor|resultado|análisis|análise)\w{0,3} (?:de|del|do) laborat[oó]rio|検査(?:結果|値)|分析(?:結果|値)"
    r"|labels? (?:arrive|come|are known|known|after|delay)|ground truth|true outcome|outcomes?"
    r"|truth|(?:confirms?|refutes?|disproves?) (?:or|and) (?:\w{1,16} )?(?:refutes?|clears?|confirms?|rejects?)"
    r"|(?:bestätig|entkräft|widerleg)\w{1,4} oder \w+|(?:confirme|infirme)\w{0,3} ou \w+"
    r"|(?:confirma|descarta|desmient|desment)\w{0,2} ou? \w+"
    r"|(?:results?|biops\w{1,4}|diagnos[ie]s|outcomes?|findings|inspections?) (?:\w{1,16} )?(?:arrive"
    r"|come|follow|are (?:known|there|in))s?|confirmed|(?:finds?|found) out|learns?\b|comes? to light|turns? out"
    r"|settle\w{0,24}|we (?:learn"
    r"|know|see)\b|sehen wir|sieht man|zeigt sich|erweist sich|is known"
    r"|come (?:in|back)|stellt sich heraus"
    r"|gets? to (?:see|know|hear)|shows?(?= after| only| up)|shows? up|surfaces?|only appears?|kennen wir|wir kennen"
    r"|kommt (?:erst )?(?:heraus|ans licht)"
    r"|zeigt sich|apparaît|se révèle|on connaît|connaissons|se ve\b|aparece|conocemos|conhecemos|vem à tona|現れ|表面化"
    r"|tells? us|(?:decirnos|nos dicen?|nos dirán?|dizer-nos|nos dizem|nous dire|nous disent|sagt uns"
    r"|sagen uns)[ ,]+(?:si|se|ob|s')"
    r"|who (?:was|is) right|was right|came true|actually (?:was|did|came|paid|failed|fell|happened|left)"
    r"|whether (?:it|he|she|they|the \w+) (?:did|missed|came|paid|failed|was|were|had|got|fell|left|broke|sold)"
    r"|what (?:really|actually) happened|the (?:real|true|actual) (?:value|figure|result|number|answer"
    r"|outcome|cause)\w*"
    r"|ob (?:es|er|sie|das|die|der) (?:\w+ ){0,4}(?:stimmte|kam|war|hatte|recht|gezahlt|ausgefallen|verpasst|eintrat)"
    r"|wer recht (?:hatte|behielt)|tatsächlich\w*|wahre\w* (?:wert|ergebnis)\w*|wie es ausging|was (?:wirklich|daraus)"
    r"|si (?:c'était|elle|il|ils|elles|le \w+|la \w+) (?:\w+ ){0,2}(?:vrai|a|ont|avait|était)|qui (?:avait|a) raison"
    r"|réellement|on saura|(?:nous )?savons|véritable|le vrai|ce qui s'est (?:vraiment )?passé"
    r"|si (?:lo|la|los|se|era|fue|el \w+) (?:\w+ ){0,2}(?:perdió|pagó|cumplió|acertó|cierto|verdad|ocurrió|enfermó)"
    r"|quién (?:tenía|tuvo) razón|lo que (?:de verdad |realmente )?pasó|sabremos|nos enteramos|el (?:valor|dato) real"
    r"|quem (?:tinha|teve) razão|se (?:o|a|ele|ela|era|foi) (?:\w+ ){0,2}(?:perdeu|pagou|acertou|verdade|aconteceu"
    r"|adoeceu)|o que (?:de fato |realmente )?aconteceu|saberemos|ficamos sabendo|o valor real"
    r"|実際(?:に|の|は)|答え合わせ|結果が(?:出|分|わ)|当たっ|正しかった"
    r"|on ne (?:le |la )?(?:sait|connaît|saura)|sabemos se|sabemos si"
    r"|(?:weiß|wissen|erfahren) (?:wir|man)|steht fest|on (?:sait|connaît|apprend)|sabemos|se sabe|se conoce"
    r"|descobrimos|sabe-se|conhecid\w{1,24}"
    r"|分か(?:る|り)|わか(?:る|り)|known after|feedback (?:arrives|comes|after)|"
    r"connue?s?|remont\w{1,8}|impayés?|impagos?|inadimpl\w{1,12}|connaît|remboursements?|repayments?"
    r"|rückzahlung\w{0,6}|we find out|whether (?:it|a"
    r"|the) (?:\w{1,20} ){1,3}(?:really|truly|was)"
    r"|wirklich (?:\w{1,20} ){0,2}(?:war|ist)|vraiment|realmente|de verdad|名実|"
    r"rückbuchung\w{0,24}|bestätigt|wahrheit|ergebnis(?:se)?|rétrofacturation\w{0,24}|confirmée?s?|vérité"
    r"|contracargos?|confirma\w{0,24}|verdad|estornos?|verdade|resultado\w{0,24}|判明|確定|チャージバック|正解"
)
_ARTICLES = frozenset({"a", "an", "ein", "eine", "einer", "einen", "einem", "un", "une", "una", "um", "uma"})
# A result within hours is what the model delivers; labels within hours have to be called so.
_LABELS = re.compile(r"label\w{0,24}|truth|charge-?back\w{0,24}|wahrheit|vérité|verdad|verdade|正解|feedback")
_LIVE = re.compile(
    r"tiene que estar|debe estar|tem (?:de|que) estar|arranque\w?|soll es (?:laufen|stehen|gehen)|in betrieb"
    r"|mise en service|en service|opérationnel\w*|en marcha|operativo|no ar"
    r"|em operação|live|launch\w{0,24}|go-?live|production|ready|deadline|mvp|pilot|first version|roll-?out|due"
    r"|start\w{0,24}"
    r"|produktiv|fertig|einsatz|lancement|production|prêt|lanzar|listo|producción|lançar|pronto|produção|リリース|稼働"
    r"|本番"
)
_LEAD_IN = re.compile(
    r"(?:(?:we|i) have|wir haben|nous avons|on a|tenemos|temos|in|within|deadline:?(?: is)?|innerhalb von|binnen"
    r"|dans|en|dentro de|em)\s?(?:about |the next "
    r"|den nächsten |the )?$"
)
_FROM_NOW = re.compile(r"^\s?(?:from (?:now|today)|à partir d'aujourd'hui|a partir de (?:ahora|hoy|agora|hoje)|後)")
_ALL_WE_HAVE = re.compile(
    r"(?:(?:we|i) (?:only )?have|wir haben|nous avons|on a|tenemos|temos)\s(?:only |nur |noch |just )?$"
)
_ENDS = re.compile(r"^\s?(?:$|[.!]|left|time|zeit|de temps|de tiempo|de tempo)")
_DAYS_IN = (
    ("hour", 1 / 24), ("stunde", 1 / 24), ("heure", 1 / 24), ("hora", 1 / 24), ("week", 7.0), ("woche", 7.0),
    ("semain", 7.0), ("seman", 7.0), ("週", 7.0), ("fortnight", 14.0), ("month", 30.4), ("monat", 30.4), ("mois", 30.4),
    ("mes", 30.4), ("mês", 30.4), ("año", 365.0), ("ano", 365.0), ("an", 365.0), ("ヶ月", 30.4), ("か月", 30.4),
    ("quart", 91.0), ("trimestre", 91.0),
    ("year", 365.0), ("jahr", 365.0),
)  # fmt: skip


def find_lifecycle(reading: Reading) -> Iterator[Finding]:
    """Retraining, training compute, label delay and deadline. Units: days, weeks."""
    yield from _retraining(reading)
    yield from _compute(reading)
    for match in _DELAY.finditer(reading.folded):
        yield from _delay_or_deadline(match, reading)
    yield from _known_next_day(reading)


def _retraining(reading: Reading) -> Iterator[Finding]:
    for match in _NO_RETRAIN.finditer(reading.folded):
        yield stated("retraining_frequency", "never", match.start(), match.end(), strength=STRONG + 5)
    for anchor in _ANCHOR.finditer(reading.folded):
        for offset, clause in (
            (anchor.end(), reading.after(anchor.end(), chars=110)),
            (None, reading.before(anchor.start(), chars=30)),
            (anchor.start(), anchor.group()),
        ):
            start = anchor.start() - len(clause) if offset is None else offset
            found = _frequency(clause)
            if found is None or (offset == anchor.end() and _OTHER_WORK.search(clause[: found[2]])):
                continue
            value, exact, at, until = found
            begin, end = min(anchor.start(), start + at), max(anchor.end(), start + until)
            if exact:
                yield stated("retraining_frequency", value, begin, end, confidence=0.85)
            else:
                reason = f"“{clause[at:until].strip()}”: the nearest value of the vocabulary is {value}"
                yield inferred("retraining_frequency", value, begin, end, reason=reason, confidence=0.6)
            break


def _frequency(clause: str) -> tuple[str, bool, int, int] | None:
    hits = [
        (match.start(), index, match.end())
        for index, (pattern, _, _) in enumerate(_FREQUENCY)
        if (match := pattern.search(clause))
    ]
    if not hits:
        return None
    at, index, until = min(hits)
    _, value, exact = _FREQUENCY[index]
    return value, exact, at, until


_NODES_JA = re.compile(
    r"gpu(?:搭載)?(?:の)?(?:ノード|サーバー?|マシン)(?:を|が|は)?\s?(?P<n>\d{1,3})(?:台|ノード|基)"
    r"|(?:[ahv]\d{2,3}|gpu)を?\d{1,2}(?:枚|基)(?:ずつ)?(?:積|搭載|載せ)\S{0,4}(?:ノード|サーバー?|マシン)(?:を|が)?(?P<m>\d{1,3})台"
)
_GPU_JA = re.compile(r"gpu(?:を|が|は|も)?\s?(?P<n>\d{1,3}|[一二三四五六七八])(?:枚|台|基|個)")
_GPU_NODES = Sought(
    rf"(?P<n>{NUMBER})\s(?:nvidia )?(?:[ahv]\d{{2,3}}|gpu|p\d\w{{0,3}})[ -](?:nodes?|machines?|servers?|knoten|rechner"
    rf"|nœuds|serveurs|nodos"
    r"|servidores|nós|máquinas)(?!\w)"
)


def _compute(reading: Reading) -> Iterator[Finding]:
    for match in _GPU_JA.finditer(reading.folded):
        if _TRAINING.search(reading.sentence(match.start())):
            value = "gpu_single" if match["n"] in ("1", "一") else "gpu_multi"
            yield stated("training_compute", value, match.start(), match.end(), confidence=0.85)
    for match in _NODES_JA.finditer(reading.folded):
        if int(match["n"] or match["m"]) > 1:
            yield stated("training_compute", "gpu_cluster", match.start(), match.end(), strength=STRONG + 5)
    for match in _GPU_NODES.finditer(reading.folded):
        if (parse_number(match["n"], language=reading.language) or 0) > 1:
            yield stated("training_compute", "gpu_cluster", match.start(), match.end(), strength=STRONG + 5)
    for match in _GPU.finditer(reading.folded):
        number = parse_number(match["n"], language=reading.language)
        # Machines of several cards each train, whether or not the sentence says so.
        sentence = reading.sentence(match.start())
        if number is None or not (_TRAINING.search(sentence) or (match["nodes"] and not _SERVES.search(sentence))):
            continue
        after = reading.after(match.end(), chars=40)
        later = _NODES_AFTER.search(after)
        nodes = parse_number(match["nodes"], language=reading.language) if match["nodes"] else 1
        if later:
            nodes = parse_number(later["n"], language=reading.language)
        value = "gpu_cluster" if (nodes or 1) > 1 else "gpu_multi" if number > 1 else "gpu_single"
        yield stated("training_compute", value, match.start(), match.end(), confidence=0.85)


_NEXT_DAY = Sought(
    r"(?:the )?(?:next|following) (?:day|morning)|a day later|am (?:nächsten|folgenden) (?:tag|morgen)|tags darauf"
    r"|einen tag später|(?:le )?lendemain|le jour (?:suivant|d'après)|(?:al|el) día siguiente|un día después"
    r"|(?:no|o) dia seguinte|um dia depois|翌日|次の日"
)


def _known_next_day(reading: Reading) -> Iterator[Finding]:
    """“The next day we know whether it missed its flight.”"""
    for match in _NEXT_DAY.finditer(reading.folded):
        near = reading.before(match.start(), chars=50) + " " + reading.after(match.end(), chars=40)
        if _TRUTH.search(near):
            reason = f"“{match.group()}” in days"
            yield inferred("label_delay_days", 1, match.start(), match.end(), reason=reason, strength=FAIR)
            return


def _delay_or_deadline(match: re.Match[str], reading: Reading) -> Iterator[Finding]:
    number = 1.0 if match["n"] in _ARTICLES else parse_number(match["n"], language=reading.language)
    if number is None:
        return
    days = number * next((factor for start, factor in _DAYS_IN if match["unit"].startswith(start)), 1.0)
    before, after = reading.before(match.start(), chars=60), reading.after(match.end(), chars=40)
    is_short = days < 1 and not _LABELS.search(before + after)
    if not is_short and (_TRUTH.search(before) or _TRUTH.search(after[:25])):
        reason = (
            None
            if match["unit"].startswith(("day", "tag", "jour", "día", "dia", "日"))
            else f"“{match.group()}” in days"
        )
        yield stated("label_delay_days", _tidy(days), match.start(), match.end(), reason=reason, confidence=0.8)
    elif days >= 5 and _is_deadline(before, after):
        is_weeks = match["unit"].startswith(("week", "woche", "semain", "seman", "週"))
        reason = None if is_weeks else f"“{match.group()}” in weeks"
        yield stated(
            "deadline_weeks", _tidy(days / 7), match.start(), match.end(), reason=reason, confidence=0.75, strength=FAIR
        )


def _is_deadline(before: str, after: str) -> bool:
    if not _LIVE.search(before) and not _LIVE.search(after):
        # “We have six weeks.”
        return bool(_ALL_WE_HAVE.search(before) and _ENDS.match(after))
    return bool(_LEAD_IN.search(before) or _FROM_NOW.match(after))


def _tidy(value: float) -> int | float:
    rounded = round(value, 1) if value >= 1 else round(value, 3)
    return int(rounded) if float(rounded).is_integer() else rounded
