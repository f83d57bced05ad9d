/// The wording of 经营范围 under the rules of 2021: 许可项目 and 一般项目, each with its closing clause.
struct ScopeWording {
    /// The scope without punctuation and brackets, which people write full or half width.
    private let text: String
    private let hasLicensed: Bool
    private let hasGeneral: Bool

    init(_ scope: String) {
        // As headings only: older clauses speak of 许可项目 too.
        hasLicensed = Self.isHeading("许可项目", in: scope)
        hasGeneral = Self.isHeading("一般项目", in: scope)
        guard hasLicensed || hasGeneral else {
            text = ""
            return
        }
        var letters = String.UnicodeScalarView()
        for scalar in scope.unicodeScalars where scalar.properties.isAlphabetic { letters.append(scalar) }
        text = String(letters)
    }

    /// Whether a colon stands behind `words`, at once or behind white space.
    private static func isHeading(_ words: String, in scope: String) -> Bool {
        guard scope.has(words) else { return false }
        if scope.has(words + "：") || scope.has(words + ":") { return true }
        var rest = scope[...]
        while let found = rest.firstRange(of: words) {
            rest = rest[found.upperBound...]
            let behind = rest.unicodeScalars.first { !$0.properties.isWhitespace }
            if behind == ":" || behind == "：" { return true }
        }
        return false
    }

    /// What a clause for 许可项目 says: also in older words.
    private static let licensed = [
        "批准后方可", "审批后方可", "批准后依批准", "许可后方可", "审批结果为准", "许可证件为准", "许可证经营", "许可证开展", "批准文件",
    ]
    /// What a clause for 一般项目 says.
    private static let general = ["除依法须经批准的项目外", "除依法需经批准的项目外", "除许可业务外", "凭营业执照", "自主开展经营", "自主选择经营"]

    var remarks: [Remark] {
        var remarks: [Remark] = []
        if hasLicensed, !Self.licensed.contains(where: { text.has($0) }) {
            remarks.append(
                Remark(
                    .warning,
                    .licensedItem,
                    field: "scope",
                    "names 许可项目 without their clause",
                    hint: "add （依法须经批准的项目，经相关部门批准后方可开展经营活动） behind them"
                )
            )
        }
        if hasGeneral, !Self.general.contains(where: { text.has($0) }) {
            remarks.append(
                Remark(
                    .note,
                    .generalItem,
                    field: "scope",
                    "names 一般项目 without their clause",
                    hint: "add （除依法须经批准的项目外，凭营业执照依法自主开展经营活动） behind them"
                )
            )
        }
        return remarks
    }
}
