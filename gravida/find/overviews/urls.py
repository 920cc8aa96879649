"""Addresses of the staff's pages of overviews, all below /staff/."""

from django.urls import path

from gravida.find.overviews import views_acts, views_editor, views_history, views_list, views_notes

app_name = "overviews"
_TEXT = "overviews/<slug:number>/<slug:language>/"
urlpatterns = [
    path("overviews/", views_list.overviews, name="list"),
    path("overviews/<slug:number>/", views_list.study, name="study"),
    path("overviews/<slug:number>/notes/<int:note>/", views_notes.change, name="note"),
    path("overviews/<slug:number>/notes/<int:note>/<slug:what>/", views_notes.act, name="note_do"),
    path(_TEXT, views_editor.edit, name="edit"),
    path(_TEXT + "preview/", views_editor.preview, name="preview"),
    path(_TEXT + "do/<slug:act>/", views_acts.act, name="do"),
    path(_TEXT + "finding/", views_acts.finding, name="finding"),
    path(_TEXT + "generation/", views_acts.generation, name="generation"),
    path(_TEXT + "versions/", views_history.versions, name="versions"),
    path(_TEXT + "versions/<int:version>/", views_history.version, name="version"),
    path(_TEXT + "note/", views_notes.new, name="note_new"),
]
