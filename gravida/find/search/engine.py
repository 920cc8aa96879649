"""The search itself: one request in, the studies found out."""

from datetime import datetime

from gravida.find.search.request import SearchRequest, SearchResult


def search(request: SearchRequest, *, now: datetime) -> SearchResult:
    """The studies that fit a request; answers from the database while the index is being made again."""
    raise NotImplementedError
