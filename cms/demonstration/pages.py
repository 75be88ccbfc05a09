"""What stands on the demonstration's pages. Facts name their source; the rest describes Suara."""

from campaigns.models import Campaign
from indicators.demonstration import neighbours
from indicators.models import Framework, Indicator


def home() -> dict:
    return {
        "title": "Home",
        "slug": "suara",
        "hero_title": "Your voice in the ASEAN Socio-Cultural Community",
        "lead": (
            "Answer a survey, comment on a draft, come to a consultation. Then see what was "
            "measured, how certain it is, and what came of what you said."
        ),
        "headline_figures": [
            ("figure", {"indicator": indicator, "area": "ASEAN", "heading": heading})
            for slug, heading in (
                ("kpi-22", "People who have heard of ASEAN"),
                ("kpi-24", "People who see a benefit"),
                ("satisfaction-asean-engagement", "Satisfied with ASEAN engagement"),
            )
            if (indicator := Indicator.objects.filter(slug=slug).first())
        ],
        "body": [
            ("heading", "What happens with what you say"),
            (
                "paragraph",
                "<p>Answers to a survey become a figure only together with the answers of others. "
                "Each figure shows how many people answered, how uncertain it is, and which "
                "question it comes from. Comments on a draft are kept word by word, and each "
                "receives a published reply with a reason.</p>",
            ),
        ],
    }


def frameworks() -> list[Framework]:
    """The frameworks of the plan; published surveys and what is made up stand in the ledger only."""
    real = Framework.objects.exclude(nodes__kind="survey").exclude(slug=neighbours.SLUG)
    return list(real.order_by("position", "title").distinct())


def plan() -> dict:
    return {
        "title": "The plan",
        "slug": "plan",
        "lead": (
            "What the ASEAN Socio-Cultural Community set out to do, and what is measured for each "
            "part of it."
        ),
    }


def news_index() -> dict:
    return {"title": "News", "slug": "news", "lead": "What has been decided, asked and published."}


def campaign() -> dict:
    found = Campaign.objects.order_by("pk").first()
    body = [
        ("heading", "Three ways to take part"),
        (
            "paragraph",
            "<ul><li><b>Answer the survey.</b> It takes about ten minutes on a phone and does not "
            "ask your name.</li><li><b>Come to a consultation.</b> Some are open to everybody, "
            "others to bodies and organisations concerned.</li><li><b>Comment on the draft.</b> "
            "Say what should change in a measure, and why.</li></ul>",
        ),
    ]
    return {
        "title": "Have your say",
        "slug": "have-your-say",
        "campaign": found,
        "lead": (
            "The ASCC Strategic Plan concerns the daily life of everybody in the region. Tell us "
            "what matters to you."
        ),
        "body": body,
    }


def resources() -> dict:
    return {
        "title": "Resources",
        "slug": "resources",
        "lead": "Publications that the figures and texts on this site rest on.",
        "resources": [
            (
                "resource",
                {
                    "title": "Mid-Term Review of the ASCC Blueprint 2025, Executive Summary",
                    "text": (
                        "The review of how the Blueprint was carried out: 32 indicators, 45 with "
                        "their parts, of which 19 lacked sufficient data against the baseline of "
                        "2016."
                    ),
                    "publisher": "ASEAN Secretariat, 2020",
                    "document": None,
                    "address": "https://asean.org/our-communities/asean-socio-cultural-community/",
                },
            ),
            (
                "resource",
                {
                    "title": "Monitoring of the ASEAN Socio-Cultural Community",
                    "text": (
                        "The characteristics, the 18 key result areas and the two monitoring tools."
                    ),
                    "publisher": "ASEAN Secretariat",
                    "document": None,
                    "address": (
                        "https://asean.org/our-communities/asean-socio-cultural-community/"
                        "monitoring/overview"
                    ),
                },
            ),
            (
                "resource",
                {
                    "title": "Supporting the Development of the ASCC Strategic Plan",
                    "text": (
                        "The project that accompanies the plan with consultations and outreach."
                    ),
                    "publisher": "Japan-ASEAN Integration Fund, state of 28 February 2025",
                    "document": None,
                    "address": (
                        "https://jaif.asean.org/project-brief/supporting-the-development-of-the-"
                        "asean-socio-cultural-community-ascc-strategic-plan/"
                    ),
                },
            ),
        ],
    }


