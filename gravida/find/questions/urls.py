"""Addresses of the questions by study and by kind of study."""

from django.urls import path

from gravida.find.questions import views

app_name = "questions"
urlpatterns = [
    path("faq/", views.kinds, name="kinds"),
    path("faq/<slug:kind>/", views.kind_faq, name="kind"),
    path("studies/<number:number>/faq/", views.study_faq, name="study"),
]
