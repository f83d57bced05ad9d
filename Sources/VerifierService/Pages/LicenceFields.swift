import Licence
import LicenceCode
import Verification

/// One labelled line of a page.
struct PageField {
    let label: Bilingual
    let value: String

    init(_ label: Bilingual, _ value: String) {
        self.label = label
        self.value = value
    }

    /// The label is in the page's language, the value as it was registered.
    func html(_ language: Language) -> HTML {
        "<div><dt>\(label[language])</dt><dd>\(value)</dd></div>"
    }
}

extension Claims {
    /// The lines of the licence in the order and with the labels in which it is printed.
    func pageFields(_ language: Language) -> [PageField] {
        var fields = [
            PageField(Bilingual(en: "Unified social credit code", zh: "统一社会信用代码"), creditCode.text),
            PageField(Bilingual(en: "Name", zh: "名称"), name),
            PageField(Bilingual(en: "Type", zh: "类型"), type),
            PageField(kind.representativeLabel, representative),
        ]
        if let composition {
            fields.append(PageField(Bilingual(en: "Composition", zh: "组成形式"), composition.name[language]))
        }
        if let capital {
            let label = kind.capitalLabel ?? Bilingual(en: "Capital", zh: "资本")
            fields.append(PageField(label, capital.grouped(language)))
        }
        fields.append(PageField(kind.establishedLabel, established.description))
        if let term { fields.append(PageField(Bilingual(en: "Term", zh: "营业期限"), term.text(language))) }
        fields.append(PageField(kind.addressLabel, address))
        fields.append(PageField(Bilingual(en: "Scope", zh: "经营范围"), scope.text(language)))
        if let location {
            let place = "\(location.latitude), \(location.longitude)"
            fields.append(PageField(Bilingual(en: "Location (WGS 84)", zh: "位置(WGS 84)"), place))
        }
        fields.append(PageField(Bilingual(en: "Issued", zh: "发照日期"), issued.description))
        fields.append(PageField(Bilingual(en: "Version", zh: "版本"), String(version)))
        return fields
    }
}

extension LicenceKind {
    /// The printed label of the day of establishment.
    fileprivate var establishedLabel: Bilingual {
        self == .individualBusiness
            ? Bilingual(en: "Registered on", zh: "注册日期") : Bilingual(en: "Established", zh: "成立日期")
    }
}

extension Capital {
    /// The amount with a comma before every three digits, and the currency.
    fileprivate func grouped(_ language: Language) -> String {
        let parts = amount.split(separator: ".")
        let whole = Array(parts.first ?? "")
        var text = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        if parts.count == 2 { text += "." + parts[1] }
        return language == .zh && currency == "CNY" ? "人民币 \(text) 元" : "\(currency) \(text)"
    }
}

extension Term {
    fileprivate func text(_ language: Language) -> String {
        switch (to, language) {
        case (let to?, .zh): "\(from) 至 \(to)"
        case (let to?, .en): "\(from) to \(to)"
        case (nil, .zh): "\(from) 起，长期"
        case (nil, .en): "from \(from), without end"
        }
    }
}

extension Claims.Scope {
    fileprivate func text(_ language: Language) -> String {
        switch self {
        case .text(let text): text
        case .digest(let length, let digest):
            language == .zh
                ? "此码仅含摘要（全文 \(length) 字），SHA-256：\(digest)"
                : "digest only (the text has \(length) characters), SHA-256: \(digest)"
        }
    }
}
