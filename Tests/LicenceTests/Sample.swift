import Licence

/// An application that every rule accepts, to spoil in one way.
enum Sample {
    static func application(of kind: LicenceKind) throws -> Application {
        let front = kind == .individualBusiness ? "92" : kind == .cooperative ? "93" : "91"
        var application = Application(fields: [
            .creditCode: creditCode(front), .kind: kind.rawValue, .name: "天长市晨光食品有限公司", .type: "有限责任公司(自然人独资)",
            .representative: "阿依古丽·买买提", .established: "2019-06-12", .address: "安徽省天长市永福路1号",
            .scope: "食品销售；餐饮服务",
        ])
        if kind == .company {
            application.fields[.capitalAmount] = "1000000.00"
            application.fields[.capitalCurrency] = "CNY"
        }
        return application
    }

    /// A valid code of the division 341181 that begins with `front`.
    static func creditCode(_ front: String) -> String {
        let text = "\(front)341181MA2N0ABC1"
        let check = CreditCode.checkValue(text.utf8.compactMap(CreditCode.value))
        return text + String(decoding: [CreditCode.alphabet[check]], as: UTF8.self)
    }
}

/// A refusal without its words.
struct Refused: Equatable {
    let code: LicenceError.Code
    let field: String?

    init(_ code: LicenceError.Code, _ field: String?) {
        self.code = code
        self.field = field
    }
}

extension Application.Refusal {
    var refused: [Refused] { errors.map { Refused($0.code, $0.field) } }
}

extension Application {
    /// What ``review(checkCharacter:)`` refuses; empty when it accepts.
    var refusals: [Refused] {
        do {
            _ = try review()
            return []
        } catch { return error.refused }
    }
}
