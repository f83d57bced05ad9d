import Foundation

/// The tables of ``NameKey``: which characters fall together when names are compared by eye.
enum NameFolding {
    /// The endings that name an organisation form, without brackets, each behind those that end in it.
    static let forms: [[Unicode.Scalar]] = [
        "股份有限责任公司", "股份有限公司", "有限责任公司", "股份公司", "有限公司", "公司", "特殊普通合伙企业", "特殊普通合伙", "普通合伙企业",
        "普通合伙", "有限合伙企业", "有限合伙", "合伙企业", "个人独资企业", "个人独资", "个体工商户", "农民专业合作社", "专业合作社", "合作社",
    ]
    .map { text in text.unicodeScalars.map { ideographs[$0] ?? $0 } }

    /// Traditional and variant characters by their simplified one, and confusable ones by one of them.
    static let ideographs: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for pairs in [simplified, confusable] {
            var scalars = pairs.unicodeScalars.filter { $0 != " " }.makeIterator()
            while let from = scalars.next(), let to = scalars.next() { table[from] = to }
        }
        return table
    }()

    /// Small letters and digits that look alike (Unicode TR 39 has more), Greek and Cyrillic ones by their Latin twin.
    static let letters: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs = """
            0o 〇o ○o 1l il ıl \
            аa вb сc еe нh кk мm оo рp тt хx уy іl ѕs јj \
            αa βb εe ηh ιl κk μm νn οo ρp τt υy χx ζz \
            АA ВB СC ЕE НH КK МM ОO РP ТT ХX УY ІI ЅS ЈJ \
            ΑA ΒB ΕE ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ΖZ
            """
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for pair in pairs.split(separator: " ") {
            let scalars = Array(pair.unicodeScalars)
            let lower = scalars[1].properties.lowercaseMapping.unicodeScalars.first ?? scalars[1]
            table[scalars[0]] = lower == "i" ? "l" : lower
        }
        return table
    }()

    /// Whether a character is more than a space, a mark of punctuation, a symbol or a control.
    static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .modifierLetter, .unassigned:
            false
        default: !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// The NFKC form of one character: `3` of `③`.
    static func compatible(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        Array(String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
    }

    /// Pairs: one that is taken for the other on a sign, and the one that stands for both.
    private static let confusable = "囗口 曰日 末未 已己 巳己 入人 士土 夭天 戌戊 戍戊 冶治 祇祗 亳毫 洗冼 嬴赢 崇祟 汨汩"

    /// Pairs: a traditional or variant character of business names, and its simplified one.
    private static let simplified = """
        萬万 與与 專专 業业 東东 絲丝 兩两 嚴严 豐丰 臨临 為为 爲为 麗丽 舉举 義义 烏乌 樂乐 喬乔 習习 鄉乡 書书 買买 亂乱 爭争 於于 虧亏 雲云 亞亚 產产 産产 親亲 億亿 僅仅 從从 \
        侖仑 倉仓 儀仪 們们 價价 眾众 衆众 優优 會会 傘伞 偉伟 傳传 傷伤 倫伦 偽伪 體体 傭佣 俠侠 侶侣 僑侨 儕侪 儂侬 儉俭 債债 傾倾 儲储 兒儿 黨党 蘭兰 關关 興兴 養养 獸兽 內内 \
        岡冈 冊册 寫写 軍军 農农 馮冯 決决 況况 凍冻 淨净 涼凉 減减 湊凑 鳳凤 憑凭 凱凯 擊击 鑿凿 劉刘 則则 剛刚 創创 刪删 別别 剎刹 劑剂 劍剑 劇剧 勸劝 辦办 務务 動动 勵励 勁劲 \
        勞劳 勢势 勳勋 勝胜 匯汇 彙汇 區区 醫医 華华 協协 單单 賣卖 盧卢 滷卤 衛卫 廠厂 廳厅 歷历 曆历 厲厉 壓压 廁厕 廈厦 廚厨 縣县 參参 雙双 發发 髮发 變变 葉叶 號号 嘆叹 嚇吓 \
        嗎吗 啟启 啓启 吳吴 員员 嗚呜 詠咏 嚨咙 鹹咸 響响 啞哑 嘩哗 喚唤 嘯啸 噴喷 團团 園园 圍围 國国 圖图 圓圆 聖圣 場场 壞坏 塊块 堅坚 壇坛 壩坝 塢坞 墳坟 墜坠 壟垄 墊垫 塵尘 \
        牆墙 墻墙 壯壮 聲声 殼壳 壺壶 處处 備备 復复 複复 夠够 頭头 誇夸 夾夹 奪夺 奮奋 獎奖 奧奥 婦妇 媽妈 嫵妩 姍姗 婁娄 嬌娇 娛娱 媧娲 孫孙 學学 寧宁 寶宝 實实 寵宠 審审 憲宪 \
        宮宫 寬宽 賓宾 寢寝 對对 尋寻 導导 壽寿 將将 爾尔 嘗尝 堯尧 層层 屆届 屬属 嶼屿 歲岁 豈岂 島岛 嶺岭 嶽岳 崗岗 峽峡 嶄崭 鞏巩 幣币 師师 帳帐 帶带 幫帮 幹干 並并 併并 廣广 \
        莊庄 慶庆 廬庐 庫库 應应 廟庙 龐庞 廢废 開开 異异 棄弃 張张 彌弥 彎弯 彈弹 強强 歸归 當当 錄录 彥彦 徹彻 徑径 禦御 憶忆 憂忧 懷怀 態态 憐怜 總总 戀恋 恆恒 懇恳 惡恶 悅悦 \
        懸悬 驚惊 慘惨 慣惯 願愿 懶懒 戲戏 戰战 戶户 撲扑 執执 擴扩 掃扫 揚扬 擾扰 撫抚 護护 報报 擔担 擬拟 攏拢 揀拣 擁拥 攔拦 擇择 掛挂 摯挚 撓挠 擋挡 掙挣 揮挥 撈捞 損损 撿捡 \
        換换 據据 擄掳 擲掷 攬揽 攝摄 擺摆 搖摇 攤摊 敵敌 數数 齋斋 鬥斗 斬斩 斷断 無无 舊旧 時时 曠旷 晝昼 顯显 晉晋 曬晒 曉晓 暈晕 暉晖 暫暂 術术 樸朴 機机 殺杀 雜杂 權权 條条 \
        來来 楊杨 極极 構构 樞枢 棗枣 槍枪 楓枫 櫃柜 檸柠 標标 棧栈 棟栋 欄栏 樹树 棲栖 樣样 橋桥 檔档 樺桦 夢梦 檢检 樓楼 櫻樱 橫横 檳槟 歡欢 歐欧 畢毕 氈毡 氣气 氫氢 漢汉 湯汤 \
        溝沟 滬沪 瀝沥 淪沦 滄沧 濘泞 淚泪 瀘泸 瀧泷 瀟潇 澤泽 潔洁 灑洒 淺浅 漿浆 澆浇 濁浊 測测 濟济 瀏浏 渾浑 濃浓 濤涛 澇涝 漣涟 潤润 漲涨 淵渊 漁渔 滲渗 溫温 灣湾 濕湿 滾滚 \
        滿满 濱滨 灘滩 瀾澜 灤滦 滅灭 燈灯 靈灵 爐炉 煉炼 爍烁 爛烂 燭烛 煙烟 煩烦 燒烧 燁烨 燙烫 熱热 煥焕 燜焖 愛爱 爺爷 牽牵 犧牺 狀状 獨独 獅狮 獵猎 貓猫 獻献 環环 現现 瑪玛 \
        璽玺 瑣琐 瓊琼 瑤瑶 璦瑷 電电 畫画 暢畅 療疗 瘋疯 癢痒 皺皱 盞盏 鹽盐 監监 蓋盖 盜盗 盤盘 矚瞩 礦矿 碼码 磚砖 礎础 碩硕 確确 禮礼 禍祸 禎祯 離离 種种 積积 稱称 穩稳 穀谷 \
        窮穷 竊窃 窩窝 竅窍 豎竖 競竞 筆笔 筍笋 箋笺 籠笼 築筑 篩筛 籌筹 簡简 籃篮 籬篱 糧粮 糉粽 緊紧 糾纠 紅红 纖纤 約约 級级 紀纪 紗纱 綱纲 納纳 縱纵 紛纷 紙纸 紋纹 紡纺 線线 \
        綫线 練练 組组 紳绅 細细 織织 終终 紹绍 經经 綁绑 絨绒 結结 繞绕 繪绘 給给 絡络 絕绝 統统 絹绢 繡绣 綉绣 綏绥 繼继 績绩 緒绪 續续 綺绮 維维 綿绵 綜综 綠绿 緣缘 編编 緞缎 \
        緯纬 縫缝 纏缠 締缔 纜缆 網网 羅罗 罰罚 罷罢 羨羡 翹翘 聯联 聰聪 職职 聶聂 肅肃 腸肠 膚肤 腫肿 脹胀 膽胆 膠胶 脈脉 髒脏 臟脏 臘腊 腦脑 騰腾 臉脸 輿舆 艦舰 艙舱 艷艳 豔艳 \
        藝艺 節节 蕪芜 蘆芦 蘇苏 蘋苹 範范 莖茎 薦荐 薈荟 蕩荡 榮荣 葷荤 蔭荫 藥药 蓮莲 獲获 穫获 瑩莹 鶯莺 蘿萝 螢萤 營营 蕭萧 薩萨 蔥葱 蔣蒋 藍蓝 薊蓟 薔蔷 蘊蕴 虜虏 慮虑 蟲虫 \
        雖虽 蝦虾 蝕蚀 蟻蚁 螞蚂 蠶蚕 蠻蛮 蠟蜡 補补 襯衬 襖袄 襪袜 裝装 製制 褲裤 見见 觀观 規规 視视 覽览 覺觉 觸触 譽誉 計计 訂订 認认 譏讥 討讨 讓让 訓训 議议 訊讯 記记 講讲 \
        許许 論论 設设 訪访 證证 証证 評评 識识 詞词 譯译 試试 詩诗 誠诚 話话 誕诞 詢询 該该 詳详 語语 誤误 說说 説说 請请 諸诸 諾诺 讀读 課课 調调 誼谊 談谈 謀谋 諧谐 謝谢 謙谦 \
        譚谭 譜谱 貝贝 貞贞 負负 貢贡 財财 責责 賢贤 敗败 賬账 貨货 質质 販贩 貪贪 貧贫 購购 貯贮 貫贯 貴贵 貸贷 貿贸 費费 賀贺 賈贾 資资 賦赋 賽赛 贊赞 讚赞 贈赠 贏赢 趙赵 趕赶 \
        趨趋 躍跃 蹤踪 車车 軌轨 軒轩 轉转 輪轮 軟软 軸轴 輕轻 載载 較较 輔辅 輛辆 輝辉 輻辐 輯辑 輸输 轄辖 邊边 遼辽 達达 遷迁 過过 邁迈 運运 還还 這这 進进 遠远 違违 連连 遲迟 \
        適适 選选 遜逊 遞递 邏逻 遺遗 鄧邓 鄭郑 鄰邻 隣邻 鬱郁 鄒邹 郵邮 醬酱 釀酿 醞酝 釋释 裡里 裏里 鑒鉴 鑑鉴 針针 釘钉 釣钓 鈣钙 鈦钛 鈔钞 鐘钟 鍾钟 鋼钢 鈉钠 鑰钥 欽钦 鎢钨 \
        鉤钩 鈞钧 鈕钮 錢钱 鉗钳 缽钵 鑽钻 鉀钾 鈴铃 鐵铁 鉑铂 鉛铅 銅铜 鋁铝 銘铭 銀银 鑄铸 鋪铺 舖铺 鏈链 銷销 鎖锁 鋰锂 鍋锅 鋒锋 銳锐 錦锦 錫锡 錨锚 鍵键 鋸锯 錳锰 鍛锻 鍍镀 \
        鎂镁 鎮镇 鎳镍 鏡镜 鐳镭 長长 門门 閃闪 閉闭 問问 闖闯 閑闲 閒闲 間间 閘闸 鬧闹 聞闻 閩闽 閣阁 閥阀 閱阅 闊阔 隊队 陽阳 陰阴 陣阵 階阶 際际 陸陆 陳陈 險险 隨随 隱隐 隴陇 \
        難难 雛雏 霧雾 霽霁 靜静 麵面 韓韩 韋韦 韌韧 韻韵 頁页 頂顶 項项 順顺 須须 顧顾 頓顿 頌颂 預预 領领 頗颇 頻频 顆颗 題题 顏颜 額额 顛颠 風风 飄飘 飛飞 饗飨 飯饭 飲饮 飼饲 \
        飽饱 飾饰 餃饺 餅饼 餌饵 餘余 館馆 舘馆 饅馒 馬马 馳驰 驅驱 駁驳 駐驻 駕驾 駿骏 驗验 騎骑 魚鱼 魯鲁 鮮鲜 鯉鲤 鯨鲸 鰲鳌 鱷鳄 鳥鸟 雞鸡 鷄鸡 鳴鸣 鴨鸭 鴻鸿 鴿鸽 鵝鹅 鵬鹏 \
        鶴鹤 鷹鹰 鷺鹭 麥麦 黃黄 齊齐 齒齿 龍龙 龔龚 龜龟 臺台 檯台 颱台 葯药 菸烟 鉅巨 昇升 陞升 週周 鬆松 盃杯 傢家 傑杰 峯峰 羣群 閤合 祕秘 綵彩 災灾 捨舍 後后 乾干 穌稣 堃坤 \
        喆哲 犇奔 淩凌 脩修 劒剑 勛勋 囍喜 煇辉 珎珍 甦苏 皁皂 硃朱 磘窑 窯窑 窰窑 竈灶 筦管 粧妆 妝妆 綑捆 蓆席 蔴麻 蔘参 蔔卜 蝨虱 衝冲 沖冲 谿溪 豬猪 跡迹 蹟迹 逕径 遊游 醖酝 \
        釐厘 鈎钩 銲焊 鍊炼 鎗枪 鏽锈 銹锈 阬坑 隄堤 雋隽 韮韭 頫俯 颳刮 餚肴 餵喂 馭驭 鬍胡 鬚须 鵰雕 彫雕 琱雕 滙汇 滎荥 潯浔 潁颍 濰潍 灃沣 灝灏
        """
}
