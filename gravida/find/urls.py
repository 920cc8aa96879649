"""Addresses of FIND."""

from django.urls import path

from gravida.find import feeds, views

app_name = "find"
urlpatterns = [
    path("", views.home, name="home"),
    path("studies/", views.search_page, name="search"),
    path("studies.atom", feeds.atom, name="atom"),
    path("studies.json", feeds.json, name="json"),
    path("studies/<str:number>/", views.study_page, name="study"),
    path("studies/<str:number>/picture.svg", views.picture, name="picture"),
]
