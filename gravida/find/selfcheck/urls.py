"""The address of the self-check."""

from django.urls import path

from gravida.find.selfcheck import views

app_name = "selfcheck"
urlpatterns = [path("studies/<number:number>/self-check/", views.page, name="page")]
