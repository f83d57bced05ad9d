import Licence
import LicenceCode

/// A licence as lines of label and value, in the order in which it is printed.
enum LicenceText {
    static let office = Bilingual(en: "Office", zh: "登记机关")
    static let entry = Bilingual(en: "List entry", zh: "清单位置")

    static func lines(_ claims: Claims) -> [(Bilingual, String)] {
        var lines: [(Bilingual, String)] = [
            (Bilingual(en: "Credit code", zh: "统一社会信用代码"), "\(claims.creditCode)"),
            (Bilingual(en: "Version", zh: "版次"), "\(claims.version)"),
            (Bilingual(en: "Name", zh: "名称"), claims.name),
            (Bilingual(en: "Type", zh: "类型"), claims.type),
            (claims.kind.representativeLabel, claims.representative),
        ]
        if let capital = claims.capital, let label = claims.kind.capitalLabel {
            lines.append((label, "\(capital.amount) \(capital.currency)"))
        }
        if let composition = claims.composition {
            lines.append((Bilingual(en: "Composition", zh: "组成形式"), composition.name[Speech.language]))
        }
        lines.append((Bilingual(en: "Established", zh: "成立日期"), "\(claims.established)"))
        if let term = claims.term {
            let end = term.to?.description ?? Bilingual(en: "without end", zh: "长期")[Speech.language]
            lines.append((Bilingual(en: "Term", zh: "营业期限"), "\(term.from) – \(end)"))
        }
        lines.append((claims.kind.addressLabel, claims.address))
        if let location = claims.location {
            lines.append((Bilingual(en: "Location", zh: "坐标"), "\(location.latitude), \(location.longitude)"))
        }
        lines.append((Bilingual(en: "Scope", zh: "经营范围"), scope(claims.scope)))
        lines.append((Bilingual(en: "Issued", zh: "发照日期"), "\(claims.issued)"))
        return lines
    }

    private static func scope(_ scope: Claims.Scope) -> String {
        switch scope {
        case .text(let text): text
        case .digest(let length, let digest):
            Bilingual(
                en: "not carried: \(length) characters with SHA-256 \(digest)",
                zh: "未载全文：共 \(length) 字，SHA-256 \(digest)"
            )[Speech.language]
        }
    }
}
