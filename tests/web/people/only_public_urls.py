"""What a process serves under GRAVIDA_PARTS=public."""

from gravida.urls import addresses

urlpatterns = addresses(["public"])
handler404 = "gravida.web.views.not_found"
handler400 = "gravida.web.views.bad_request"
