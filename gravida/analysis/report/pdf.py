"""The report as a tagged PDF (PDF/UA), made from the same page as the HTML."""

import logging

from gravida.analysis.report.html import report_html
from gravida.analysis.report.results import Results
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.plan import Plan


def report_pdf(results: Results, plan: Plan, definitions: Definitions | None, *, language: str) -> bytes:
    """The PDF of one language, tagged for those who listen to the page. Nothing is ever fetched."""
    import weasyprint  # noqa: PLC0415 - it loads pango, which the other outputs do not need

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    text = report_html(results, plan, definitions, language=language, for_print=True)
    found: bytes = weasyprint.HTML(string=text, url_fetcher=_inside_only()).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=bytes.fromhex(results.identity.plan_hash[:32])
    )
    return found


def _inside_only() -> object:
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - as above

    return URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
