"""Arabic out of PDFs."""

import pytest

from services.profiles.adapters.documents.right_to_left import readable


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("من مارس 2012 إلى أبريل 2019", "من مارس 2012 إلى أبريل 2019"),
        ("ةيلمعلا ةربخلا\n سرام نم2012  ليربأ ىلإ2019", "الخبرة العملية\nمن مارس 2012إلى أبريل  2019"),
        ("اﻟﺨﺒﺮة\n2019  إﻟﻰ أﺑﺮﻳﻞ2012 ﻣﻦ ﻣﺎرس", "الخبرة\nمن مارس 2012 إلى أبريل 2019"),
        ("C1 :اﻹﻧﺠﻠﻴﺰﻳﺔ", "الإنجليزية: C1"),
        ("Docker and Python", "Docker and Python"),
    ],
)
def test_arabic_of_pdfs_is_put_in_order(line: str, read: str) -> None:
    """As written, mirrored, and in shapes of letters from left to right: the same text comes out."""
    assert readable(line) == read
