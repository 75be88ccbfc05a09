"""The roles: groups with permissions, written here once and made by `ensure_roles()`.

Each application lists its own permissions below, as "application.codename" words, because this
package may not import what stands to its left. A word that no installed model declares is an
error that names it, never silently skipped. A role's permissions are exactly these: somebody who
needs others gets a group of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from engagement.errors import UnknownPermission
from engagement.models.grants import Grant
from engagement.registry.visibility import today

EVERY = ("add", "change", "delete", "view")
EDIT = ("add", "change", "view")
VIEW = ("view",)


def on(application: str, actions: Iterable[str], *models: str) -> tuple[str, ...]:
    """The permissions for these actions on these models: `on("surveys", EDIT, "wave")`."""
    return tuple(f"{application}.{action}_{model}" for model in models for action in actions)


_REGISTRY = ("person", "organisation", "stakeholdername", "emailaddress", "affiliation")
_REGISTRY_READ = (
    *on("engagement", VIEW, *_REGISTRY, "category", "tag", "post", "postholding"),
    *on("engagement", VIEW, "consent", "interaction", "segment"),
)

# One table for each application: role -> permissions. Applications only add lines to their own.
_ADMIN: dict[str, tuple[str, ...]] = {
    "administrator": (
        *on("engagement", EVERY, "user", "grant"),
        *on("engagement", VIEW, "registryaccess"),
        *on("auth", EVERY, "group"),
    ),
}

_ENGAGEMENT_REGISTRY: dict[str, tuple[str, ...]] = {
    "communications_officer": (
        *_REGISTRY_READ,
        "engagement.view_every_stakeholder",
        *on("engagement", EDIT, "segment"),
        *on("engagement", ("add",), "interaction"),
    ),
    "engagement_officer": (
        *_REGISTRY_READ,
        "engagement.view_every_stakeholder",
        *on("engagement", EDIT, *_REGISTRY, "category", "tag", "post", "postholding", "segment"),
        *on("engagement", ("delete",), "segment", "affiliation", "emailaddress", "stakeholdername"),
        *on("engagement", ("add",), "consent", "interaction"),
    ),
    "survey_manager": (
        *_REGISTRY_READ,
        "engagement.view_every_stakeholder",
        *on("engagement", EDIT, "segment"),
    ),
    "analyst": on("engagement", VIEW, "organisation", "category"),
    "national_focal_point": (
        *_REGISTRY_READ,
        *on("engagement", ("add", "change"), "person", "emailaddress", "affiliation"),
        *on("engagement", ("add",), "interaction", "consent"),
    ),
    "sectoral_body_reporter": on(
        "engagement", VIEW, "person", "organisation", "category", "post", "postholding"
    ),
    "approver": (*_REGISTRY_READ, "engagement.view_every_stakeholder"),
    "administrator": (
        *_REGISTRY_READ,
        "engagement.view_every_stakeholder",
        *on("engagement", EVERY, *_REGISTRY, "category", "tag", "post", "postholding", "segment"),
        *on("engagement", ("add",), "consent", "interaction"),
    ),
}

_EVENTS_READ = (
    *on("engagement", VIEW, "event", "session", "seatpool", "registration", "draft", "comment"),
    *on("engagement", VIEW, "disposition"),
)
_EVENTS_WRITE = (
    *_EVENTS_READ,
    *on("engagement", EDIT, "event", "session", "seatpool", "registration"),
    *on("engagement", EDIT, "draft", "draftversion", "provision", "provisiontext"),
    *on("engagement", EDIT, "comment", "disposition"),
    *on("engagement", ("delete",), "session", "seatpool"),
    "engagement.approve_registration",
    "engagement.hide_comment",
)

_ENGAGEMENT_EVENTS: dict[str, tuple[str, ...]] = {
    "communications_officer": on("engagement", VIEW, "event", "session", "draft", "comment"),
    "engagement_officer": _EVENTS_WRITE,
    "survey_manager": on("engagement", VIEW, "event"),
    "analyst": on("engagement", VIEW, "event", "draft"),
    "national_focal_point": _EVENTS_READ,
    "sectoral_body_reporter": _EVENTS_READ,
    "approver": (*_EVENTS_READ, "engagement.overbook_seatpool"),
    "administrator": (*_EVENTS_WRITE, "engagement.overbook_seatpool"),
}

_LEDGER_READ = (
    *on("indicators", VIEW, "framework", "frameworknode", "indicator", "target", "activity"),
    *on("indicators", VIEW, "declaration", "commitment", "followup"),
)
_LEDGER_INSIDE = (*_LEDGER_READ, *on("indicators", VIEW, "observation", "revision"))
_LEDGER_ROUNDS = on("indicators", VIEW, "reportinground", "submission")
_REPORTS_READ = (*on("indicators", VIEW, "evidence", "report"), "indicators.view_every_evidence")
_EVIDENCE_WRITE = (*on("indicators", EDIT, "evidence"), "indicators.view_participants")

_INDICATORS: dict[str, tuple[str, ...]] = {
    "communications_officer": (*_LEDGER_READ, *_REPORTS_READ),
    "engagement_officer": (*_LEDGER_READ, *_REPORTS_READ, *_EVIDENCE_WRITE),
    "survey_manager": (*_LEDGER_INSIDE, *_REPORTS_READ),
    "analyst": (
        *_LEDGER_INSIDE,
        *_LEDGER_ROUNDS,
        *_REPORTS_READ,
        *_EVIDENCE_WRITE,
        "indicators.add_report",
        *on("indicators", EDIT, "target", "reportinground", "declaration", "commitment"),
        "indicators.record_observation",
        "indicators.export_observation",
        "indicators.view_every_submission",
        "indicators.accept_submission",
    ),
    "national_focal_point": (
        *_LEDGER_READ,
        *_LEDGER_ROUNDS,
        *on("indicators", ("add", "change"), "submission"),
        # Without view_every_evidence: that of the areas granted to them, and what is public.
        *_EVIDENCE_WRITE,
    ),
    "sectoral_body_reporter": (
        *_LEDGER_READ,
        *_LEDGER_ROUNDS,
        *on("indicators", ("add", "change"), "activity", "followup", "submission"),
    ),
    "approver": (
        *_LEDGER_INSIDE,
        *_LEDGER_ROUNDS,
        *_REPORTS_READ,
        "indicators.release_evidence",
        "indicators.publish_report",
        "indicators.view_every_submission",
        "indicators.approve_submission",
        "indicators.publish_submission",
    ),
    "administrator": (
        *_LEDGER_INSIDE,
        *_LEDGER_ROUNDS,
        *_REPORTS_READ,
        *_EVIDENCE_WRITE,
        "indicators.release_evidence",
        "indicators.add_report",
        "indicators.publish_report",
        *on("indicators", EDIT, "framework", "frameworknode", "indicator", "target", "activity"),
        *on("indicators", ("add", "change", "delete"), "nodemapping"),
        *on("indicators", ("add",), "frameworkversion", "frameworkimport"),
        *on("indicators", EDIT, "reportinground", "submission"),
        *on("indicators", EDIT, "declaration", "commitment", "followup"),
        "indicators.change_any_activity",
        "indicators.change_any_followup",
        "indicators.record_observation",
        "indicators.export_observation",
        "indicators.view_every_submission",
        "indicators.approve_submission",
        "indicators.accept_submission",
        "indicators.publish_submission",
    ),
}

_SURVEYS_READ = on("surveys", VIEW, "survey", "questionnaire", "wave", "surveyinvitation")
_SURVEYS: dict[str, tuple[str, ...]] = {
    "communications_officer": on("surveys", VIEW, "survey", "questionnaire", "wave"),
    "engagement_officer": on("surveys", VIEW, "survey", "questionnaire", "wave"),
    "survey_manager": (
        *_SURVEYS_READ,
        *on("surveys", EDIT, "survey", "questionnaire", "wave", "surveyinvitation", "quota"),
        *on("surveys", ("delete",), "wave", "quota"),
        *on("surveys", EDIT, "weightingscheme", "analysisplanentry", "exclusionset"),
        *on("surveys", VIEW, "response", "qualityflag", "auditentry"),
        "surveys.view_every_area",
        "surveys.export_response",
        "surveys.send_invitations",
    ),
    "analyst": (
        *_SURVEYS_READ,
        *on("surveys", EDIT, "weightingscheme", "analysisplanentry", "exclusionset"),
        *on("surveys", VIEW, "response", "qualityflag", "auditentry"),
        "surveys.view_every_area",
        "surveys.export_response",
    ),
    # Without view_every_area: the responses of the areas granted to them, and no others.
    "national_focal_point": (
        *on("surveys", VIEW, "survey", "questionnaire", "wave", "response", "qualityflag"),
        *on("surveys", VIEW, "surveyinvitation"),
    ),
    "approver": (
        *on("surveys", VIEW, "survey", "questionnaire", "wave", "response", "qualityflag"),
        "surveys.view_auditentry",
        "surveys.view_every_area",
    ),
    "administrator": (
        *_SURVEYS_READ,
        *on("surveys", EVERY, "survey", "questionnaire", "wave", "surveyinvitation", "quota"),
        *on("surveys", EVERY, "weightingscheme", "analysisplanentry", "exclusionset"),
        *on("surveys", VIEW, "response", "qualityflag", "auditentry"),
        "surveys.view_every_area",
        "surveys.export_response",
        "surveys.send_invitations",
    ),
}

_CAMPAIGNS: dict[str, tuple[str, ...]] = {
    # Writing is apart from sending and from approving: three permissions, see campaigns.services.
    "communications_officer": (
        *on("campaigns", EDIT, "campaign", "mailing", "outreachactivity"),
        *on("campaigns", VIEW, "suppression"),
        "campaigns.delete_mailing",
        "campaigns.send_mailing",
    ),
    "engagement_officer": (
        *on("campaigns", VIEW, "campaign", "mailing"),
        *on("campaigns", EDIT, "outreachactivity"),
    ),
    "survey_manager": on("campaigns", VIEW, "campaign"),
    "analyst": on("campaigns", VIEW, "campaign", "outreachactivity"),
    "approver": (
        *on("campaigns", VIEW, "campaign", "mailing", "outreachactivity"),
        "campaigns.approve_mailing",
    ),
    "administrator": (
        *on("campaigns", EVERY, "campaign", "mailing", "outreachactivity"),
        *on("campaigns", VIEW, "suppression"),
        "campaigns.send_mailing",
        "campaigns.approve_mailing",
    ),
}

# Rights over pages, pictures and documents are kept per page and collection: see cms.roles.
_WAGTAIL = ("add", "change", "delete")
_CMS: dict[str, tuple[str, ...]] = {
    "communications_officer": on("wagtailredirects", _WAGTAIL, "redirect"),
    "administrator": (
        *on("wagtailcore", _WAGTAIL, "site", "workflow", "task"),
        *on("wagtailredirects", _WAGTAIL, "redirect"),
    ),
}

_TABLES = (
    _ADMIN,
    _ENGAGEMENT_REGISTRY,
    _ENGAGEMENT_EVENTS,
    _INDICATORS,
    _SURVEYS,
    _CAMPAIGNS,
    _CMS,
)

ENTER_OFFICE = "wagtailadmin.access_admin"

_LABELS = {
    "communications_officer": _("Communications officer"),
    "engagement_officer": _("Engagement officer"),
    "survey_manager": _("Survey manager"),
    "analyst": _("Analyst"),
    "national_focal_point": _("National focal point"),
    "sectoral_body_reporter": _("Sectoral body reporter"),
    "approver": _("Approver"),
    "administrator": _("Administrator"),
}


@dataclass(frozen=True)
class Role:
    """A role's label and its permissions, "application.codename" words in order."""

    label: str
    permissions: tuple[str, ...]


