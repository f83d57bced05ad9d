package import Licence
package import LicenceCode
import OpenSSL

/// One labelled line of a licence or of what a verdict rests on.
package struct PrintedField {
    package let label: Bilingual
    /// As it was registered, or in the reader's language.
    package let value: String

    package init(_ label: Bilingual, _ value: String) {
        self.label = label
        self.value = value
    }
}

extension Claims {
    /// The lines of the licence in the order and with the labels in which it is printed.
    package func printed(in language: Language) -> [PrintedField] {
        var fields = [
            PrintedField(Bilingual(en: "Unified social credit code", zh: "统一社会信用代码"), creditCode.text),
            PrintedField(Bilingual(en: "Name", zh: "名称"), name),
            PrintedField(Bilingual(en: "Type", zh: "类型"), type),
            PrintedField(kind.representativeLabel, representative),
        ]
        if let composition {
            fields.append(PrintedField(Bilingual(en: "Composition", zh: "组成形式"), composition.name[language]))
        }
        if let capital {
            let label = kind.capitalLabel ?? Bilingual(en: "Capital", zh: "资本")
            fields.append(PrintedField(label, capital.grouped(language)))
        }
        fields.append(PrintedField(kind.establishedLabel, established.description))
        if let term { fields.append(PrintedField(Bilingual(en: "Term", zh: "营业期限"), term.text(language))) }
        fields.append(PrintedField(kind.addressLabel, address))
        fields.append(PrintedField(Bilingual(en: "Scope", zh: "经营范围"), scope.text(language)))
        if let location {
            let place = "\(location.latitude), \(location.longitude)"
            fields.append(PrintedField(Bilingual(en: "Location (WGS 84)", zh: "位置(WGS 84)"), place))
        }
        fields.append(PrintedField(Bilingual(en: "Issued", zh: "发照日期"), issued.description))
        fields.append(PrintedField(Bilingual(en: "Version", zh: "版本"), String(version)))
        if further.count > 0 {
            let more = Bilingual(
                en: "\(further.count) more claims that this version does not know",
                zh: "此码另含 \(further.count) 项本版本不识别的内容"
            )
            fields.append(PrintedField(Bilingual(en: "Also", zh: "其他"), more[language]))
        }
        return fields
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
