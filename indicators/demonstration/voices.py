"""Made-up qualitative evidence: what the screens and pages of it look like."""

from datetime import date, datetime, timedelta

from indicators.models import Area, Evidence, EvidenceConsent, FrameworkNode, Indicator

Scope = EvidenceConsent.Scope
_WORDING = {
    Scope.PUBLICATION: "What I said may be published, without my name.",
    Scope.INTERNAL: "What I said may be used inside the programme and is not published.",
}
_ROWS = (
    {
        "kind": Evidence.Kind.FOCUS_GROUP,
        "title": "What young people in three villages know of ASEAN",
        "summary": (
            "Nine young people of three villages talked for an hour and a half about what ASEAN is "
            "to them. Most had met the word at school; few could say what it does for them."
        ),
        "quotation": "ຂ້ອຍເຄີຍເຫັນທຸງ ແຕ່ບໍ່ຮູ້ວ່າອາຊຽນເຮັດຫຍັງໃຫ້ພວກເຮົາ.",
        "language": "lo",
        "attribution": "A pupil of an upper secondary school",
        "participants": 9,
        "area": "LA",
        "held_on": date(2026, 5, 14),
        "indicators": ["kpi-22"],
        "scope": Scope.PUBLICATION,
        "how": "Signed forms, parents' signatures for those under age",
        "is_public": True,
    },
    {
        "kind": Evidence.Kind.INTERVIEW,
        "title": "A volunteer explains universal health coverage at the door",
        "summary": (
            "A health volunteer tells how she explains the new insurance card from house to house, "
            "and which questions she cannot answer."
        ),
        "quotation": "Mereka bertanya: apakah kartu ini berlaku kalau saya bekerja di luar negeri?",
        "language": "id",
        "attribution": "A health volunteer in a rural district",
        "participants": 1,
        "area": "ID",
        "held_on": date(2026, 6, 2),
        "indicators": ["kpi-6d"],
        "scope": Scope.INTERNAL,
        "how": "Said at the beginning of the recording",
        "is_public": False,
    },
    {
        "kind": Evidence.Kind.CASE_STUDY,
        "title": "How one network kept its forum alive between meetings",
        "summary": (
            "A study of how a network of civil society organisations followed up the commitments "
            "of its regional forum, from minutes and reports that are open to everybody."
        ),
        "quotation": "",
        "language": "",
        "attribution": "",
        "participants": None,
        "area": "",
        "held_on": date(2026, 3, 20),
        "indicators": ["satisfaction-asean-engagement"],
        "scope": Scope.NOT_NEEDED,
        "how": "From published documents",
        "is_public": True,
    },
)


def load(*, at: datetime) -> None:
    """Load three made-up pieces of evidence, with and without consent to publication, once."""
    if Evidence.objects.filter(is_demonstration=True).exists():
        return
    node = FrameworkNode.objects.filter(framework__slug="ascc-blueprint-2025", key="a-1").first()
    for row in _ROWS:
        evidence = Evidence.objects.create(
            **{name: row[name] for name in ("kind", "title", "summary", "quotation", "language")},
            **{name: row[name] for name in ("attribution", "participants", "held_on")},
            area=Area.objects.filter(code=row["area"]).first(),
            source="Demonstration data",
            visibility=Evidence.Visibility.PUBLIC
            if row["is_public"]
            else Evidence.Visibility.INTERNAL,
            is_demonstration=True,
            recorded_at=at,
        )
        evidence.indicators.set(Indicator.objects.filter(slug__in=row["indicators"]))
        if node is not None:
            evidence.nodes.add(node)
        EvidenceConsent.objects.create(
            evidence=evidence,
            scope=row["scope"],
            how=row["how"],
            wording=_WORDING.get(row["scope"], ""),
            at=at - timedelta(days=1),
        )
