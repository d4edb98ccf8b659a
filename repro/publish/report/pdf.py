"""The report's page as PDF, through WeasyPrint."""

import logging


class PdfError(Exception):
    """A PDF cannot be made here; says what to install."""


def to_pdf(page: str) -> bytes:
    """A page of :mod:`repro.publish.report.page` as PDF. Nothing is loaded from anywhere.

    Raises:
        PdfError: WeasyPrint, or a library that it needs, is not here.

    """
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise PdfError(
            f"a PDF needs WeasyPrint, which does not load here ({error}); pip install 'repro-harness[pdf]', or print "
            "the HTML file from a browser"
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    pdf = weasyprint.HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf()
    assert isinstance(pdf, bytes)
    return pdf
