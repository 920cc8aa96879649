"""Addresses of the staff's page of mails; below /staff/."""

from django.urls import path

from gravida.web.mail import views

app_name = "mail"
urlpatterns = [
    path("mail/", views.troubled, name="troubled"),
    path("mail/<int:number>/<slug:what>/", views.act, name="act"),
]
