"""Addresses of the settings, of oneself, and of the two switches."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.accounts import mine, people, preferences, unit_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", mine.index, name="settings"),
    path("settings/staff/", people.StaffList.as_view(), name="staff"),
    path("settings/staff/new/", people.add, name="person_add"),
    path("settings/staff/<uuid:uid>/", people.person, name="person"),
    path("settings/staff/<uuid:uid>/change/", people.change, name="person_change"),
    path("settings/staff/<uuid:uid>/password/", people.password, name="person_password"),
    path("settings/staff/<uuid:uid>/close/", people.deactivate, name="person_close"),
    path("settings/staff/<uuid:uid>/open/", people.reactivate, name="person_open"),
    path("settings/staff/<uuid:uid>/sign-out/", people.sign_out, name="person_sign_out"),
    path("settings/staff/<uuid:uid>/leave/", people.leave, name="person_leave"),
    path("settings/staff/<uuid:uid>/roles/", people.grant, name="role_grant"),
    path("settings/roles/<uuid:uid>/end/", people.end_role, name="role_end"),
    path("settings/staff/<uuid:uid>/deputies/", people.delegate, name="delegation_give"),
    path("settings/delegations/<uuid:uid>/revoke/", people.revoke, name="delegation_revoke"),
    path("settings/units/", unit_pages.tree, name="units"),
    path("settings/units/<uuid:uid>/", unit_pages.change, name="unit"),
    path("settings/units/<uuid:uid>/add/", unit_pages.add, name="unit_add"),
    path("settings/units/<uuid:uid>/move/", unit_pages.move, name="unit_move"),
    path("settings/units/<uuid:uid>/close/", unit_pages.close, name="unit_close"),
    path("profile/", mine.profile, name="profile"),
    path("profile/security/", mine.security, name="security"),
    path("profile/deputies/", mine.deputies, name="deputies"),
    path("profile/deputies/<uuid:uid>/revoke/", mine.revoke_deputy, name="deputy_revoke"),
    path("profile/tokens/", mine.tokens, name="tokens"),
    path("profile/tokens/<uuid:uid>/retract/", mine.retract_token, name="token_retract"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]
