"""The style guide: every token and component with sample content. Served in DEBUG only."""

from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms import contrast


class SampleForm(forms.Form):
    """A form with one field of each kind, bound so that its errors show."""

    name = forms.CharField(label="Name", help_text="As it should stand on your badge.")
    organisation = forms.CharField(label="Organisation", required=False)
    message = forms.CharField(label="Comment", widget=forms.Textarea(attrs={"rows": 4}))
    area = forms.ChoiceField(
        label="Member state", choices=[("", "Choose one"), ("ID", "Indonesia"), ("VN", "Viet Nam")]
    )
    heard = forms.ChoiceField(
        label="Have you heard of ASEAN?",
        choices=[("yes", "Yes"), ("no", "No"), ("-9", "I do not know")],
        widget=forms.RadioSelect,
    )
    sources = forms.MultipleChoiceField(
        label="Where did you hear of it?",
        help_text="Choose all that apply.",
        required=False,
        choices=[("tv", "Television"), ("web", "A website"), ("school", "School")],
        widget=forms.CheckboxSelectMultiple,
    )
    when = forms.DateField(
        label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    agree = forms.BooleanField(label="I agree that my remark is published with my name.")


SAMPLE_FIGURE = SimpleNamespace(
    title="Share of people who have heard of ASEAN",
    observation=True,
    value_text="72.4 %",
    interval_text="69.8 to 74.9 %",
    n=2200,
    period="2026",
    is_demonstration=True,
    is_stale=False,
    url="#figure",
)
SAMPLE_TABLE = {
    "headers": ["Member state", "Value", "Interval", "n"],
    "rows": [
        ["Indonesia", "74.1", "70.2 to 77.8", "412"],
        ["Viet Nam", "69.0", "64.4 to 73.3", "377"],
    ],
}
SCRIPTS = [
    ("en", "Your voice counts."),
    ("km", "សំឡេងរបស់អ្នកមានតម្លៃ។"),
    ("lo", "ສຽງຂອງທ່ານມີຄວາມໝາຍ."),
    ("my", "သင့်အသံသည် အရေးကြီးသည်။"),
    ("th", "เสียงของคุณมีความหมาย"),
    ("ta", "உங்கள் குரல் முக்கியமானது."),
    ("vi", "Tiếng nói của bạn có ý nghĩa."),
]


def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The style guide is shown in DEBUG only.")
    contrasts = {theme: contrast.measured(theme) for theme in ("light", "dark")}
    return render(
        request,
        "pages/styleguide.html",
        {
            "contrasts": [
                {"light": light, "dark": dark}
                for light, dark in zip(contrasts["light"], contrasts["dark"], strict=True)
            ],
            "colours": list(contrast.tokens("light")),
            "sizes": range(6, -1, -1),
            "spaces": range(1, 8),
            "scripts": SCRIPTS,
            "figure": SAMPLE_FIGURE,
            "no_figure": SimpleNamespace(
                title="Share who see a benefit", observation=None, url="#"
            ),
            "sample_table": SAMPLE_TABLE,
            "form": SampleForm({"name": "Amina", "message": "", "heard": "yes"}, auto_id="sg_%s"),
            "page_obj": Paginator(range(480), 20).page(5),
            "breadcrumb": [{"label": "Home", "url": "/"}, {"label": "Style guide"}],
        },
    )
