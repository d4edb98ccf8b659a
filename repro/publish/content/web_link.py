"""Which addresses may be linked."""


def is_web_link(url: str) -> bool:
    """Whether an address leads to the web: http or https, with nothing in it that would end it early.

    >>> is_web_link("https://arxiv.org/abs/1610.00087"), is_web_link("javascript:alert(1)")
    (True, False)
    """
    return (
        url.startswith(("https://", "http://")) and url.isprintable() and not any(sign in " <>\"'`\\" for sign in url)
    )
