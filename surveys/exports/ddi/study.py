"""The study: what the wave is about, whom it speaks for, when and how it was asked."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from indicators.models import Area
from surveys import provenance
from surveys.exports.ddi.elements import add, add_texts
from surveys.exports.rows import Table
from surveys.exports.variables import Variables
from surveys.models import Questionnaire, Response, ResponseImport, Wave


def add_study(root: Element, variables: Variables) -> None:
    """Add `stdyDscr`."""
    wave = variables.table.wave
    study = add(root, "stdyDscr")
    _add_citation(study, variables)
    _add_scope(study, variables)
    _add_method(study, variables.table)
    _add_access(study, wave)


def _titles(variables: Variables) -> dict[str, str]:
    """The wave's title in every language that has one, the default language first."""
    wave = variables.table.wave
    default = variables.alignment.newest.default_language
    found = {default: wave.titles.get(default) or wave.title}
    return found | {code: text for code, text in wave.titles.items() if code not in found and text}


def _add_citation(study: Element, variables: Variables) -> None:
    wave = variables.table.wave
    citation = add(study, "citation")
    title = add(citation, "titlStmt")
    (first, text), *others = _titles(variables).items()
    add(title, "titl", text, first)
    add(title, "altTitl", wave.survey.title)
    for language, text in others:
        add(title, "parTitl", text, language)
    add(title, "IDNo", f"{wave.survey.code}/{wave.slug}", level="study")
    for version in Questionnaire.objects.filter(
        survey_id=wave.survey_id, number__in=variables.alignment.versions
    ).order_by("number"):
        statement = add(citation, "verStmt")
        day = f"{version.published_at:%Y-%m-%d}" if version.published_at else ""
        add(
            statement, "version", f"questionnaire v{version.number}", type="questionnaire", date=day
        )
        if version.note.strip():
            add(statement, "notes", version.note, subject="what changed")


def _add_scope(study: Element, variables: Variables) -> None:
    wave = variables.table.wave
    information = add(study, "stdyInfo")
    if wave.survey.description.strip():
        add(information, "abstract", wave.survey.description)
    add_texts(information, "abstract", wave.purpose, contentType="purpose")
    definition = variables.alignment.newest
    add_texts(information, "abstract", definition.introduction, contentType="abstract")
    summary = add(information, "sumDscr")
    add(summary, "timePrd", wave.period, event="single")
    for event, moment in (("start", wave.opens_at), ("end", wave.closes_at)):
        if moment is not None:
            day = f"{moment:%Y-%m-%d}"
            add(summary, "collDate", day, event=event, date=day, cycle=wave.title)
    for code, name in _areas(wave):
        add(summary, "nation", name, abbr=code)
    add(summary, "anlyUnit", "individuals", "en")
    add(summary, "universe", wave.survey.population, clusion="I")
    add(summary, "dataKind", "survey data", "en")


def _areas(wave: Wave) -> list[tuple[str, str]]:
    names = dict(Area.objects.filter(code__in=wave.areas).values_list("code", "name"))
    return [(code, str(names.get(code, code))) for code in wave.areas]


def _drawn(imported: ResponseImport) -> list[str]:
    """How people were drawn, as far as an imported file says it."""
    found = []
    if imported.stratum_columns:
        found.append(f"stratified by {', '.join(imported.stratum_columns)}")
    if imported.unit_column:
        found.append(f"drawn in sampling units ({imported.unit_column})")
    return found


def _add_method(study: Element, table: Table) -> None:
    wave = table.wave
    method = add(study, "method")
    collection = add(method, "dataColl")
    add(collection, "timeMeth", "repeated cross-section" if wave.previous_id else "cross-section")
    sampling = str(wave.get_sampling_type_display())
    ways = [
        words
        for words, is_used in (
            ("anybody with the address could answer", wave.takes_open_link),
            ("people were invited by personal links", wave.takes_invited),
        )
        if is_used
    ]
    mode = wave.mode
    imported = ResponseImport.objects.filter(wave=wave).first()
    if imported is not None:
        elsewhere = provenance.SOURCES[Response.Source.IMPORTED]
        if table.responses.exclude(source=Response.Source.IMPORTED).exists():
            mode = f"{mode}; {elsewhere}: {imported.rows} responses"
        else:
            # Nobody answered here, so what the wave would have offered says nothing.
            ways, mode = [], elsewhere
        ways += [elsewhere, *_drawn(imported)]
    add(collection, "sampProc", "; ".join([sampling, *ways]), "en")
    add(collection, "collMode", mode, "en")
    add(collection, "resInstru", "structured questionnaire", "en")
    add(collection, "weight", weighting_words(wave), "en")
    add(
        method,
        "notes",
        str(wave.get_anonymity_display()),
        "en",
        subject="anonymity",
    )


def weighting_words(wave: Wave) -> str:
    """How the responses are weighted, in a few sentences."""
    scheme = wave.weighting
    if scheme is None:
        return "The responses are not weighted."
    margins = "; ".join(
        f"{' × '.join(margin['variables'])} ({margin.get('source', '')} "
        f"{margin.get('vintage', '')}".strip()
        + ")"
        for margin in scheme.margins
    )
    words = [f"Weighting scheme “{scheme.name}”, version {scheme.number}."]
    if scheme.base_weight:
        words.append(f"Base weights: the question {scheme.base_weight}.")
    if margins:
        words.append(f"Within each member state raked to: {margins}.")
        words.append(
            f"The largest weight is {scheme.cap:g} times the mean; fewer than "
            f"{scheme.minimum_for_raking} responses are not raked."
        )
    words.append(
        "The variable weight is for figures of one member state (mean 1). The variable "
        f"weight_asean is in proportion to the populations aged {scheme.ages}, for ASEAN figures."
    )
    words.append("Responses that are excluded from the figures have no weight.")
    return " ".join(words)


def _add_access(study: Element, wave: Wave) -> None:
    access = add(study, "dataAccs")
    if wave.contact or wave.is_demonstration:
        use = add(access, "useStmt")
        if wave.contact:
            add(use, "contact", wave.contact, email=wave.contact)
        if wave.is_demonstration:
            add(use, "disclaimer", "Demonstration data: invented, nobody answered this.", "en")
    version = f"version {wave.consent_version}"
    add_texts(access, "notes", wave.consent_wording, type="consent", subject=version)
