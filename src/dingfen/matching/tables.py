"""Word lists of the normaliser: surnames, titles, regions, trades, legal forms, shared mailboxes.

Own lists. Longest words win wherever a list is tried, so the order inside a list carries no meaning.
"""

from collections.abc import Iterable
from typing import Final


def words(text: str) -> tuple[str, ...]:
    """The words of `text`, longest first."""
    return tuple(sorted(set(text.split()), key=lambda word: (-len(word), word)))


def lengths_by(words: Iterable[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    """How long the words are that begin or end with a character, longest first."""
    found: dict[str, set[int]] = {}
    for char, word in words:
        found.setdefault(char, set()).add(len(word))
    return {char: tuple(sorted(lengths, reverse=True)) for char, lengths in found.items()}


COMPOUND_SURNAMES: Final = frozenset(
    words(
        "欧阳 司马 上官 诸葛 司徒 司空 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 夏侯 轩辕 端木 南宫 独孤 百里 "
        "呼延 申屠 万俟 澹台 闻人 公羊 赫连 钟离 宗政 濮阳 淳于 单于 太叔 仲孙 东郭 西门 南门 公冶 颛孙 拓跋 "
        "鲜于 闾丘 第五 梁丘 左丘 公良 漆雕 乐正 宰父 谷梁 段干 司寇 子车 巫马 纳兰 完颜 叶赫 爱新觉罗"
    )
)

# Sounds a character has as a surname and hardly ever elsewhere.
SURNAME_SOUNDS: Final = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "区": "ou", "查": "zha", "任": "ren", "华": "hua",
    "朴": "piao", "盖": "ge", "覃": "qin", "翟": "zhai", "缪": "miao", "谌": "chen", "冼": "xian",
    "员": "yun", "盛": "sheng", "召": "shao", "撒": "sa", "折": "she", "繁": "po", "秘": "bi", "种": "chong",
    "乐": "yue", "乜": "nie", "逄": "pang", "晁": "chao", "黑": "he", "阚": "kan", "宿": "su", "那": "na",
    "尹": "yin", "褚": "chu", "卜": "bu", "乘": "sheng", "车": "che", "洗": "xian", "重": "chong", "葛": "ge",
    "尉迟": "yuchi", "万俟": "moqi", "澹台": "tantai", "长孙": "zhangsun", "单于": "chanyu", "鲜于": "xianyu",
}  # fmt: skip

SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任"
    "卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    "童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简"
    "车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄"
    "丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区"
    "郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍"
    "辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣"
    "信展阴昝智幸奉植衡富尧闭由"
)
COMMON_SURNAMES: Final = frozenset("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")

# Words said after a name. The short ones are dropped only where what stays is a surname.
LONG_TITLES: Final = words(
    "先生 女士 小姐 太太 夫人 老师 师傅 经理 总经理 副总经理 项目经理 销售经理 客户经理 产品经理 店长 "
    "主任 副主任 董事长 副董事长 董事 总监 副总监 主管 科长 处长 局长 部长 厂长 院长 校长 会长 秘书长 "
    "助理 秘书 会计 律师 医生 大夫 教授 博士 工程师 老板 老板娘 同学 阿姨 叔叔 大姐 大哥 女仕 本人 "
    "副总裁 总裁 总工 副总 站长 队长 班长 书记 行长 镇长 村长"
)
SHORT_TITLES: Final = frozenset("总工董哥姐局处科部院校行叔姨嫂老")
LATIN_TITLES: Final = frozenset(words("mr mrs ms miss dr prof sir madam mister"))

