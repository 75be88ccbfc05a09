"""What people told us: read by whom their consent allows, from the moment it allows it."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from indicators import evidence as voices
from indicators.errors import NotAllowed, ReasonRequired, WrongState
from indicators.models import Evidence
from indicators.services import evidence as services
from tests.conftest import user_with_role
from tests.indicators.factories import AT, HOSTILE, make_area, make_indicator

pytestmark = pytest.mark.django_db
WORDING = "You may print what I said, without my name."


@pytest.fixture
def engagement_officer():
    return user_with_role("engagement_officer")


@pytest.fixture
def approver():
    return user_with_role("approver")


@pytest.fixture
def interview(engagement_officer):
    """Sokha, a health volunteer of Cambodia, speaks about awareness of ASEAN."""
    found = Evidence(
        kind="interview",
        title="A volunteer's year",
        summary=f"She visits eleven villages. {HOSTILE}",
        quotation="ខ្ញុំស្គាល់អាស៊ាន។",
        language="km",
        attribution="A health volunteer, Battambang",
        names="Sokha Chan",
        participants=1,
        area=make_area("KH", name="Cambodia"),
        source="Interview, 3 May 2026",
    )
    return services.save_evidence(
        evidence=found,
        indicators=[make_indicator()],
        nodes=[],
        by=engagement_officer,
        at=AT,
    )


def shown_to(user, interview):
    return voices.of_indicator(interview.indicators.get(), user)


def consent(interview, scope, by, *, minutes=0):
    return services.record_consent(
        evidence=interview,
        scope=scope,
        how="signed form",
        wording=WORDING,
        by=by,
        at=AT + timedelta(minutes=minutes),
    )


def release(interview, by):
    return services.set_visibility(evidence=interview, visibility="public", by=by, at=AT)


def test_nothing_is_public_before_consent_and_release(interview, engagement_officer, approver):
    assert shown_to(None, interview) == []
    with pytest.raises(WrongState, match="no consent in force"):
        release(interview, approver)
    consent(interview, "internal", engagement_officer)
    with pytest.raises(WrongState, match="no consent in force"):
        release(interview, approver)
    consent(interview, "publication", engagement_officer, minutes=1)
    assert shown_to(None, interview) == [], "consent alone releases nothing"
    release(interview, approver)
    assert [voice.title for voice in shown_to(None, interview)] == ["A volunteer's year"]


def test_a_withdrawn_consent_hides_it_everywhere_at_once(interview, engagement_officer, approver):
    consent(interview, "publication", engagement_officer)
    release(interview, approver)
    stranger = user_with_role("stranger")
    assert len(shown_to(stranger, interview)) == 1
    consent(interview, "withdrawn", engagement_officer, minutes=1)
    assert shown_to(stranger, interview) == []
    assert shown_to(None, interview) == []
    consent(interview, "publication", engagement_officer, minutes=2)
    assert shown_to(None, interview) == [], "given again, somebody has to release it again"


def test_a_withdrawal_reaches_pages_that_are_kept_for_visitors(
    interview, engagement_officer, approver, client, settings
):
    settings.PAGES_KEPT = 600
    address = interview.indicators.get().get_absolute_url()
    consent(interview, "publication", engagement_officer)
    release(interview, approver)
    assert "eleven villages" in client.get(address).content.decode()
    consent(interview, "withdrawn", engagement_officer, minutes=1)
    assert "eleven villages" not in client.get(address).content.decode()


def test_a_withdrawal_hides_even_what_another_process_has_just_released(
    interview, engagement_officer
):
    consent(interview, "withdrawn", engagement_officer)
    Evidence.objects.filter(pk=interview.pk).update(visibility="public")
    assert shown_to(None, interview) == []


def test_names_are_shown_only_where_the_consent_covers_names(
    interview, engagement_officer, approver
):
    consent(interview, "publication", engagement_officer)
    release(interview, approver)
    assert shown_to(None, interview)[0].names == ()
    assert shown_to(approver, interview)[0].names == ()
    assert shown_to(engagement_officer, interview)[0].names == ["Sokha Chan"]
    consent(interview, "named", engagement_officer, minutes=1)
    assert shown_to(None, interview)[0].names == ["Sokha Chan"]


def test_a_text_that_says_a_name_is_not_released_without_consent_to_names(
    interview, engagement_officer, approver
):
    interview.summary = "sokha chan visits eleven villages."
    interview.save()
    consent(interview, "publication", engagement_officer)
    with pytest.raises(WrongState, match="Sokha Chan"):
        release(interview, approver)
    consent(interview, "named", engagement_officer, minutes=1)
    release(interview, approver)
    consent(interview, "publication", engagement_officer, minutes=2)
    assert shown_to(None, interview) == [], "the narrower consent takes the text inside again"


def test_a_consent_says_how_and_in_which_words(interview, engagement_officer):
    with pytest.raises(ReasonRequired, match="how"):
        services.record_consent(
            evidence=interview, scope="internal", how=" ", by=engagement_officer, at=AT
        )
    with pytest.raises(ReasonRequired, match="sentence people agreed to"):
        services.record_consent(
            evidence=interview, scope="named", how="on tape", by=engagement_officer, at=AT
        )


def test_a_focal_point_works_on_the_own_area_only(interview):
    make_area("VN", name="Viet Nam")
    neighbour = user_with_role("national_focal_point", area="VN")
    own = user_with_role("national_focal_point", area="KH")
    assert len(shown_to(own, interview)) == 1
    assert shown_to(neighbour, interview) == []
    with pytest.raises(NotAllowed):
        consent(interview, "withdrawn", neighbour)
    interview.area = make_area("VN")
    with pytest.raises(NotAllowed, match="Viet Nam"):
        services.save_evidence(evidence=interview, indicators=[], nodes=[], by=own, at=AT)


def test_names_are_in_no_history_and_can_be_forgotten(interview, engagement_officer):
    assert not hasattr(interview.history.first(), "names")
    services.forget_names(evidence=interview, by=engagement_officer, at=AT)
    interview.refresh_from_db()
    assert interview.names == ""


def test_the_component_escapes_and_names_the_language(interview, engagement_officer):
    page = render_to_string(
        "components/evidence.html", {"voices": shown_to(engagement_officer, interview)}
    )
    assert HOSTILE not in page
    assert '<blockquote lang="km">' in page
    assert "not public" in page
    assert render_to_string("components/evidence.html", {"voices": []}).strip() == ""
