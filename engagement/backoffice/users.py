"""Accounts in the back office. Only administrators reach it; only superusers touch superusers."""

from allauth.account.models import EmailAddress as AccountEmail
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms as wagtail_forms
from wagtail.users.views import users as wagtail_users

User = get_user_model()


class _AccountForm(wagtail_forms.UserForm):
    first_name = last_name = is_superuser = None
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    field_order = ["email", "name", "language", "password1", "password2", "is_active", "groups"]
    error_messages = {
        **wagtail_forms.UserForm.error_messages,
        "duplicate_username": _("Another account signs in with this e-mail address already."),
    }

    def clean_email(self):
        email = User.objects.normalize_email(self.cleaned_data["email"]).lower()
        same = User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(self.error_messages["duplicate_username"])
        return email

    def separate_username_field(self):
        return False


class AccountCreationForm(_AccountForm):
    class Meta:
        model = User
        fields = ["email", "name", "language", "groups"]
        widgets = {"groups": forms.CheckboxSelectMultiple}


class AccountEditForm(_AccountForm):
    password_required = False

    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_active"]

    class Meta:
        model = User
        fields = ["email", "name", "language", "is_active", "groups"]
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def save(self, commit=True):
        user = super().save(commit)
        if commit and "email" in self.changed_data:
            # The old address must not sign in any more; the new one is confirmed at sign-in.
            AccountEmail.objects.filter(user=user).exclude(email__iexact=user.email).delete()
        return user


class _SuperusersOnly:
    """Only a superuser may change or delete a superuser."""

    def dispatch(self, request, *args, **kwargs):
        if self.get_object().is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EditView(_SuperusersOnly, wagtail_users.EditView):
    pass


class IndexView(wagtail_users.IndexView):
    @property
    def search_fields(self):
        return {"name", "email"}

    def order_queryset(self, queryset):
        if self.ordering in {"name", "-name"}:
            return queryset.order_by(self.ordering, "email")
        return super().order_queryset(queryset)


class UserViewSet(wagtail_users.UserViewSet):
    index_view_class = IndexView
    edit_view_class = EditView
    copy_view_enabled = False
    template_prefix = "engagement/backoffice/users/"

    def get_form_class(self, for_update=False):
        return AccountEditForm if for_update else AccountCreationForm

    @property
    def index_template_name(self):
        return "wagtailusers/users/index.html"

    @property
    def index_results_template_name(self):
        return "wagtailusers/users/index_results.html"

    @property
    def delete_template_name(self):
        return "wagtailusers/users/confirm_delete.html"
