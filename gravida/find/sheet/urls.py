"""The address of the printed page, under its study's."""

from django.urls import path

from gravida.find.sheet import views

app_name = "sheet"
urlpatterns = [path("studies/<number:number>/page/", views.page, name="page")]
