"""Who gets what at every address of the site and the back office, when asking with GET.

A new address needs a row here, under its name ("app:name"), or the test fails and says so. Rows
state the status every role gets. `OBJECTS` says which real object an address is asked with;
screens of a back-office viewset find the first row of their model by themselves.

Wagtail's own addresses are not listed one by one: `WAGTAIL` gives for each part of its back
office who may work there.
"""

from collections.abc import Callable

COMMS, ENGAGE, SURVEYS, ANALYST = (
    "communications_officer",
    "engagement_officer",
    "survey_manager",
    "analyst",
)
FOCAL, REPORTER, APPROVER, ADMIN = (
    "national_focal_point",
    "sectoral_body_reporter",
    "approver",
    "administrator",
)
STAFF = (COMMS, ENGAGE, SURVEYS, ANALYST, FOCAL, REPORTER, APPROVER, ADMIN)
OUTSIDERS = ("visitor", "stranger")
ROLES = (*OUTSIDERS, *STAFF)
# Those who see every stakeholder.
REGIONAL = (COMMS, ENGAGE, SURVEYS, APPROVER, ADMIN)

Row = dict[str, int]


def everybody(status: int = 200) -> Row:
    """The same answer for all."""
    return dict.fromkeys(ROLES, status)


def visitors(status: int = 200, others: int = 302) -> Row:
    """For those who are not signed in."""
    return everybody(others) | {"visitor": status}


def signed_in(status: int = 200, visitor: int = 302) -> Row:
    """For everybody with an account; visitors are led to the sign-in."""
    return everybody(status) | {"visitor": visitor}


def office(*who: str, hidden: tuple[str, ...] = (), other: int = 302) -> Row:
    """A screen of the back office for `who`. Other staff are led back with a sentence (302), or
    do not find it (404): for those in `hidden`, because the object is not theirs to know of.
    """
    row = dict.fromkeys(OUTSIDERS, 302) | dict.fromkeys(STAFF, other)
    return row | dict.fromkeys(who, 200) | dict.fromkeys(hidden, 404)


NOBODY = everybody(404)

ACCOUNTS: dict[str, Row] = {
    "account_login": visitors(),
    "account_signup": visitors(),
    "account_logout": signed_in(),
    "account_inactive": everybody(),
    "account_reauthenticate": signed_in(),
    "account_email": signed_in(),
    "account_email_verification_sent": everybody(),
    "account_confirm_email": everybody(),
    "account_change_password": signed_in(),
    "account_set_password": everybody(302),
    "account_reset_password": everybody(),
    "account_reset_password_done": everybody(),
    "account_reset_password_from_key": everybody(),
    "account_reset_password_from_key_done": everybody(),
    "account_confirm_login_code": everybody(302),
    "mfa_index": signed_in(),
    "mfa_authenticate": everybody(302),
    # Setting up or changing a second factor asks for the password again first.
    "mfa_reauthenticate": everybody(302),
    "mfa_activate_totp": everybody(302),
    "mfa_generate_recovery_codes": everybody(302),
    # There is nothing to switch off or to show before one is set up.
    "mfa_deactivate_totp": signed_in(404),
    "mfa_view_recovery_codes": signed_in(404),
    "mfa_download_recovery_codes": signed_in(404),
    "office/login/": everybody(302),
    "_util/login/": everybody(302),
    "office/failwhale/": NOBODY,
}

SITE: dict[str, Row] = {
    "health": everybody(),
    "picture": NOBODY,
    "set_language": everybody(302),
    # Shown to developers only: tests run without DEBUG.
    "cms:styleguide": NOBODY,
    "wagtail_serve": everybody(),
    "wagtaildocs_serve": NOBODY,
    "wagtaildocs_authenticate_with_password": NOBODY,
    "wagtailcore_authenticate_with_password": NOBODY,
    "wagtailcore_login": everybody(302),
    "cms_indicator_chooser:choose": office(*STAFF),
    "cms_indicator_chooser:choose_results": office(*STAFF),
    "cms_indicator_chooser:chosen": office(*STAFF),
    "cms_indicator_chooser:chosen_multiple": office(*STAFF),
    "cms_wave_chooser:choose": office(*STAFF),
    "cms_wave_chooser:choose_results": office(*STAFF),
    "cms_wave_chooser:chosen": office(*STAFF),
    "cms_wave_chooser:chosen_multiple": office(*STAFF),
    "cms_event_chooser:choose": office(*STAFF),
    "cms_event_chooser:choose_results": office(*STAFF),
    "cms_event_chooser:chosen": office(*STAFF),
    "cms_event_chooser:chosen_multiple": office(*STAFF),
    "cms_campaign_chooser:choose": office(*STAFF),
    "cms_campaign_chooser:choose_results": office(*STAFF),
    "cms_campaign_chooser:chosen": office(*REGIONAL, ANALYST, other=404),
    "cms_campaign_chooser:chosen_multiple": office(*STAFF),
    "cms:search": everybody(),
}

