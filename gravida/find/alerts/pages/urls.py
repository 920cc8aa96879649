"""Addresses of alerts. Only the sign-up of a study names it; what stands in mails says nothing."""

from django.urls import path

from gravida.find.alerts.pages import views_links, views_private, views_sign_up

app_name = "alerts"
urlpatterns = [
    path("studies/<number:number>/alerts/", views_sign_up.study, name="study"),
    path("alerts/", views_sign_up.search, name="search"),
    path("alerts/asked/", views_sign_up.asked, name="asked"),
    path("alerts/<token:token>/", views_private.news, name="news"),
    path("alerts/<token:token>/settings/", views_private.settings, name="settings"),
    path("alerts/<token:token>/confirm/", views_links.confirm, name="confirm"),
    path("alerts/<token:token>/still/", views_links.still, name="still"),
    path("alerts/<token:token>/stop/", views_links.stop, name="stop"),
]
