"""HTML to a tagged PDF (PDF/UA-1). Runs in a worker only: the renderer's memory grows with every document."""

from __future__ import annotations

import io
import re
from pathlib import Path

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

ASSETS = re.compile(r"asset:([a-z0-9-]+\.(?:woff2|css))")
FOLDERS = {".woff2": Path("static/build/fonts"), ".css": Path("files/styles")}


class AssetFetcher(URLFetcher):
    """Serves the project's own fonts and styles by name, `asset:NAME`, and nothing else from anywhere."""

    def fetch(self, url, headers=None):
        """Return the named asset; anything else ends the rendering."""
        named = ASSETS.fullmatch(url)
        if named is None:
            raise FatalURLFetchingError(f"a document may not fetch {url[:80]}")
        path = settings.BASE_DIR / FOLDERS[Path(named[1]).suffix] / named[1]
        kind = "font/woff2" if path.suffix == ".woff2" else "text/css"
        return URLFetcherResponse(url, body=io.BytesIO(path.read_bytes()), headers={"Content-Type": kind})


def render_pdf(html: str) -> bytes:
    """Return the tagged PDF of an HTML document in the style of `files/styles/paper.css`.

    The document's `title` goes into the file's properties, so it holds a case reference at the most.
    """
    fetcher, fonts = AssetFetcher(), FontConfiguration()
    sheet = CSS(url="asset:paper.css", url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, base_url="asset:", url_fetcher=fetcher)
    return document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