INDICATORS: dict[str, Row] = {
    "indicators:table": everybody(),
    "indicators:detail": everybody(),
    "indicators:framework_printed": everybody(),
    "indicators:value": everybody(),
    "indicators:embed": everybody(),
    "indicators:areas": everybody(),
    "indicators:country": everybody(),
    "indicators:compare": everybody(),
    "indicators:changes": everybody(),
    "indicators:changes_feed": everybody(),
    "indicators:framework_beside": everybody(),
    "indicators:export": everybody(),
    "indicators:export_one": everybody(),
    "indicators:table_export": everybody(),
    "indicators:activity_tables": everybody(),
    "indicators:activity_tables_export": everybody(),
    "indicators:reports": everybody(),
    # A report that is not public: the public never learns that it exists.
    "indicators:report": NOBODY
    | dict.fromkeys((COMMS, ENGAGE, SURVEYS, ANALYST, APPROVER, ADMIN), 200),
    "indicators:report_pdf": NOBODY
    | dict.fromkeys((COMMS, ENGAGE, SURVEYS, ANALYST, APPROVER, ADMIN), 200),
    "indicators_office:reports": office(
        COMMS, ENGAGE, SURVEYS, ANALYST, APPROVER, ADMIN, other=404
    ),
    "indicators_office:report_new": office(ANALYST, ADMIN, other=404),
    "indicators_office:report_publish": office(other=405),
    # An interview of Cambodia, not public: the focal point is Viet Nam's.
    "indicators_office:evidence": office(
        COMMS, ENGAGE, SURVEYS, ANALYST, FOCAL, APPROVER, ADMIN, other=404
    ),
    "indicators_office:evidence_new": office(ENGAGE, ANALYST, FOCAL, ADMIN, other=404),
    "indicators_office:evidence_one": office(
        COMMS, ENGAGE, SURVEYS, ANALYST, APPROVER, ADMIN, other=404
    ),
    "indicators_office:evidence_edit": office(ENGAGE, ANALYST, ADMIN, other=404),
    "indicators_office:evidence_release": office(other=405),
    "indicators_office:evidence_forget": office(other=405),
    "indicators_office:index": office(*STAFF),
    "indicators_office:activities": office(*STAFF),
    "indicators_office:activity_new": office(REPORTER, ADMIN, other=404),
    "indicators_office:rounds": office(ANALYST, FOCAL, REPORTER, APPROVER, ADMIN, other=404),
    "indicators_office:round_new": office(ANALYST, ADMIN, other=404),
    "indicators_office:asked": office(FOCAL, REPORTER, ADMIN, other=404),
    "indicators:guide": everybody(),
    "indicators:before_versions": everybody(308),
    "indicators:catalogue": everybody(),
    "indicators:structure": everybody(),
    "indicators:api:index": everybody(),
    "indicators:api:openapi-json": everybody(),
    "indicators:api:areas": everybody(),
    "indicators:api:members": everybody(),
    "indicators:api:frameworks": everybody(),
    "indicators:api:nodes": everybody(),
    "indicators:api:mappings": everybody(),
    "indicators:api:indicators": everybody(),
    "indicators:api:indicator": everybody(),
    "indicators:api:observations": everybody(),
    "indicators:api:observation": everybody(),
    "indicators:api:revisions": everybody(),
    "indicators:api:no_such_address": NOBODY,
    "indicators_office:activity": office(*STAFF),
    "indicators_office:activity_edit": office(ADMIN, other=404),
    "indicators_office:declarations": office(*STAFF),
    "indicators_office:declarations_export": office(*STAFF),
    "indicators_office:declaration_new": office(ANALYST, ADMIN, other=404),
    "indicators_office:declaration_edit": office(ANALYST, ADMIN, other=404),
    "indicators_office:commitment_new": office(ANALYST, ADMIN, other=404),
    "indicators_office:commitment": office(*STAFF),
    "indicators_office:commitment_edit": office(ANALYST, ADMIN, other=404),
    # The reporter is of SOMHD, which answers for the first commitment and did its first action.
    "indicators_office:follow_up_new": office(REPORTER, ADMIN, other=404),
    "indicators_office:follow_up_edit": office(REPORTER, ADMIN, other=404),
    "indicators_office:activities_export": office(*STAFF),
    "indicators_office:activities_similar": office(*STAFF),
    "indicators_office:activities_quarter": office(REPORTER, ADMIN, other=404),
    "indicators_office:activity_tables": office(*STAFF),
    "indicators_office:activity_tables_export": office(*STAFF),
    "indicators_office:round": office(ANALYST, FOCAL, REPORTER, APPROVER, ADMIN, other=404),
    "indicators_office:round_edit": office(ANALYST, ADMIN, other=404),
    "indicators_office:round_asked": office(ANALYST, ADMIN, other=404),
    "indicators_office:round_csv": office(ANALYST, FOCAL, REPORTER, APPROVER, ADMIN, other=404),
    "indicators_office:round_move": office(other=405),
    "indicators_office:start": office(other=405),
    "indicators_office:indicator": office(*STAFF),
    "indicators_office:target": office(ANALYST, ADMIN, other=404),
    "indicators_office:enter": office(ANALYST, ADMIN, other=404),
    "indicators_office:submission": office(ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "indicators_office:step": office(other=405),
    "indicators_office:imports": office(ANALYST, REPORTER, ADMIN, other=404),
    "indicators_office:import_template": office(ANALYST, ADMIN, other=404),
    "indicators_office:import": office(other=404),
    "indicators_office:import_columns": office(other=405),
    "indicators_office:import_step": office(other=405),
    "indicators_office:import_progress": office(other=404),
    "indicators_office:import_problems": office(other=404),
    "indicators_office:template": office(ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "indicators_office:upload": office(other=405),
    "indicators_office:value_history": office(*STAFF),
    "indicators_office:frameworks": office(*STAFF),
    "indicators_office:framework": office(*STAFF),
    "indicators_office:framework_export": office(*STAFF),
    "indicators_office:framework_mapping": office(*STAFF),
    "indicators_office:framework_versions": office(*STAFF),
    "indicators_office:framework_version": office(*STAFF),
    "indicators_office:framework_version_export": office(*STAFF),
    "indicators_office:framework_version_restore": office(other=405),
    "indicators_office:framework_new": office(ADMIN, other=404),
    "indicators_office:framework_edit": office(ADMIN, other=404),
    "indicators_office:printed_facts": office(ADMIN, other=404),
    "indicators_office:printed_totals": office(ADMIN, other=404),
    "indicators_office:printed_sums": office(ADMIN, other=404),
    "indicators_office:printed_table": office(ADMIN, other=404),
    "indicators_office:printed_table_new": office(ADMIN, other=404),
    "indicators_office:printed_table_remove": office(other=405),
    "indicators_office:framework_upload": office(ADMIN, other=404),
    "indicators_office:framework_import": office(ADMIN, other=404),
    "indicators_office:framework_changes": office(SURVEYS, ANALYST, APPROVER, ADMIN, other=404),
    "indicators_office:node_changes": office(SURVEYS, ANALYST, APPROVER, ADMIN, other=404),
    "indicators_office:indicator_changes": office(SURVEYS, ANALYST, APPROVER, ADMIN, other=404),
    "indicators_office:node_new": office(ADMIN, other=404),
    "indicators_office:node": office(ADMIN, other=404),
    "indicators_office:node_move": office(ADMIN, other=404),
    "indicators_office:node_shift": office(other=405),
    "indicators_office:node_retire": office(ADMIN, other=404),
    "indicators_office:indicator_new": office(ADMIN, other=404),
    "indicators_office:indicator_edit": office(ADMIN, other=404),
    "indicators_office:mapping_remove": office(other=405),
    "indicators_office:target_remove": office(other=405),
    "indicators_office:baseline": office(ADMIN, other=404),
    # Nothing to take back: the demonstration has no area with a year of its own.
    "indicators_office:baseline_remove": office(other=404),
}

SURVEYS_ROWS: dict[str, Row] = {
    "surveys:list": everybody(),
    "surveys:wave": everybody(),
    # Asked without having begun: led to the beginning.
    "surveys:respond": everybody(302),
    "surveys:challenge": everybody(403),
    "surveys:check": everybody(302),
    "surveys:offline": everybody(),
    "surveys:worker": everybody(),
    "surveys:thanks": everybody(302),
    "surveys:withdraw": everybody(),
    # A link that is none.
    "survey_invitation": NOBODY,
    "surveys_office:surveys": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:new_survey": office(SURVEYS, ADMIN, other=404),
    "surveys_office:new_draft": office(SURVEYS, ADMIN, other=404),
    # The survey's questionnaire is published: who may edit is led to the page where it is read.
    "surveys_office:builder": office(other=404) | dict.fromkeys((SURVEYS, ADMIN), 302),
    "surveys_office:builder_act": office(other=405),
    "surveys_office:builder_preview": office(SURVEYS, ADMIN, other=404),
    "surveys_office:builder_try": office(SURVEYS, ADMIN, other=404),
    "surveys_office:builder_history": office(SURVEYS, ADMIN, other=404),
    "surveys_office:questionnaire": office(*REGIONAL, ANALYST, FOCAL, other=404),
    # The first version is published: its manager is led to it.
    "surveys_office:import": office(SURVEYS, ADMIN, other=404),
    "surveys_office:import_review": office(other=404),
    "surveys_office:xlsform": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:publish_version": office(other=404) | dict.fromkeys((SURVEYS, ADMIN), 302),
    "surveys_office:new_version": office(other=405),
    "surveys_office:translations": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:translation": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:translation_export": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:translation_upload": office(other=405),
    # There is no such file in the demonstration.
    "surveys_office:translation_file": office(other=404),
    "surveys_office:translation_file_apply": office(other=405),
    "surveys_office:translation_save": office(other=405),
    "surveys_office:translation_confirm": office(other=405),
    "surveys_office:translation_fill": office(other=405),
    "surveys_office:change_languages": office(other=405),
    "surveys_office:waves": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:wave": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:live": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:audit": office(SURVEYS, ANALYST, APPROVER, ADMIN, other=404),
    "surveys_office:next": office(other=405),
    "surveys_office:wave_add": office(SURVEYS, ADMIN, other=404),
    "surveys_office:wave_edit": office(SURVEYS, ADMIN, other=404),
    "surveys_office:responses_import": office(SURVEYS, ADMIN, other=404),
    "surveys_office:wave_delete": office(SURVEYS, ADMIN, other=404),
    "surveys_office:quotas": office(SURVEYS, ADMIN, other=404),
    "surveys_office:quota": office(other=404),
    "surveys_office:quotas_make": office(other=405),
    "surveys_office:quotas_recount": office(other=405),
    "surveys_office:quota_act": office(other=405),
    "surveys_office:exclusions": office(SURVEYS, ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "surveys_office:compare": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:flag": office(other=405),
    "surveys_office:exclude": office(other=405),
    "surveys_office:revert": office(other=405),
    "surveys_office:scheme_add": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:scheme": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:plan_add": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:plan_edit": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:workbench": office(SURVEYS, ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "surveys_office:workbench_csv": office(SURVEYS, ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "surveys_office:move": office(other=405),
    "surveys_office:publish": office(other=405),
    "surveys_office:responses": office(SURVEYS, ANALYST, FOCAL, APPROVER, ADMIN, other=404),
    "surveys_office:export": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:exports": office(SURVEYS, ANALYST, ADMIN, other=404),
    "surveys_office:wave_changes": office(*REGIONAL, ANALYST, FOCAL, other=404),
    "surveys_office:export_xlsx": office(other=405),
    "surveys_office:export_sav": office(other=405),
    "surveys_office:export_bundle": office(other=405),
    "surveys_office:export_ddi": office(SURVEYS, ANALYST, ADMIN, other=404),
    # Nobody finds somebody else's export.
    "surveys_office:export_progress": office(other=404),
    "surveys_office:export_file": office(other=404),
}

CAMPAIGNS: dict[str, Row] = {
    "campaigns:outbox": everybody(),
    "campaigns_office:index": office(*REGIONAL, ANALYST),
    "campaigns_office:index_results": office(*REGIONAL, ANALYST),
    "campaigns_office:add": office(COMMS, ADMIN),
    "campaigns_office:edit": office(COMMS, ADMIN),
    "campaigns_office:delete": office(ADMIN, hidden=(FOCAL, REPORTER)),
    "campaigns_office:history": office(COMMS, ADMIN),
    "campaigns_office:history_results": office(COMMS, ADMIN),
    "campaigns_office:usage": office(COMMS, ADMIN),
    "mailings:index": office(COMMS, ENGAGE, APPROVER, ADMIN),
    "mailings:index_results": office(COMMS, ENGAGE, APPROVER, ADMIN),
    "mailings:add": office(COMMS, ADMIN),
    "mailings:edit": office(hidden=(SURVEYS, ANALYST, FOCAL, REPORTER)),
    "mailings:delete": office(hidden=(SURVEYS, ANALYST, FOCAL, REPORTER)),
    "mailings:history": office(COMMS, ADMIN),
    "mailings:history_results": office(COMMS, ADMIN),
    "mailings:usage": office(COMMS, ADMIN),
    "mailings:overview": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:audience": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:preview": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:preview_html": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:recipients": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:recipients_csv": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:progress": office(COMMS, ENGAGE, APPROVER, ADMIN, other=404),
    "mailings:do": office(other=405),
    # A wave's invitations: a focal point sees those of the area's people, sends none.
    "survey_invitations:board": office(SURVEYS, ANALYST, FOCAL, ADMIN, other=404),
    "survey_invitations:export": office(SURVEYS, ANALYST, FOCAL, ADMIN, other=404),
    "survey_invitations:new": office(SURVEYS, ADMIN, other=404),
    "survey_invitations:links": office(other=405),
    "survey_invitations:act": office(other=405),
    # Asked with a mailing that invites to nothing.
    "survey_invitations:write": office(other=404),
    "survey_invitations:remind": office(other=405),
    "outreach:index": office(COMMS, ENGAGE, ANALYST, APPROVER, ADMIN),
    "outreach:index_results": office(COMMS, ENGAGE, ANALYST, APPROVER, ADMIN),
    "outreach:add": office(COMMS, ENGAGE, ADMIN),
    "outreach:edit": office(COMMS, ENGAGE, ADMIN),
    "outreach:delete": office(ADMIN, hidden=(SURVEYS, FOCAL, REPORTER)),
    "outreach:history": office(COMMS, ENGAGE, ADMIN),
    "outreach:history_results": office(COMMS, ENGAGE, ADMIN),
    "outreach:usage": office(COMMS, ENGAGE, ADMIN),
    "suppressions:index": office(COMMS, ADMIN),
    "suppressions:index_results": office(COMMS, ADMIN),
    "campaigns:outbox_message": everybody(),
    "campaigns:outbox_html": everybody(),
    "campaigns:outbox_source": everybody(),
    "campaigns:outbox_attachment": everybody(),
    "campaigns:unsubscribe": everybody(),
    "campaigns:preferences": everybody(),
    "campaigns:link": everybody(302),
    "campaigns:view": everybody(),
    "campaigns:mailjet_webhook": everybody(405),
}

REGISTRY: dict[str, Row] = {
    # People: a focal point sees those of the area, a reporter those of the body.
    "registry_people:index": office(*REGIONAL, FOCAL, REPORTER),
    "registry_people:index_results": office(*REGIONAL, FOCAL, REPORTER),
    "registry_people:add": office(ENGAGE, FOCAL, ADMIN),
    "registry_people:inspect": office(*REGIONAL, FOCAL, hidden=(ANALYST, REPORTER)),
    "registry_people:history": office(*REGIONAL, FOCAL, hidden=(ANALYST, REPORTER)),
    "registry_people:edit": office(ENGAGE, FOCAL, ADMIN),
    "registry_people:delete": office(ADMIN, hidden=(ANALYST, REPORTER)),
    "registry_people:add_affiliation": office(ENGAGE, FOCAL, ADMIN, other=404),
    "registry_people:add_consent": office(ENGAGE, FOCAL, ADMIN, other=404),
    "registry_people:add_interaction": office(COMMS, ENGAGE, FOCAL, ADMIN, other=404),
    "registry_organisations:index": office(*STAFF),
    "registry_organisations:index_results": office(*STAFF),
    "registry_organisations:add": office(ENGAGE, ADMIN),
    "registry_organisations:inspect": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_organisations:history": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_organisations:edit": office(ENGAGE, ADMIN),
    "registry_organisations:delete": office(ADMIN, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_posts:index": office(*REGIONAL, FOCAL, REPORTER),
    "registry_posts:index_results": office(*REGIONAL, FOCAL, REPORTER),
    "registry_posts:add": office(ENGAGE, ADMIN),
    "registry_posts:inspect": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_posts:history": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_posts:edit": office(ENGAGE, ADMIN),
    "registry_posts:delete": office(ADMIN, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_posts:appoint": office(ENGAGE, ADMIN, other=404),
    "registry_posts:end": office(ENGAGE, ADMIN, other=404),
    "registry_segments:index": office(*REGIONAL, FOCAL),
    "registry_segments:index_results": office(*REGIONAL, FOCAL),
    "registry_segments:add": office(COMMS, ENGAGE, SURVEYS, ADMIN),
    "registry_segments:inspect": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_segments:history": office(*REGIONAL, hidden=(ANALYST, FOCAL, REPORTER)),
    "registry_segments:edit": office(COMMS, ENGAGE, SURVEYS, ADMIN),
    "registry_segments:delete": office(ENGAGE, ADMIN, hidden=(ANALYST, FOCAL, REPORTER)),
    # A focal point's filters must name the area: without it there is nothing to count.
    "registry_segments:count": office(*REGIONAL) | {FOCAL: 422},
    "registry_interactions:index": office(*REGIONAL, FOCAL),
    "registry_interactions:index_results": office(*REGIONAL, FOCAL),
    "registry_categories:index": office(*STAFF),
    "registry_categories:index_results": office(*STAFF),
    "registry_categories:add": office(ENGAGE, ADMIN),
    "registry_categories:edit": office(ENGAGE, ADMIN),
    "registry_categories:delete": office(ADMIN),
    "registry_tags:index": office(*REGIONAL, FOCAL),
    "registry_tags:index_results": office(*REGIONAL, FOCAL),
    "registry_tags:add": office(ENGAGE, ADMIN),
    "registry_tags:edit": office(ENGAGE, ADMIN),
    "registry_tags:delete": office(ADMIN),
    "registry_grants:index": office(ADMIN),
    "registry_grants:index_results": office(ADMIN),
    "registry_grants:add": office(ADMIN),
    "registry_grants:edit": office(ADMIN),
    "registry_grants:delete": office(ADMIN),
    "registry_access:index": office(ADMIN),
    "registry_access:index_results": office(ADMIN),
}

EVENTS: dict[str, Row] = {
    "events:index": office(*STAFF),
    "events:index_results": office(*STAFF),
    "events:add": office(ENGAGE, ADMIN),
    "events:edit": office(ENGAGE, ADMIN),
    "events:delete": everybody(302),
    "events:history": office(*STAFF),
    "events:inspect": office(*STAFF),
    "registrations:index": office(ENGAGE, FOCAL, REPORTER, APPROVER, ADMIN),
    "registrations:index_results": office(ENGAGE, FOCAL, REPORTER, APPROVER, ADMIN),
    "registrations:edit": office(ENGAGE, ADMIN),
    "registrations:history": office(ENGAGE, FOCAL, APPROVER, ADMIN, other=404),
    "registrations:inspect": office(ENGAGE, FOCAL, APPROVER, ADMIN, other=404),
    "drafts:index": office(COMMS, ENGAGE, ANALYST, FOCAL, REPORTER, APPROVER, ADMIN),
    "drafts:index_results": office(COMMS, ENGAGE, ANALYST, FOCAL, REPORTER, APPROVER, ADMIN),
    "drafts:add": office(ENGAGE, ADMIN),
    "drafts:edit": office(ENGAGE, ADMIN),
    "drafts:history": office(COMMS, ENGAGE, ANALYST, FOCAL, REPORTER, APPROVER, ADMIN),
    "drafts:inspect": office(COMMS, ENGAGE, ANALYST, FOCAL, REPORTER, APPROVER, ADMIN),
    "comments:index": office(COMMS, ENGAGE, FOCAL, REPORTER, APPROVER, ADMIN),
    "comments:index_results": office(COMMS, ENGAGE, FOCAL, REPORTER, APPROVER, ADMIN),
    "comments:history": office(COMMS, ENGAGE, FOCAL, APPROVER, ADMIN, other=404),
    "comments:inspect": office(COMMS, ENGAGE, FOCAL, APPROVER, ADMIN, other=404),
    "engagement:consultations": everybody(),
    "engagement:event": everybody(),
    "engagement:event-register": everybody(409),
    "engagement:event-registered": everybody(),
    "engagement:registration": everybody(),
    "engagement:registration-confirm": everybody(302),
    "engagement:registration-cancel": everybody(),
    "engagement:registration-offer": everybody(405),
    "engagement:registration-calendar": everybody(),
    "engagement:drafts": everybody(),
    "engagement:draft": everybody(),
    "engagement:comment-received": everybody(),
    "engagement:provision": everybody(),
    "engagement:comment": everybody(),
    "events:call_off": office(ENGAGE, ADMIN),
    "events:add_pool": office(ENGAGE, ADMIN),
    "events:add_session": office(ENGAGE, ADMIN),
    "events:add_registration": office(ENGAGE, ADMIN),
    "events:capacity": office(ENGAGE, ADMIN),
    "registrations:approve": office(ENGAGE, ADMIN, hidden=(COMMS, SURVEYS, ANALYST, REPORTER)),
    "registrations:reject": office(ENGAGE, ADMIN, hidden=(COMMS, SURVEYS, ANALYST, REPORTER)),
    "registrations:cancel": office(ENGAGE, ADMIN, hidden=(COMMS, SURVEYS, ANALYST, REPORTER)),
    "registrations:offer": office(ENGAGE, ADMIN, hidden=(COMMS, SURVEYS, ANALYST, REPORTER)),
    "registrations:attend": office(ENGAGE, ADMIN, hidden=(COMMS, SURVEYS, ANALYST, REPORTER)),
    "drafts:matrix": office(COMMS, ENGAGE, FOCAL, REPORTER, APPROVER, ADMIN),
    "drafts:close": office(ENGAGE, ADMIN),
    "drafts:open": office(ENGAGE, ADMIN),
    "comments:answer": office(ENGAGE, ADMIN, hidden=(SURVEYS, ANALYST, REPORTER)),
    "comments:hide": office(ENGAGE, ADMIN, hidden=(SURVEYS, ANALYST, REPORTER)),
    "comments:show": office(ENGAGE, ADMIN, hidden=(SURVEYS, ANALYST, REPORTER)),
}

TABLE: dict[str, Row] = ACCOUNTS | SITE | INDICATORS | SURVEYS_ROWS | CAMPAIGNS | REGISTRY | EVENTS

# The same screens asked with an object of another country: the focal point of Viet Nam and the
# reporter of SOMHD never learn that it exists.
ELSEWHERE: dict[str, Row] = {
    "registry_people:inspect": office(*REGIONAL, other=404),
    "registry_people:history": office(*REGIONAL, other=404),
    "registry_people:add_affiliation": office(ENGAGE, ADMIN, other=404),
    "registry_people:add_consent": office(ENGAGE, ADMIN, other=404),
    "registry_people:add_interaction": office(COMMS, ENGAGE, ADMIN, other=404),
    "registry_organisations:inspect": office(*REGIONAL, other=404),
    "registry_posts:inspect": office(*REGIONAL, other=404),
}

# Wagtail's own addresses, by the beginning of their route: who may work there. Others of the
# staff never get 200 there, people without a role are always led to the sign-in. The first
# prefix that fits counts.
WAGTAIL: dict[str, tuple[str, ...]] = {
    "office/users/": (ADMIN,),
    "office/groups/": (ADMIN,),
    "office/sites/": (ADMIN,),
    "office/redirects/": (COMMS, ADMIN),
    "office/workflows/task_chooser/": STAFF,
    "office/workflows/": (ADMIN,),
    "office/collections/": (ADMIN,),
    "office/settings/": (COMMS, ADMIN),
    "office/snippets/": (ADMIN,),
    "office/pages/": (COMMS, APPROVER, ADMIN),
    "office/images/chooser/": STAFF,
    "office/images/": (COMMS, APPROVER, ADMIN),
    "office/documents/chooser/": STAFF,
    "office/documents/": (COMMS, APPROVER, ADMIN),
    "office/reports/site-history/": STAFF,
    "office/reports/": (COMMS, APPROVER, ADMIN),
    "office/": STAFF,
}
# Without secrets, and needed before signing in.
WAGTAIL_PUBLIC = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
# Wagtail asks any of the staff "are you sure?" here and refuses only the answer (POST).
WAGTAIL_ASKS = {
    "wagtailadmin_pages:move_confirm",
    "wagtailadmin_pages:confirm_workflow_cancellation",
}
# Switched off: accounts and passwords are allauth's.
WAGTAIL_OFF = "office/password_reset/"


def _person(area: str) -> Callable[[], tuple]:
    def first():
        from engagement.models import Person

        return (Person.objects.filter(area__code=area).order_by("pk").first().pk,)

    return first


def _first(label: str, column: str = "pk", **filters) -> Callable[[], tuple]:
    def first():
        from django.apps import apps

        row = apps.get_model(label)._default_manager.filter(**filters).order_by("pk").first()
        return (getattr(row, column),)

    return first


def _words(*words) -> Callable[[], tuple]:
    return lambda: words


def _observation() -> tuple:
    from indicators.models import Observation

    row = Observation.objects.select_related("indicator").first()
    return (row.indicator.slug, row.token)


def _published_value() -> tuple:
    from indicators.models import Observation

    published = Observation.objects.published().filter(indicator__is_published=True)
    return (published.order_by("pk").first().token,)


def _pool() -> tuple:
    from engagement.models import SeatPool

    pool = SeatPool.objects.first()
    return (pool.event_id, pool.token)


def _submission() -> tuple:
    """A draft of Viet Nam in the demonstration's round."""
    from indicators.models import Area, ReportingRound, Submission

    round_, area = ReportingRound.objects.first(), Area.objects.get(code="VN")
    return (Submission.objects.get_or_create(round=round_, area=area)[0].token,)


def _report() -> tuple:
    """A report that was made and not published."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages
    from django.utils import timezone

    from indicators.models import Framework, Report

    found, made = Report.objects.get_or_create(
        number=1000,
        framework=Framework.objects.get(slug="ascc-blueprint-2025"),
        defaults={"title": "Results", "as_of": timezone.now(), "state": "ready", "html": "<p></p>"},
    )
    if made:
        name = storages["private"].save("reports/access.pdf", ContentFile(b"%PDF-1.7"))
        Report.objects.filter(pk=found.pk).update(file_name=name, size=8)
    return (found.token,)


def _interview() -> tuple:
    """An interview held in Cambodia that is not public."""
    from django.utils import timezone

    from indicators.models import Area, Evidence

    found, _made = Evidence.objects.get_or_create(
        title="An interview",
        defaults={
            "kind": "interview",
            "summary": "What was said.",
            "source": "Interview",
            "area": Area.objects.get(code="KH"),
            "recorded_at": timezone.now(),
        },
    )
    return (found.token,)


def _node() -> tuple:
    """A node of the Blueprint."""
    from indicators.models import FrameworkNode

    return ("ascc-blueprint-2025", FrameworkNode.objects.get(code="A.1").token)


def _framework_import() -> tuple:
    """An administrator's upload that is still to be applied."""
    from django.utils import timezone

    from indicators.models import FrameworkImport

    draft = {"framework": [{"sheet": "", "number": 1, "values": {"slug": "ascc-blueprint-2025"}}]}
    found, _made = FrameworkImport.objects.get_or_create(
        name="framework.xlsx", defaults={"draft": draft, "uploaded_at": timezone.now()}
    )
    return (found.token,)


def _open_event() -> tuple:
    from engagement.models import Event

    events = Event.objects.filter(visibility="public").order_by("-starts_at")
    return (events.first().slug,)


def _letter() -> str:
    """The name of a message with one attachment in the local outbox."""
    from django.conf import settings
    from django.core.mail import EmailMessage, get_connection

    outbox = get_connection("campaigns.transports.outbox.EmailBackend")
    letter = EmailMessage(
        "Your seat", "You have a seat.", None, ["amina@people.example"], connection=outbox
    )
    letter.attach("seat.ics", "BEGIN:VCALENDAR", "text/calendar")
    letter.send()
    return sorted(path.stem for path in settings.OUTBOX_DIR.glob("*.eml"))[0]


def _link() -> tuple:
    """A link of a mailing and a copy of it; the demonstration's own lead to surveys, uncounted."""
    from campaigns.models import Delivery, Link

    delivery = Delivery.objects.order_by("pk").first()
    link, _made = Link.objects.get_or_create(
        mailing=delivery.mailing, url="https://asean.example/plan"
    )
    return (link.token, delivery.token)


_MAILING = (
    "overview",
    "audience",
    "preview",
    "preview_html",
    "recipients",
    "recipients_csv",
    "progress",
)
_PEOPLE = ("inspect", "history", "edit", "delete")
_MORE = ("add_affiliation", "add_consent", "add_interaction")
OBJECTS: dict[str, Callable[[], tuple | str]] = {
    "account_confirm_email": _words("unknown"),
    "account_reset_password_from_key": _words("abc", "unknown"),
    "picture": _words("nothing.png"),
    "wagtail_serve": lambda: "/",
    "wagtaildocs_serve": lambda: "/documents/1/nothing.pdf",
    "wagtaildocs_authenticate_with_password": _words(1),
    "wagtailcore_authenticate_with_password": _words(1, 1),
    "indicators:detail": _words("kpi-22"),
    "indicators:before_versions": _words("areas"),
    "indicators:api:members": lambda: "/indicators/api/v1/areas/ASEAN/members?on=2020-01-01",
    "indicators:api:nodes": _words("ascc-blueprint-2025"),
    "indicators:api:indicator": _words("kpi-22"),
    "indicators:api:observation": _published_value,
    "indicators:api:revisions": _published_value,
    "indicators:api:no_such_address": _words("x"),
    "indicators:embed": _words("kpi-22"),
    "indicators:country": _words("KH"),
    "indicators:value": _observation,
    "indicators:framework_printed": _words("ascc-blueprint-2025"),
    "indicators:framework_beside": _words("ascc-blueprint-2025", "ascc-strategic-plan-2026-2035"),
    "indicators:export": _words("csv"),
    "indicators:export_one": _words("kpi-22", "csv"),
    "indicators:table_export": _words("csv"),
    "indicators:activity_tables": _words("ascc-blueprint-2025"),
    "indicators:activity_tables_export": _words("ascc-blueprint-2025", "csv"),
    "survey_invitation": _words("unknown"),
    "surveys:wave": _first("surveys.Wave", "slug", state="collecting"),
    "surveys:respond": _first("surveys.Wave", "slug", state="collecting"),
    **{
        f"surveys:{name}": _first("surveys.Wave", "slug", state="collecting")
        for name in ("challenge", "check", "offline", "worker")
    },
    "surveys:thanks": _first("surveys.Wave", "slug", state="collecting"),
    "surveys:withdraw": _first("surveys.Wave", "slug", state="collecting"),
    "engagement:event": _open_event,
    "engagement:event-register": _open_event,
    "engagement:event-registered": _open_event,
    **{
        f"engagement:registration{name}": _first("engagement.Registration", "token")
        for name in ("", "-confirm", "-cancel", "-offer", "-calendar")
    },
    "engagement:draft": _first("engagement.Draft", "slug"),
    "engagement:comment-received": _first("engagement.Draft", "slug"),
    "engagement:provision": lambda: (
        *_first("engagement.Draft", "slug")(),
        *_first("engagement.Provision", "token")(),
    ),
    "engagement:comment": _first("engagement.Comment", "token"),
    **{
        f"events:{name}": _first("engagement.Event")
        for name in ("call_off", "add_pool", "add_session", "add_registration")
    },
    "events:capacity": _pool,
    **{
        f"registrations:{name}": _first("engagement.Registration")
        for name in ("approve", "reject", "cancel", "offer", "attend")
    },
    **{f"drafts:{name}": _first("engagement.Draft") for name in ("matrix", "close", "open")},
    **{f"comments:{name}": _first("engagement.Comment") for name in ("answer", "hide", "show")},
    "indicators:report": _report,
    "indicators:report_pdf": _report,
    "indicators_office:report_publish": _report,
    **{
        f"indicators_office:evidence_{name}": _interview
        for name in ("one", "edit", "release", "forget")
    },
    "indicators_office:activity": _first("indicators.Activity", "token"),
    "indicators_office:activity_edit": _first("indicators.Activity", "token"),
    "indicators_office:activities_export": _words("csv"),
    "indicators_office:declarations_export": _words("csv"),
    "indicators_office:declaration_edit": _first("indicators.Declaration", "token"),
    "indicators_office:commitment_new": _first("indicators.Declaration", "token"),
    "indicators_office:commitment": _first("indicators.Commitment", "token"),
    "indicators_office:commitment_edit": _first("indicators.Commitment", "token"),
    "indicators_office:follow_up_new": _first("indicators.Commitment", "token"),
    "indicators_office:follow_up_edit": _first("indicators.FollowUp", "token"),
    "indicators_office:activity_tables_export": _words("csv"),
    "indicators_office:round": _first("indicators.ReportingRound", "token"),
    **{
        f"indicators_office:{name}": _first("indicators.ReportingRound", "token")
        for name in ("start", "round_edit", "round_asked", "round_csv", "round_move")
    },
    "indicators_office:submission": _submission,
    "indicators_office:step": _submission,
    "indicators_office:template": _submission,
    "indicators_office:upload": _submission,
    "indicators_office:value_history": _words("kpi-16", "VN"),
    **{
        f"indicators_office:{name}": _words("ascc-blueprint-2025")
        for name in (
            "framework",
            "framework_versions",
            "framework_edit",
            "framework_changes",
            "printed_facts",
            "printed_totals",
            "printed_sums",
            "printed_table_new",
            "node_new",
            "indicator_new",
        )
    },
    **{
        f"indicators_office:{name}": _words("ascc-blueprint-2025", 1)
        for name in (
            "framework_version",
            "framework_version_export",
            "framework_version_restore",
            "printed_table",
            "printed_table_remove",
        )
    },
    **{
        f"indicators_office:{name}": _node
        for name in ("node", "node_move", "node_shift", "node_retire", "node_changes")
    },
    "indicators_office:framework_export": _words("ascc-blueprint-2025", "xlsx"),
    "indicators_office:framework_import": _framework_import,
    "indicators_office:framework_mapping": _words(
        "ascc-blueprint-2025", "ascc-strategic-plan-2026-2035"
    ),
    "indicators_office:mapping_remove": _words(
        "ascc-blueprint-2025", "ascc-strategic-plan-2026-2035", 1
    ),
    "indicators_office:indicator_edit": _words("kpi-22"),
    "indicators_office:indicator_changes": _words("kpi-22"),
    "indicators_office:target_remove": _words("kpi-22", 1),
    "indicators_office:baseline": _words("kpi-22"),
    "indicators_office:baseline_remove": _words("kpi-22", "KH"),
    "indicators_office:indicator": _words("kpi-22"),
    "indicators_office:import_template": _words("observations", "csv"),
    "indicators_office:import_problems": _words("unknown", "csv"),
    **{
        f"indicators_office:import{name}": _words("unknown")
        for name in ("", "_columns", "_step", "_progress")
    },
    "indicators_office:enter": _words("kpi-22"),
    "indicators_office:target": _words("kpi-22"),
    "campaigns:outbox_message": lambda: (_letter(),),
    "campaigns:outbox_html": lambda: (_letter(),),
    "campaigns:outbox_source": lambda: (_letter(),),
    "campaigns:outbox_attachment": lambda: (_letter(), 0),
    "campaigns:unsubscribe": _first("campaigns.Delivery", "token"),
    "campaigns:preferences": _first("campaigns.Delivery", "token"),
    "campaigns:view": _first("campaigns.Delivery", "token"),
    "campaigns:link": _link,
    "campaigns:mailjet_webhook": _words("not-the-secret"),
    **{f"mailings:{name}": _first("campaigns.Mailing", "token") for name in _MAILING},
    "mailings:do": lambda: (*_first("campaigns.Mailing", "token")(), "send"),
    **{
        f"survey_invitations:{name}": _first("surveys.Wave", "token")
        for name in ("board", "export", "new", "links")
    },
    "survey_invitations:act": lambda: (*_first("surveys.Wave", "token")(), "nobody", "revoke"),
    "survey_invitations:write": _first("campaigns.Mailing", "token"),
    "survey_invitations:remind": _first("campaigns.Mailing", "token"),
    "cms_campaign_chooser:chosen": _first("campaigns.Campaign"),
    "cms_event_chooser:chosen": _first("engagement.Event"),
    "cms_indicator_chooser:chosen": _first("indicators.Indicator"),
    "cms_wave_chooser:chosen": _first("surveys.Wave"),
    "surveys_office:questionnaire": _first("surveys.Questionnaire", "token"),
    "surveys_office:new_draft": _first("surveys.Survey", "token"),
    **{
        f"surveys_office:{name}": _first("surveys.Questionnaire", "token")
        for name in (
            "builder",
            "builder_act",
            "builder_preview",
            "builder_try",
            "builder_history",
        )
    },
    **{
        f"surveys_office:{name}": lambda: (
            *_first("surveys.Questionnaire", "token")(),
            "unknown",
        )
        for name in ("translation_file", "translation_file_apply")
    },
    "surveys_office:import_review": _words("unknown"),
    "surveys_office:export_progress": _words("unknown"),
    "surveys_office:export_file": _words("unknown"),
    **{
        f"surveys_office:{name}": _first("surveys.Questionnaire", "token")
        for name in (
            "translations",
            "change_languages",
            "publish_version",
            "new_version",
            "translation_export",
            "translation_upload",
            "xlsform",
        )
    },
    **{
        f"surveys_office:{name}": lambda: (*_first("surveys.Questionnaire", "token")(), "km")
        for name in (
            "translation",
            "translation_save",
            "translation_confirm",
            "translation_fill",
        )
    },
    **{
        f"surveys_office:{name}": _first("surveys.Wave", "token")
        for name in (
            "wave",
            "move",
            "publish",
            "responses",
            "export",
            "exports",
            "export_xlsx",
            "export_sav",
            "export_bundle",
            "export_ddi",
            "wave_changes",
        )
    },
    **{
        f"surveys_office:{name}": _first("surveys.Wave", "token")
        for name in (
            "live",
            "next",
            "wave_edit",
            "responses_import",
            "wave_delete",
            "quotas",
            "quotas_make",
            "quotas_recount",
            "exclusions",
            "compare",
            "flag",
            "exclude",
        )
    },
    "surveys_office:quota": lambda: (*_first("surveys.Wave", "token")(), 1),
    "surveys_office:quota_act": lambda: (*_first("surveys.Wave", "token")(), 1, "delete"),
    "surveys_office:revert": lambda: (*_first("surveys.Wave", "token")(), "x"),
    **{
        f"surveys_office:{name}": _first("surveys.Survey", "token")
        for name in ("wave_add", "scheme_add", "plan_add", "workbench", "workbench_csv")
    },
    "surveys_office:scheme": lambda: (
        *_first("surveys.Survey", "token")(),
        *_first("surveys.WeightingScheme")(),
    ),
    "surveys_office:plan_edit": lambda: (
        *_first("surveys.Survey", "token")(),
        *_first("surveys.AnalysisPlanEntry")(),
    ),
    **{f"registry_people:{name}": _person("VN") for name in (*_PEOPLE, *_MORE)},
    "registry_posts:appoint": _first("engagement.Post"),
    "registry_posts:end": _first("engagement.PostHolding"),
}
OBJECTS_ELSEWHERE: dict[str, Callable[[], tuple | str]] = {
    **{f"registry_people:{name}": _person("TH") for name in (*_PEOPLE, *_MORE)},
    "registry_organisations:inspect": _first("engagement.Organisation", area__code="TH"),
    "registry_posts:inspect": _first("engagement.Post", area__code="TH", body=None),
}
