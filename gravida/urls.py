"""The public addresses. An address without a language answers in the visitor's; /en/ and /fr/ fix it."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
