"""Text in rich text areas: escaped with its lines kept, recognized again, and HTML that a product sends as such. Pure."""

from __future__ import annotations

import re
from html import escape, unescape

from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.texts import stored_lines

LINE_BREAK = "<br>"
# The elements that the editor of rich text areas knows (Salesforce Help, HTML Tags Supported in Rich Text Area Fields), as far as they end.
_HTML = re.compile(
    r"<br\s*/?>|</(?:a|b|big|blockquote|code|dd|div|dl|dt|em|font|h[1-6]|i|li|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody"
    r"|td|th|thead|tr|tt|u|ul)\s*>",
    re.IGNORECASE,
)
# Texts, compiled by `re` where they are first used: most batches compare no rich text.
_LINE_END = r"(?i)<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>"
_TAG = r"</?[A-Za-z][^<>]*>"


def is_rich(field: FieldDescribe) -> bool:
    """Return whether a field holds HTML that people write: a rich text area."""
    return field.html_formatted and field.type == "textarea"


def is_html(text: str) -> bool:
    """Return whether a text is HTML: it has a line break element, or the end of an element that rich text areas know."""
    return _HTML.search(text) is not None


def as_html(text: str) -> str:
    """Return plain text as a rich text area shows it: special characters as entities, as Salesforce stores them, and its lines."""
    return escape(text, quote=True).replace("&#x27;", "&#39;").replace("\n", LINE_BREAK)


def plain_text(html: str) -> str:
    """Return the text that a rich text area shows, with its lines."""
    lines = re.sub(_LINE_END, "\n", html.replace("\r\n", "\n").replace("\r", "\n"))
    return stored_lines(unescape(re.sub(_TAG, "", lines)).replace("\xa0", " "))


def same_rich_text(current: str, desired: str) -> bool:
    """
    Return whether a rich text area shows the desired text already, however its HTML is spelled.

    Formatting counts where the desired text has some of its own.
    """
    plain = plain_text(desired)
    if plain == stored_lines(current):  # the stored HTML itself, as a pull gave it
        return True
    is_formatted = re.search(_TAG, desired.replace(LINE_BREAK, "")) is not None
    return _spelled(current) == _spelled(desired) if is_formatted else plain_text(current) == plain


def _spelled(html: str) -> str:
    return stored_lines(unescape(html))
