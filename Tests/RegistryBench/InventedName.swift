import TestSupport

/// Names in the manner of the counted ones: place, word, trade, ending.
enum InventedName {
    private static let places = [
        "安徽", "滁州", "滁州市", "天长市", "天长市", "天长市", "明光市", "来安县", "全椒县", "定远县", "凤阳县", "合肥", "南京", "上海", "江苏",
        "苏州", "杭州", "芜湖", "蚌埠", "马鞍山",
    ]
    private static let trades = [
        "餐饮管理", "餐饮服务", "商贸", "贸易", "工贸", "建材", "装饰工程", "建设工程", "建筑劳务", "电子科技", "科技", "信息技术",
        "网络科技", "服饰", "纺织", "机械设备", "机电", "自动化设备", "物流", "供应链管理", "生态农业", "农业发展", "汽车销售",
        "汽车服务", "企业管理咨询", "文化传媒", "医疗器械", "健康管理", "家政服务", "物业管理", "房地产开发", "新材料", "新能源科技", "环保科技", "粮油",
    ]
    private static let shops = [
        "小吃店", "面馆", "火锅店", "便利店", "超市", "商行", "五金店", "手机店", "服装店", "水果店", "汽车修理厂", "图文店", "大药房",
        "理发店", "经营部", "门市部",
    ]
    private static let words = Array(
        """
        安邦宝保北本标斌彬冰波博才彩灿昌长辰晨诚成城驰川春达大丹道德帝典鼎东冬栋恩尔发帆凡方飞丰峰锋凤福富刚港高歌格广光贵桂国海涵瀚航豪浩和河贺恒\
        红宏鸿虹华欢环皇辉汇惠慧吉佳嘉家坚建健江杰捷金锦晋京晶景靖久九君俊凯康可坤来兰朗乐磊力立丽利联良林霖玲凌领龙隆鲁路伦罗迈满茂美盟梦名明铭\
        木南宁诺欧鹏品平普齐奇启祺千乾强勤青清庆泉荣容融如瑞润若赛三森山尚盛圣胜实世仕舒顺硕思松速泰谭特腾天田通同拓万旺威维伟文沃五溪西熙夏先翔\
        享祥向晓孝鑫欣新心信星兴幸雄旭轩炫雪迅雅亚岩阳洋耀业一依怡宜亿义艺益逸毅银英盈影永优友宇雨玉裕誉元园源远悦跃云运泽展昭哲正政志智中忠舟\
        洲珠竹卓子紫宗祖作
        """
    )
    private static let families = Array("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭")

    static func name(isCompany: Bool, using generator: inout SeededGenerator) -> String {
        let word = String((0..<Int.random(in: 2...4, using: &generator)).map { _ in one(of: words, &generator) })
        let trade = one(of: isCompany ? trades : shops, &generator)
        return one(of: places, &generator) + word + trade + (isCompany ? "有限公司" : "")
    }

    static func person(using generator: inout SeededGenerator) -> String {
        String([one(of: families, &generator), one(of: words, &generator), one(of: words, &generator)])
    }

    private static func one<Element>(of all: [Element], _ generator: inout SeededGenerator) -> Element {
        all[Int.random(in: 0..<all.count, using: &generator)]
    }
}
