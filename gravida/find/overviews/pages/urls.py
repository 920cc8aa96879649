"""Public addresses of overviews."""

from django.urls import path

from gravida.find.overviews.pages import views

app_name = "understood"
urlpatterns = [
    path("studies/<number:number>/how-easy/", views.how_easy, name="how_easy"),
    path("studies/<number:number>/how-easy/thanks/", views.thanks, name="thanks"),
]