MUNICIPALITIES: Final = words("北京 上海 天津 重庆")
PROVINCES: Final = words(
    "北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 "
    "海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
CITIES: Final = words(
    "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 "
    "运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 "
    "阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 "
    "白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 "
    "大兴安岭 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 "
    "湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 诸暨 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 "
    "黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 南昌 "
    "景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 "
    "威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 "
    "南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 "
    "仙桃 潜江 天门 神农架 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 "
    "韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 "
    "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 "
    "自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 "
    "凉山 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 "
    "楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 阿里 西安 铜川 宝鸡 "
    "咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 "
    "临夏 甘南 西宁 海东 海北 黄南 海南州 果洛 玉树 海西 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 "
    "吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子 台北 高雄 浦东 "
    "昆山 张家港 常熟 江阴 宜兴 顺德 南海 番禺 滨海"
)
COUNTRIES: Final = frozenset(
    words(
        "澳大利亚 新西兰 美国 英国 德国 法国 日本 韩国 新加坡 马来西亚 泰国 越南 印度 印度尼西亚 菲律宾 俄罗斯 "
        "意大利 西班牙 葡萄牙 荷兰 瑞士 瑞典 挪威 芬兰 丹麦 奥地利 波兰 土耳其 以色列 加拿大 墨西哥 巴西 阿根廷 智利 "
        "南非 埃及 阿联酋 沙特 哈萨克斯坦 巴基斯坦"
    )
)
# Words after a place name that belong to it.
PLACE_ENDINGS: Final = words(
    "省 市 自治区 壮族自治区 回族自治区 维吾尔自治区 特别行政区 自治州 地区 盟 新区 区 县 镇"
)

LEGAL_FORMS: Final = words(
    "有限责任公司 有限公司 股份有限公司 股份公司 集团有限公司 集团股份有限公司 集团有限责任公司 集团公司 "
    "集团 公司 总公司 控股 控股有限公司 责任公司 有限合伙 普通合伙 特殊普通合伙 合伙企业 个人独资 "
    "个体工商户 个体户 事务所 工作室 经营部 商行 商店 门市部 服务部 经销部 批发部 专卖店 专营店 旗舰店 "
    "合作社 专业合作社 厂 工厂 中心 商贸行 服务社 有限 股份"
)
LATIN_FORMS: Final = frozenset(
    words(
        "inc incorporated ltd limited llc llp lp plc co corp corporation company gmbh ag sa sas srl spa bv "
        "nv oy ab kk pte pty group holdings holding"
    )
)
BRANCH_ENDINGS: Final = words(
    "分公司 分店 分行 分部 支行 营业部 办事处 代表处 展厅 门店 专柜 网点 店 分厂 分中心 事业部"
)
TRADES: Final = words(
    "科技 技术 信息 信息技术 信息科技 网络 网络科技 网络技术 软件 电子 电子科技 电子商务 智能 智能科技 "
    "数据 数码 通信 通讯 通信技术 互联网 物联网 云计算 光电 半导体 自动化 机电 机电设备 机械 机械设备 "
    "机械制造 设备 仪器 仪表 电气 电器 电力 电缆 能源 新能源 环保 环保科技 环境 环境工程 工程 建筑 "
    "建筑工程 建设 建设工程 建设集团 装饰 装饰工程 装修 建材 材料 新材料 钢铁 钢材 金属 五金 塑料 塑胶 "
    "橡胶 化工 化学 涂料 玻璃 陶瓷 水泥 木业 家具 家居 家电 灯饰 照明 门窗 厨具 卫浴 汽车 汽车销售 "
    "汽车销售服务 汽车贸易 汽车服务 汽车租赁 汽车维修 汽修 汽配 汽车配件 二手车 摩托车 租赁 物流 运输 "
    "货运 快递 供应链 供应链管理 仓储 国际货运代理 货运代理 航空 航运 港口 铁路 贸易 商贸 国际贸易 "
    "进出口 进出口贸易 外贸 经贸 工贸 实业 实业发展 产业 企业 企业管理 企业管理咨询 管理 管理咨询 咨询 "
    "咨询服务 商务咨询 信息咨询 咨询管理 服务 商务 商业 商业管理 投资 投资管理 投资咨询 资产 资产管理 "
    "基金 证券 保险 保险代理 保险经纪 银行 金融 融资租赁 担保 典当 财务 会计 会计师 税务 律师 法律 "
    "知识产权 人力资源 劳务 劳务派遣 物业 物业管理 物业服务 房地产 房地产开发 房产 地产 置业 置地 开发 "
    "发展 文化 文化传媒 文化传播 文化发展 文化艺术 传媒 传播 广告 广告传媒 广告设计 影视 影业 影视文化 "
    "动漫 设计 艺术 摄影 印刷 印务 包装 纸业 出版 图书 书店 教育 教育科技 教育咨询 培训 学校 幼儿园 体育 "
    "体育文化 健身 旅游 旅行社 国际旅行社 酒店 酒店管理 宾馆 餐饮 餐饮管理 餐饮服务 饮食 食品 食品加工 "
    "饮料 酒业 茶业 茶叶 粮油 粮食 农业 农业科技 农业开发 生态农业 农产品 农牧 农机 种业 养殖 种植 畜牧 "
    "水产 园林 园林绿化 绿化 苗木 苗圃 花卉 医药 药业 制药 医疗 医疗器械 医疗科技 医院 诊所 门诊部 药房 "
    "大药房 健康 健康管理 健康科技 养生 养老 美容 美容美发 美发 化妆品 日用品 百货 超市 服装 服饰 纺织 "
    "纺织品 针织 制衣 鞋业 皮具 皮革 箱包 珠宝 饰品 首饰 眼镜 钟表 玩具 礼品 工艺品 母婴 婴童 童装 家纺 "
    "宠物 生物 生物科技 生物技术 生态 水务 水利 石油 石化 燃气 煤炭 矿业 矿产 安防 保安 保安服务 消防 "
    "检测 检测技术 认证 家政 家政服务 保洁 清洁 洗涤 维修 安装 制造 制品 加工 销售 销售服务 营销 "
    "营销策划 策划 会展 展览 婚庆 拍卖 招标 工程管理 工程咨询 勘察 测绘 规划 研究院 研究所 系统 系统集成 "
    "电商 直播 娱乐 游戏 音乐 生活馆 馆 行 店 业 摊 坊 社 门市 商场 国际 综合 精密 精密机械 景观 用品 "
    "体育用品 医疗用品 日化 日化用品 副食 物资 石材 特钢 管业 印业 部件 配件 零部件 轮胎 电梯 空调 防水 "
    "管道 电池 阀门 模具 工具 轴承 泵业 顾问 项目 项目管理 艺术行 水果 蔬菜 粮油店 便利店 餐饮店 美食 "
    "美食店 饭店 酒楼 火锅 小吃 茶楼 咖啡 烘焙 烟酒 服饰店 文具 办公用品 办公设备 布艺 窗帘 地板 "
    "卫生用品 劳保用品 乐器 花店 室内设计 室内装饰 动物药业 饲料 肥料 林业 渔业 牧业 机床 装备 智能装备 "
    "海运 空运 报关 票务 会务 礼仪 加油站 停车 洗车 驾校 驾驶培训 工业 修理 汽车修理 创意 文化创意 数控 "
    "数控设备 清洗 疏通 制作 商品 食品商店"
)

# Mailboxes a whole firm reads: the same one says little about who wrote.
SHARED_MAILBOXES: Final = frozenset(
    words(
        "info service services sales admin administrator contact office mail email support help hr marketing "
        "market webmaster postmaster hello enquiry inquiry noreply no-reply kefu xiaoshou bangong reception "
        "finance caiwu business ceo gm order orders public"
    )
)
