"""What a process serves under GRAVIDA_PARTS=staff."""

from gravida.urls import addresses

urlpatterns = addresses(["staff"])
handler404 = "gravida.web.views.not_found"
handler403 = "gravida.web.views.forbidden"
