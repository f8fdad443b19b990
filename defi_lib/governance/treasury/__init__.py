"""Names that are trusted, and money that members spend together."""
