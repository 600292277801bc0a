"""Words that set a statement apart from the others of its text: another time, somebody else's system, an exception."""

from __future__ import annotations

from decisionworks.projects.extract.sieve import Sought

# Two statements differ in time or in owner, so both can hold.
SET_APART = Sought(
    r"\b(?:today|currently|at present|at the moment|so far|until now|up to now|until recently|previously|formerly"
    r"|used to"
    r"|no longer|from now on|in (?:the )?future|not yet|(?:no|not|nothing) (?:\w+ ){0,6}yet|has been set yet"
    r"|old (?:model|system|version)|legacy|predecessor|last year"
    r"|(?:the |our |a )?(?:vendor|supplier|competitors?|consultants?|salesman|brochure|neighbours?) (?:says?|said"
    r"|claims?|wants?|uses?|keeps?|thinks?|promises?|has|had)"
    r"|(?:similar|another|other|earlier|previous) (?:project|system|company|team|department|product)"
    r"|(?:from|starting|as of) (?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|next \w+)"
    r"|log-?in (?:page|screen|form|system)|(?:login|anmelde)-?(?:seite|maske)|page de connexion|página de (?:acceso"
    r"|login)"
    r"|ab (?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|nächste\w)"
    r"|(?:à partir d[eu']|a partir de|desde) ?(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre"
    r"|novembre"
    r"|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janeiro"
    r"|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)"
    r"|heute|bisher|bislang|derzeit|aktuell|zurzeit|momentan|früher|künftig|zukünftig|in zukunft|ab sofort"
    r"|noch (?:nicht|kein\w{0,2})|alte[nsr]? (?:modell|system)|ähnliches projekt|(?:anbieter|hersteller"
    r"|wettbewerber|berater) (?:sagt|behauptet|meint)"
    r"|aujourd'hui|actuellement|jusqu'(?:ici|à présent)|désormais|à l'avenir|pas encore|ancien (?:modèle|système)"
    r"|autrefois"
    r"|projet semblable|(?:fournisseur|concurrent) (?:dit|affirme)"
    r"|hoy|actualmente|hasta ahora|a partir de ahora|en el futuro|todavía no|aún no|antes|proyecto parecido"
    r"|(?:proveedor|competidor) dice"
    r"|hoje|atualmente|até agora|a partir de agora|no futuro|ainda não|projeto parecido|(?:fornecedor"
    r"|concorrente) diz)\b"
    r"|現在|今は|これまで|従来|以前|今後は|将来|まだ|類似|他社|ログイン画面|\d月(?:から|以降)"
)


def is_set_apart(sentence: str) -> bool:
    """Whether a folded sentence speaks of another time or of somebody else's system."""
    return SET_APART.search(sentence) is not None
