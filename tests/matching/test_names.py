"""Names of persons and of companies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching.companies import company_name
from dingfen.matching.persons import person_name
from dingfen.matching.text import clean, fold

names = st.text(
    st.sampled_from("张王李欧阳司马伟芳小老总经理先生女士工哥 ·.(（）)aZé張偉🚗\u200b１,"), max_size=12
)
firms = st.text(
    st.sampled_from("杭州市北京西湖区云栖科技贸易有限公司集团分店（）()[] 省县中国银行aB.&"), max_size=16
)


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("张伟", "张伟"),
        ("張偉", "张伟"),
        ("张 伟", "张伟"),
        ("张伟先生", "张伟"),
        ("张总", "张"),
        ("小张", "张"),
        ("王总经理", "王"),
        ("欧阳女士", "欧阳"),
        ("欧阳文静小姐", "欧阳文静"),
        ("张伟🚗", "张伟"),
        ("张\u200b伟", "张伟"),
        ("张伟（老客户）", "张伟"),
        ("李工", "李"),
        ("Mr. John Smith", "john smith"),
        ("SMITH, John", "john smith"),
        ("先生", "先生"),
        ("张伟总", "张伟"),
        ("高总监", "高"),
    ],
)
def test_a_name_without_its_title(typed: str, full: str) -> None:
    assert person_name(typed).full == full


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "章维"),
        ("张伟", "Zhang Wei"),
        ("张伟", "Wei Zhang"),
        ("张晓明", "Zhang Xiaoming"),
        ("林芳", "凌方"),
        ("单雄", "Shan Xiong"),
        ("曾丽", "Zeng Li"),
        ("欧阳静", "Ouyang Jing"),
        ("吕洁", "吕杰"),
        ("刘莎", "牛沙"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert person_name(one).sound == person_name(other).sound


@pytest.mark.parametrize(("one", "other"), [("张伟", "李伟"), ("张伟", "张勇"), ("王芳", "黄丰收")])
def test_names_that_do_not(one: str, other: str) -> None:
    assert person_name(one).sound != person_name(other).sound


@pytest.mark.parametrize(
    ("typed", "places", "core", "trade", "branch"),
    [
        ("杭州青禾科技有限公司", ("杭州",), "青禾", "科技", ""),
        ("青禾科技（杭州）有限公司", ("杭州",), "青禾", "科技", ""),
        ("杭州市青禾科技股份有限公司", ("杭州",), "青禾", "科技", ""),
        ("浙江省杭州市西湖区青禾汽车销售服务有限公司", ("杭州", "浙江"), "青禾", "汽车销售服务", ""),
        ("青禾", (), "青禾", "", ""),
        ("青禾集团", (), "青禾", "", ""),
        ("杭州青禾科技有限公司滨江分公司", ("杭州",), "青禾", "科技", "滨江分公司"),
        ("青禾（有限合伙）", (), "青禾", "", ""),
        ("Green Crop Co., Ltd.", (), "green crop", "", ""),
        ("The Green Crop Company", (), "green crop", "", ""),
        ("Ｇｒｅｅｎ Crop Inc", (), "green crop", "", ""),
        ("A.B. Crop & Co", (), "ab crop", "", ""),
        ("杭州青禾科技有限公寺", ("杭州",), "青禾", "科技", ""),  # one wrong character of the form
        ("杭州青禾科技经盈部", ("杭州",), "青禾", "科技", ""),  # another character of the same sound
        ("扬州市青禾科技厂分公司", ("扬州",), "青禾", "科技", "分公司"),
        ("杨州青禾科技有限公司", ("扬州",), "青禾", "科技", ""),  # a town by its sound
        ("青禾国际航运青岛有限公司", ("青岛",), "青禾", "国际航运", ""),
        ("桐庐县青禾百货商行", ("桐庐",), "青禾", "百货", ""),
        ("黔南布依族苗族自治州青禾物流有限公司", ("黔南",), "青禾", "物流", ""),
        ("福建环境工程公司", ("福建",), "", "环境工程", ""),  # no brand at all
        ("清河科技有限公司", (), "清河", "科技", ""),  # a brand, though a county is called so
        (
            "广州朝阳科技有限公司",
            ("广州",),
            "朝阳",
            "科技",
            "",
        ),  # a brand, though a city elsewhere is called so
        (
            "深圳福田青禾服饰有限公司",
            ("深圳",),
            "青禾",
            "服饰",
            "",
        ),  # a district of that city, without its ending
        ("昆明开发区青禾机电有限公司", ("昆明",), "青禾", "机电", ""),
        ("加拿大投资公司", ("加拿大",), "", "投资", ""),
        ("绍兴城投开发有限公司", ("绍兴",), "城投", "开发", ""),  # what such a firm is called by
        ("宁波第三建筑工程公司", ("宁波",), "", "第三建筑工程", ""),
        ("杭州青禾小百货店", ("杭州",), "青禾", "小百货店", ""),
        ("青禾（石家撞）科技有限公司", ("石家庄",), "青禾", "科技", ""),  # a town mistyped in brackets
        ("哈尔斌青禾科技有限公司", ("哈尔滨",), "青禾", "科技", ""),
        ("青禾（某屯）科技有限公司", (), "青禾", "科技", ""),
        ("和平鸟（青岛）化工有限公司", ("青岛",), "和平鸟", "化工", ""),
    ],
)
def test_a_company_in_parts(typed: str, places: tuple[str, ...], core: str, trade: str, branch: str) -> None:
    name = company_name(typed)
    assert (name.places, name.core, name.trade, name.branch) == (places, core, trade, branch)


@given(st.one_of(st.text(max_size=40), names))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)


@given(names)
def test_a_full_name_reads_as_itself(text: str) -> None:
    full = person_name(text).full
    assert person_name(full).full == full


@given(st.one_of(st.text(max_size=40), firms))
def test_any_company_name_can_be_cut_and_never_to_nothing(text: str) -> None:
    name = company_name(text)
    assert bool(name.whole) == any(char.isalnum() for char in fold(text))
    assert bool(name.core or name.trade) == bool(name.whole)
