"""The address of the glossary."""

from django.urls import path

from gravida.find.glossary import views

app_name = "glossary"
urlpatterns = [path("glossary/", views.page, name="page")]
