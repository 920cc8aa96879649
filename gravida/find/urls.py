"""Addresses of FIND."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gravida.find import feeds, views


class NumberConverter(StringConverter):
    """A registry number: letters, figures and hyphens, nothing that a database could stumble over."""

    regex = "[A-Za-z0-9-]{3,20}"


register_converter(NumberConverter, "number")

app_name = "find"
urlpatterns = [
    path("", views.home, name="home"),
    path("studies/", views.search_page, name="search"),
    path("studies.atom", feeds.atom, name="atom"),
    path("studies.json", feeds.json, name="json"),
    path("studies/<number:number>/", views.study_page, name="study"),
    path("studies/<number:number>/picture.svg", views.picture, name="picture"),
]
