"""Questions and answers as structured data for search engines: schema.org's FAQPage."""

import json
from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from gravida.find.json_ld import ESCAPES
from gravida.find.questions.faq import Faq


def faq_data(questions: Iterable[Faq], *, address: str, language: str) -> SafeString:
    """JSON-LD of the questions, safe inside a script block."""
    data = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": address,
        "inLanguage": language,
        "mainEntity": [
            {
                "@type": "Question",
                "name": one.question,
                "url": f"{address}#faq-{one.id}",
                "acceptedAnswer": {"@type": "Answer", "text": one.answer},
            }
            for one in questions
        ],
    }
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - escaped above
