"""The audit trail as a Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gravida.web.audit"
    label = "audit"
