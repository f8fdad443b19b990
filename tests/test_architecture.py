"""The page on the architecture is as the code is."""

from tools.architecture import PAGE, page


def test_picture_and_table_are_made_from_the_code():
    assert PAGE.read_text(encoding="utf-8") == page(), "run make architecture and commit"
