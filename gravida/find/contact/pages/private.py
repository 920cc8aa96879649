"""Private answers: kept by nobody, told to nobody, found by no search engine."""

from django.http import HttpResponse

ROBOTS = "noindex, nofollow, noarchive"


def private(answer: HttpResponse) -> HttpResponse:
    """The answer with the headers of a private page."""
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = ROBOTS
    answer["Referrer-Policy"] = "no-referrer"
    return answer
