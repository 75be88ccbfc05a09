"""Words of the account pages that come from the sign-in library.

The library has no Vietnamese catalogue and only parts of the others. Its texts are listed here, so
that translators meet them and the site's own catalogues, which are asked first, carry them.
"""

from django.utils.translation import gettext_noop as _

TRANSLATABLE_WORDS = (
    _("Email"),
    _("Email (again)"),
    _("Email address"),
    _("Password"),
    _("Password (again)"),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Forgot your password?"),
    _("Remember Me"),
    _("Sign In"),
    _("Sign Out"),
    _("Sign Up"),
    _("Signup"),
    _("Sign Up Closed"),
    _("We are sorry, but the sign up is currently closed."),
    _("Already have an account? Then please %(link)ssign in%(end_link)s."),
    _("Are you sure you want to sign out?"),
    _("Password Reset"),
    _("Reset My Password"),
    _(
        "Forgotten your password? Enter your email address below, and we'll send you an email allowing you to reset it."
    ),
    _("Please contact us if you have any trouble resetting your password."),
    _(
        "We have sent you an email. If you have not received it please check your spam folder. Otherwise contact us if you do not receive it in a few minutes."
    ),
    _(
        "We have sent an email to you for verification. Follow the link provided to finalize the signup process. If you do not see the verification email in your main inbox, check your spam folder. Please contact us if you do not receive the verification email within a few minutes."
    ),
    _("Verify Your Email Address"),
    _("Confirm Email Address"),
    _("Confirm"),
    _("Cancel"),
    _("Change Password"),
    _("Your password is now changed."),
    _("Bad Token"),
    _("Account Inactive"),
    _("This account is inactive."),
    _("This account is currently inactive."),
    _("Enter your password:"),
    _("The email address and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("The password reset token was invalid."),
    _("Code"),
    _("Authenticator App"),
    _("Authenticator secret"),
    _("Activate Authenticator App"),
    _("Deactivate Authenticator App"),
    _("Authentication using an authenticator app is active."),
    _("An authenticator app is not active."),
    _("You can store this secret and use it to reinstall your authenticator app at a later time."),
    _("Two-Factor Authentication"),
    _("Recovery Codes"),
    _("No recovery codes set up."),
    _("Activate"),
    _("Deactivate"),
    _("Generate"),
    _("View"),
    _("Download"),
)
