"""Why a site cannot be written."""


class SiteError(Exception):
    """A site cannot be written there; says what to do."""
