"""What people write at length: its first sentences stand there, all of it is on the page, and nothing is markup."""

import re

from hypothesis import given
from hypothesis import strategies as st

from dingfen.web.templatetags.dingfen import HEAD, LONG, folded

SENTENCE = "客户希望月底前完成全部车辆的上牌和交付，财务部门要求分三期付款。"


def test_long_text_is_folded_after_a_sentence() -> None:
    html = folded(SENTENCE * 40, "“”")
    head, rest = re.fullmatch(
        r'<details class="df-long"><summary>(.*?) <b>.*?</b></summary>(.*)</details>', html
    ).groups()  # type: ignore[union-attr]
    assert head.startswith("“客户") and head.endswith("付款。") and len(head) <= HEAD
    assert head + rest == f"“{SENTENCE * 40}”"
    assert folded(SENTENCE) == SENTENCE and folded(None) == ""


@given(st.text(st.sampled_from("客户。<&> \n.a"), max_size=2 * LONG))
def test_no_text_is_lost_or_read_as_markup(text: str) -> None:
    html = re.sub(r"</?(details|summary)[^>]*>|<b>.*?</b>|<br>", "", folded(text))
    assert "<" not in html
    plain = html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert "".join(plain.split()) == "".join(text.split())
