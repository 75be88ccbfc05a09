"""News of the demonstration: three facts with their source, and two items that are made up."""

from datetime import date


def items() -> list[dict]:
    return [
        {
            "title": "The ASCC Strategic Plan was adopted with the vision for 2045",
            "slug": "strategic-plan-adopted",
            "published_on": date(2025, 5, 26),
            "lead": (
                "On 26 May 2025 the Leaders adopted the plan at the 46th Summit in Kuala Lumpur, "
                "together with the plans of the other communities."
            ),
            "source": "thesun.my and vietnamnews.vn, reports on the 46th ASEAN Summit, May 2025",
            "body": [
                (
                    "paragraph",
                    "<p>The plan is part of “ASEAN 2045: Our Shared Future” and stands beside the "
                    "political-security, economic and connectivity plans.</p><p>A regional forum "
                    "in Kuala Lumpur on 19 August 2025 described it as 12 strategic goals, 16 "
                    "objectives and 112 measures, and said that the consultations had reached over "
                    "4,000 people. The official names of the goals are not on this site yet: we "
                    "have not found them in an official text.</p>",
                )
            ],
        },
        {
            "title": "Timor-Leste is the eleventh member state",
            "slug": "timor-leste-eleventh-member",
            "published_on": date(2025, 10, 26),
            "lead": (
                "The declaration on its admission was signed at the 47th Summit in Kuala Lumpur on "
                "26 October 2025."
            ),
            "source": "ianslive.in and vietnamnews.vn, reports on the 47th ASEAN Summit, Oct 2025",
            "body": [
                (
                    "paragraph",
                    "<p>For the figures on this site it means that an average of ASEAN before that "
                    "date covers ten states and one after it eleven. Each average names the states "
                    "it was made of.</p>",
                )
            ],
        },
        {
            "title": "Baselines and targets are being set for the new results framework",
            "slug": "results-framework-baselines",
            "published_on": date(2025, 8, 19),
            "lead": (
                "The framework that will measure the Strategic Plan is in development; no adopted "
                "list of its indicators is known."
            ),
            "source": (
                "aseangazette.com and vietnamplus on the 12th working group, Ha Noi, June 2025; "
                "DSWD on the consultation with sectoral bodies in Manila (undated)"
            ),
            "body": [
                (
                    "paragraph",
                    "<p>The working group met in Ha Noi on 23 and 24 June 2025 to begin drafting "
                    "it. A first regional consultation with the sectoral bodies on baselines and "
                    "targets followed in Manila. Until a list is adopted, this site shows the "
                    "indicators of the Blueprint 2025.</p>",
                )
            ],
        },
        {
            "title": "The first wave of the awareness survey is closed",
            "slug": "first-wave-closed",
            "published_on": date(2026, 10, 1),
            "lead": "2,200 invented people answered it, so that you can see how results look.",
            "is_demonstration": True,
            "source": "Made up for this demonstration",
            "body": [
                (
                    "paragraph",
                    "<p>The figures on the home page come from this wave and from what visitors "
                    "answer in the wave that is open now. Answer it yourself, and watch the number "
                    "of answers change within seconds.</p>",
                )
            ],
        },
        {
            "title": "A report shows what came of the values that were handed in",
            "slug": "report-on-neighbours",
            "published_on": date(2026, 10, 20),
            "lead": "A made-up framework shows the way from a ministry's value to a printed report.",
            "is_demonstration": True,
            "source": "Made up for this demonstration",
            "body": [
                (
                    "paragraph",
                    "<p>Member states and a sectoral body handed in values; two were returned with "
                    "a reason. ASEAN's mean was computed from the states that have a value, and "
                    "where too few have one there is none.</p><p>Read the "
                    '<a href="/indicators/reports/">report</a>, see '
                    '<a href="/indicators/changes/">what has changed since</a>, or open the '
                    '<a href="/indicators/?framework=neighbours">framework</a>.</p>',
                )
            ],
        },
    ]