def about() -> dict:
    return {
        "title": "About",
        "slug": "about",
        "lead": "What Suara is for, who speaks here, and how the numbers come about.",
        "body": [
            (
                "paragraph",
                "<p>Suara means voice in Malay and Indonesian. It is a tool for consulting the "
                "people and institutions concerned by the ASEAN Socio-Cultural Community, and for "
                "showing what came of it.</p><p>This installation is a demonstration. It is not a "
                "website of ASEAN or of its Secretariat, and nothing on it is an official "
                "statement. Facts about ASEAN carry their source; people, responses, mailings and "
                "events are invented and marked as such.</p>",
            ),
            ("heading", "How a number comes about"),
            (
                "paragraph",
                "<p>Somebody answers a survey. The answers are weighted so that they resemble the "
                "population they stand for, and a figure is estimated with the interval in which "
                "the true value probably lies. The figure is written to the ledger of indicators "
                "together with the survey, the question, the number of answers and the method. "
                "Every page that shows it reads it from there.</p><p>A figure from a survey that "
                "anybody could answer is not a figure of the whole population; the page of the "
                "indicator says which kind of survey it was.</p>",
            ),
            ("heading", "Accessibility"),
            (
                "paragraph",
                "<p>The site is made for small screens and slow connections, works with a "
                "keyboard, with a screen reader and without scripts, in light and dark, and on "
                "paper. Where it does not, tell us: that is a fault, not a wish.</p>",
            ),
        ],
    }


def privacy() -> dict:
    return {
        "title": "Privacy",
        "slug": "privacy",
        "lead": "What is kept about you, why, for how long, and how to have it removed.",
        "body": [
            ("heading", "When you answer a survey"),
            (
                "paragraph",
                "<p>Before the first question the survey says whether it is anonymous. In an "
                "anonymous survey nothing that is kept leads from an answer to a person: no name, "
                "no e-mail address, no internet address. If you were invited by a personal link, "
                "only the day of its use is noted, without a connection to your answers.</p><p>"
                "After you have sent your answers you receive a <b>receipt code</b>. With it you "
                "can have your answers removed. We keep only a scrambled form of the code: nobody "
                "but you can find your answers with it, and we cannot replace a lost one.</p>",
            ),
            ("heading", "When you register for a consultation"),
            (
                "paragraph",
                "<p>We keep your name, your e-mail address, your organisation and what you told us "
                "about your needs, to hold a place for you and to write to you about the event. "
                "You can change or cancel your registration by the link in the confirmation.</p>",
            ),
            ("heading", "When we write to you"),
            (
                "paragraph",
                "<p>You receive letters about campaigns only after you agreed, for that purpose. "
                "We note when and with which words you agreed. Every letter carries a link that "
                "ends it with one click; it works at once and without signing in.</p>",
            ),
            ("heading", "When you comment on a draft"),
            (
                "paragraph",
                "<p>Your comment is kept with the wording it was made on. It is published with "
                "your name only where the form says so before you send it.</p>",
            ),
            ("heading", "What this site puts on your device"),
            (
                "paragraph",
                "<p>A cookie for the language you chose, one for signing in, and one that lets you "
                "go on with a survey you began. No visitor statistics, no advertising, nothing "
                "loaded from elsewhere. The choice of light or dark is kept in your browser "
                "only.</p>",
            ),
            ("heading", "Your rights"),
            (
                "paragraph",
                "<p>You may see what is kept about you, have it corrected and have it removed. "
                "The personal links in our letters let you do most of this yourself.</p>",
            ),
        ],
    }
