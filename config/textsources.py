"""Where the texts stand that people meet: templates, modules and choices, for the two sets of texts.

Paths are relative to the project. `config.catalogues` reads them.
"""

# The style guide is for people who build and is English only; the back office is English for now.
NOT_PUBLIC = {"backoffice", "wagtailadmin", "styleguide.html"}
# Modules whose texts meet a visitor: pages, forms, letters, labels of what is shown.
PUBLIC_MODULES = (
    "campaigns/forms.py",
    "campaigns/views/*.py",
    "cms/live.py",
    "cms/templatetags/*.py",
    "cms/views/*.py",
    "engagement/accountwords.py",
    "engagement/events/*.py",
    "engagement/forms/*.py",
    "engagement/views/*.py",
    "indicators/activityviews.py",
    "indicators/charts/*.py",
    "indicators/composition.py",
    "indicators/evidence.py",
    "indicators/formatting.py",
    "indicators/forms.py",
    "indicators/judging.py",
    "indicators/pages/*.py",
    "indicators/printed/*.py",
    "indicators/progress/*.py",
    "indicators/readings.py",
    "indicators/stated.py",
    "indicators/tabulation/*.py",
    "indicators/views/*.py",
    "indicators/workings.py",
)
# Choices that public pages show by their label: the module, and the class in it.
PUBLIC_CHOICES = (
    ("indicators/models/activities.py", "Activity.Status"),
    ("indicators/models/activities.py", "Activity.Type"),
    ("indicators/models/evidence.py", "Evidence.Kind"),
    ("indicators/models/frameworks.py", "FrameworkNode.Kind"),
    ("indicators/models/frameworks.py", "NodeMapping.Kind"),
    ("indicators/models/indicators.py", "Indicator.Aggregation"),
    ("indicators/models/indicators.py", "Indicator.DataRoute"),
    ("indicators/models/indicators.py", "Indicator.Direction"),
    ("indicators/models/indicators.py", "Indicator.PrintedProgress"),
    ("indicators/models/indicators.py", "Indicator.PrintedSufficiency"),
    ("indicators/models/indicators.py", "Indicator.ProgressMethod"),
    ("indicators/models/observations.py", "Observation.Qualifier"),
    ("indicators/models/observations.py", "ObservationStatus"),
    ("indicators/models/observations.py", "Revision.Kind"),
    ("indicators/models/reporting.py", "Submission.State"),
)
# Where a respondent's templates begin; what they extend and include is found from there.
RESPONDENT_TEMPLATES = (
    "surveys/*.html",
    "errors/*.html",
    "campaigns/preferences.html",
    "campaigns/unsubscribe*.html",
    "emails/mailing.*",
    "emails/blocks/*.html",
)
# Where a respondent's modules begin; what they import of `surveys` is found from there.
RESPONDENT_MODULES = (
    "surveys/views/**/*.py",
    "campaigns/forms.py",
    "cms/templatetags/site.py",
)
# Reached by those imports, but their texts are read in the back office only.
OFFICE_ONLY = (
    "surveys/models/",
    "surveys/questionnaire/",
    "surveys/protection/links.py",
)
# Of these modules respondents read only the texts named; the rest is for the back office.
PARTLY = {
    "campaigns/rendering.py": (
        "You receive this because you agreed to hear from us about this subject.",
        "colleague",
        "your organisation",
        "your country",
    ),
    "campaigns/letters.py": (
        "Reminder: %(title)s",
        "Some days ago we invited you to the survey “%(title)s”. Your answer has not arrived yet. If you have just answered: thank you, and please forgive this letter.",
        "Your opinion is asked for: %(title)s",
        "We invite you to take part in the survey “%(title)s”.",
        "Dear {salutation},",
        "Your answers are anonymous. Your link tells us only that it was used, and on which day; nothing connects it with what you answer.",
        "Your answers are confidential: only the survey's own office can see who answered what.",
        "The link is for you alone and can be used once. You may stop and go on later with it.",
        "The survey is open until %(day)s.",
        "Answer the survey",
    ),
    "engagement/models/consent.py": (
        "news and campaigns",
        "invitations to consultations",
        "invitations to surveys",
        "drafts open for comments",
    ),
    # Value labels of data files, in the language of the file.
    "surveys/exports/words.py": (
        "Don't know",
        "Refused",
        "Not asked",
        "Not chosen",
        "Chosen",
        "Agreed",
    ),
    "surveys/services/invitations.py": (
        "This survey is by invitation. Please open the link in your letter.",
        "This link is not valid. Please check it, or use the one in your latest letter.",
        "You have already answered.",
        "The time in which this link could be used is over.",
        "This link was taken back by the survey's office. Please use the latest one.",
    ),
    "surveys/services/quotas.py": (
        "Your answers cannot be counted at the moment because of a mistake in this survey's "
        "settings. Nothing is lost: please try again later.",
    ),
}
# Dates are written with full names; Django has them in most of our languages, not in all.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