ROLES: dict[str, Role] = {
    name: Role(
        label,
        tuple(sorted({ENTER_OFFICE, *(word for table in _TABLES for word in table.get(name, ()))})),
    )
    for name, label in _LABELS.items()
}


def ensure_roles() -> list[str]:
    """Make each role's group hold exactly its permissions; return what changed, in sentences.

    Raises UnknownPermission naming every permission that no installed model declares. Then calls
    what `settings.ROLE_EXTENSIONS` names, for rights that are not plain permissions (pages).
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    missing = sorted(
        {
            (word, name)
            for name, role in ROLES.items()
            for word in role.permissions
            if word not in known
        }
    )
    if missing:
        listed = ", ".join(f"{word} (role {name})" for word, name in missing)
        raise UnknownPermission(
            f"No installed model declares these permissions: {listed}. Correct the word in "
            f"engagement/roles.py or run migrate first."
        )
    changes: list[str] = []
    with transaction.atomic():
        for name, role in ROLES.items():
            group, created = Group.objects.get_or_create(name=name)
            if created:
                changes.append(f"The role {name} was created.")
            wanted = {known[word] for word in role.permissions}
            have = set(group.permissions.values_list("pk", flat=True))
            if wanted != have:
                group.permissions.set(wanted)
                changes.append(
                    f"The role {name} gained {len(wanted - have)} permissions and lost "
                    f"{len(have - wanted)}."
                )
        for path in getattr(settings, "ROLE_EXTENSIONS", ()):
            import_string(path)()
    return changes


def has_role(user, name: str) -> bool:
    """Whether the user has this role today, as a member of its group or by a grant in force."""
    if name not in ROLES:
        raise KeyError(f"There is no role {name!r}. The roles are: {', '.join(ROLES)}.")
    if not (user.is_authenticated and user.is_active):
        return False
    return (
        user.groups.filter(name=name).exists()
        or Grant.objects.held_by(user, today()).filter(role=name).exists()
    )


def may_enter_office(user) -> bool:
    """Whether the user belongs to the staff: those who may open the back office."""
    return bool(user.is_authenticated and user.is_active and user.has_perm(ENTER_OFFICE))
