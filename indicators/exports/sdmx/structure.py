"""The structure of the data as an SDMX-ML 2.1 message: dataflow, code lists, concepts and DSD."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from indicators.exports.sdmx.codelists import CodeList
from indicators.exports.sdmx.flow import (
    AGENCY,
    ATTRIBUTES,
    DIMENSIONS,
    FLOW,
    MEASURE,
    TIME,
    VERSION,
    Component,
)
from indicators.exports.sdmx.xml import SCHEMAS, writable

MES, STR, COM = (f"{{{SCHEMAS}/{name}}}" for name in ("message", "structure", "common"))
CONCEPTS = "CS_ASCC_INDICATORS"
TITLE = "Indicators of the ASEAN Socio-Cultural Community"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

for _prefix, _name in (("mes", MES), ("str", STR), ("com", COM)):
    register_namespace(_prefix, _name[1:-1])


def structure_message(lists: Iterable[CodeList], *, at: datetime) -> bytes:
    """The whole message. `lists` are the code lists of what the reader may see."""
    root = Element(f"{MES}Structure")
    header = SubElement(root, f"{MES}Header")
    SubElement(header, f"{MES}ID").text = f"{FLOW}-{at:%Y%m%dT%H%M%S}"
    SubElement(header, f"{MES}Test").text = "false"
    SubElement(header, f"{MES}Prepared").text = at.isoformat()
    SubElement(header, f"{MES}Sender", id=AGENCY)
    structures = SubElement(root, f"{MES}Structures")
    _dataflow(SubElement(structures, f"{STR}Dataflows"))
    inside = SubElement(structures, f"{STR}Codelists")
    for one in lists:
        _codelist(inside, one)
    _concepts(SubElement(structures, f"{STR}Concepts"))
    _data_structure(SubElement(structures, f"{STR}DataStructures"))
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _own(parent: Element, tag: str, identifier: str, name: str) -> Element:
    """A thing that the agency maintains. Not final: code lists grow with the ledger."""
    found = SubElement(
        parent,
        f"{STR}{tag}",
        id=identifier,
        agencyID=AGENCY,
        version=VERSION,
        isFinal="false",
    )
    _named(found, name)
    return found


def _named(parent: Element, name: str, names: Mapping[str, str] | None = None) -> None:
    for language, text in ({"en": name} | dict(names or {})).items():
        found = SubElement(parent, f"{COM}Name")
        found.set(_LANGUAGE, language)
        # The schema wants words; a thing without a name has its identifier.
        found.text = writable(text).strip() or parent.get("id")


def _dataflow(parent: Element) -> None:
    flow = _own(parent, "Dataflow", FLOW, TITLE)
    structure = SubElement(flow, f"{STR}Structure")
    _refer(structure, FLOW, "datastructure", "DataStructure")


def _refer(parent: Element, identifier: str, package: str, kind: str, within: str = "") -> None:
    facts = {"id": identifier, "agencyID": AGENCY, "package": package, "class": kind}
    facts |= (
        {"maintainableParentID": within, "maintainableParentVersion": VERSION}
        if within
        else {"version": VERSION}
    )
    SubElement(parent, "Ref", facts)


def _codelist(parent: Element, codelist: CodeList) -> None:
    found = _own(parent, "Codelist", codelist.id, codelist.name)
    for code in codelist.codes:
        one = SubElement(found, f"{STR}Code", id=code.id)
        _named(one, code.name, code.names)
        if code.description.strip():
            description = SubElement(one, f"{COM}Description")
            description.set(_LANGUAGE, "en")
            description.text = writable(code.description)
        if code.parent:
            SubElement(SubElement(one, f"{STR}Parent"), "Ref", id=code.parent)


def _concepts(parent: Element) -> None:
    scheme = _own(parent, "ConceptScheme", CONCEPTS, f"Concepts: {TITLE}")
    for component in (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES):
        _named(SubElement(scheme, f"{STR}Concept", id=component.id), component.name)


def _data_structure(parent: Element) -> None:
    structure = _own(parent, "DataStructure", FLOW, TITLE)
    components = SubElement(structure, f"{STR}DataStructureComponents")
    dimensions = SubElement(components, f"{STR}DimensionList", id="DimensionDescriptor")
    for position, component in enumerate(DIMENSIONS, start=1):
        _component(
            SubElement(dimensions, f"{STR}Dimension", id=component.id, position=str(position)),
            component,
        )
    time = SubElement(
        dimensions, f"{STR}TimeDimension", id=TIME.id, position=str(len(DIMENSIONS) + 1)
    )
    _component(time, TIME)
    attributes = SubElement(components, f"{STR}AttributeList", id="AttributeDescriptor")
    for component in ATTRIBUTES:
        status = "Mandatory" if component.is_mandatory else "Conditional"
        attribute = SubElement(
            attributes, f"{STR}Attribute", id=component.id, assignmentStatus=status
        )
        _component(attribute, component)
        relation = SubElement(attribute, f"{STR}AttributeRelationship")
        SubElement(SubElement(relation, f"{STR}PrimaryMeasure"), "Ref", id=MEASURE.id)
    measures = SubElement(components, f"{STR}MeasureList", id="MeasureDescriptor")
    _component(SubElement(measures, f"{STR}PrimaryMeasure", id=MEASURE.id), MEASURE)


def _component(parent: Element, component: Component) -> None:
    concept = SubElement(parent, f"{STR}ConceptIdentity")
    _refer(concept, component.id, "conceptscheme", "Concept", within=CONCEPTS)
    values = SubElement(parent, f"{STR}LocalRepresentation")
    if component.codelist:
        listed = SubElement(values, f"{STR}Enumeration")
        _refer(listed, component.codelist, "codelist", "Codelist")
    else:
        SubElement(values, f"{STR}TextFormat", textType=component.text)
