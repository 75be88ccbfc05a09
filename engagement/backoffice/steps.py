"""Small forms that make one step through a service: the frame all event screens share."""

from abc import abstractmethod

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages

from engagement.backoffice.guarded import visible_or_404
from engagement.errors import EngagementError


class ReasonForm(forms.Form):
    """Why a step is made. The person concerned reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person concerned reads it."),
    )


class NoForm(forms.Form):
    """A step that needs nothing but a yes."""


class StepView(View):
    """One step on one visible record: GET asks, POST does it through a service.

    A domain error is shown as a sentence above the form; nothing was done then.
    """

    model: type
    permission = ""
    form_class: type[forms.Form] = NoForm
    title = ""
    success = _("Done.")

    def dispatch(self, request, pk, *args, **kwargs):
        self.record = visible_or_404(request, self.model, pk)
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, pk, *args, **kwargs)

    def form(self, data=None) -> forms.Form:
        return self.form_class(data)

    def get(self, request, pk):
        return self.page(self.form(), 200)

    def post(self, request, pk):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            self.step(form, at=timezone.now(), by=request.user)
        except EngagementError as error:
            form.add_error(None, str(error))
            return self.page(form, 409)
        messages.success(request, self.success)
        return redirect(self.back_url())

    @abstractmethod
    def step(self, form, *, at, by) -> None:
        """Do it. A domain error is shown to the user; anything else is a fault."""

    @abstractmethod
    def back_url(self) -> str:
        """Where the user goes afterwards, or on cancelling."""

    def page(self, form, status):
        context = {
            "form": form,
            "header_title": self.title,
            "page_title": self.title,
            "page_subtitle": str(self.record),
            "back_url": self.back_url(),
            "media": form.media,
        }
        return render(self.request, "engagement/backoffice/small_form.html", context, status=status)
