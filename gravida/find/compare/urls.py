"""The address of the comparison."""

from django.urls import path

from gravida.find.compare import views

app_name = "compare"
urlpatterns = [path("compare/", views.page, name="page")]
