"""Addresses of signing in, of one's own account, of people and of the audit trail; all below /staff/."""

from django.urls import path

from gravida.web.audit import views as audit_views
from gravida.web.people import views_account, views_links, views_people, views_sign_in

app_name = "staff"
urlpatterns = [
    path("", views_account.home, name="home"),
    path("sign-in/", views_sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", views_sign_in.code, name="code"),
    path("sign-in/set-up/", views_sign_in.set_up, name="set_up"),
    path("sign-out/", views_sign_in.sign_out, name="sign_out"),
    path("still-here/", views_sign_in.still_here, name="still_here"),
    path("password/", views_links.ask_for_reset, name="ask_for_reset"),
    path("welcome/<str:token>/", views_links.invitation, name="invitation"),
    path("reset/<str:token>/", views_links.reset, name="reset"),
    path("kept/", views_account.kept, name="kept"),
    path("kept/discard/", views_account.discard_kept, name="discard_kept"),
    path("account/", views_account.account, name="account"),
    path("account/password/", views_account.password, name="password"),
    path("account/second-factor/", views_account.change_app, name="change_app"),
    path("account/recovery-codes/", views_account.recovery_codes, name="recovery_codes"),
    path("account/language/", views_account.language, name="language"),
    path("account/sessions/<int:number>/end/", views_account.end_session, name="end_session"),
    path("people/", views_people.people, name="people"),
    path("people/invite/", views_people.invite, name="invite"),
    path("people/<int:number>/", views_people.person, name="person"),
    path("people/<int:number>/roles/", views_people.give_role, name="give_role"),
    path("people/<int:number>/roles/<int:role>/end/", views_people.end_role, name="end_role"),
    path("people/<int:number>/<str:act>/", views_people.act, name="act_on_person"),
    path("audit/", audit_views.entries, name="audit"),
]
