"""The sign-in library's doors, named one by one with their access: what is not here does not exist (ACC-4)."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from accounts import passkeys
from accounts.access import public, signed_in, while_locked
from accounts.library_views import AuthenticateView, LoginView, overview
from accounts.mfa import before_second_factor

SIGN_OUT = "account_logout"
# address under /accounts/, view, its name in the library
PUBLIC = [
    ("login/", LoginView.as_view(), "account_login"),
    ("inactive/", account.account_inactive, "account_inactive"),
    ("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    ("confirm-email/<str:key>/", account.confirm_email, "account_confirm_email"),
    ("passkey/", passkeys.LoginView.as_view(), "mfa_login_webauthn"),
    ("password/reset/", account.password_reset, "account_reset_password"),
    ("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    ("password/reset/key/done/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    ("second-step/", AuthenticateView.as_view(), "mfa_authenticate"),
]
# For anyone signed in, about nothing but their own account; staff may come here before their second factor.
OWN = [
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    ("password/change/", account.password_change, "account_change_password"),
    ("password/set/", account.password_set, "account_set_password"),
    ("second-step/overview/", overview, "mfa_index"),
    ("second-step/again/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("second-step/app/", totp.activate_totp, "mfa_activate_totp"),
    ("second-step/app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("second-step/passkeys/", webauthn.list_webauthn, "mfa_list_webauthn"),
    ("second-step/passkeys/new/", passkeys.AddView.as_view(), "mfa_add_webauthn"),
    ("second-step/passkeys/again/", passkeys.ReauthenticateView.as_view(), "mfa_reauthenticate_webauthn"),
    ("second-step/passkeys/<int:pk>/name/", passkeys.RenameView.as_view(), "mfa_edit_webauthn"),
    ("second-step/passkeys/<int:pk>/remove/", passkeys.RemoveView.as_view(), "mfa_remove_webauthn"),
    ("second-step/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("second-step/codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
]

urlpatterns = [path(f"accounts/{where}", public(view), name=name) for where, view, name in PUBLIC]
urlpatterns.append(path("accounts/logout/", while_locked(public(account.logout)), name=SIGN_OUT))
urlpatterns.append(
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    )
)
urlpatterns += [
    path(f"accounts/{where}", before_second_factor(signed_in(view)), name=name) for where, view, name in OWN
]
