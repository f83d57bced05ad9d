import Licence
import LicenceCode
import Publication

/// The sentence that goes with each verdict, in both languages; a sentence quotes nothing that a forger could choose.
enum Messages {
    /// What stands before and behind the age of the status list, and what follows where a code has only a digest of the scope.
    static let valid = (
        before: Bilingual(en: "Genuine and in force, by a status list issued ", zh: "执照真实且有效，依据 "),
        behind: Bilingual(en: " ago.", zh: "前发布的状态清单。"),
        core: Bilingual(en: " The code carries a digest of the scope, not its text.", zh: "此码仅含经营范围的摘要，不含全文。")
    )

    static func valid(_ age: Age, isCore: Bool) -> Bilingual {
        Bilingual(
            en: valid.before.en + age.en + valid.behind.en + (isCore ? valid.core.en : ""),
            zh: valid.before.zh + age.zh + valid.behind.zh + (isCore ? valid.core.zh : "")
        )
    }

    static func malformed(_ error: CodeError) -> Bilingual {
        let zh =
            switch error.code {
            case .notACode: "这不是营业执照码：执照码由一串数字组成，首位不为 0，前面可以有核验网址或者 LICET:。"
            case .unknownVersion, .unknownAlgorithm, .unknownCoding:
                "此码不完整、有误，或者采用了未知的格式：请核对数字是否齐全；确认无误的，请更新核验软件。"
            default: "此码已损坏，或不是规范的编码。"
            }
        return Bilingual(
            en: error.code == .notACode ? "This is \(error.reason)." : "Not a licence code: \(error.reason).",
            zh: zh
        )
    }

    static func noEvidence(_ error: PublicationError) -> Bilingual {
        let zh =
            switch error.code {
            case .missing, .unreadable: "缺少 \(error.file)，请获取最新的发布数据。"
            case .rolledBack: "\(error.file) 比以前见过的更旧，不予采信。"
            case .ahead: "\(error.file) 的发布时间晚于本机时钟，请校准时钟。"
            case .wrongSignature, .wrongIssuer: "\(error.file) 的签名不可信。"
            case .notLogged: "\(error.file) 未载入公开日志，不予采信。"
            case .overtaken: "公开日志中已有比 \(error.file) 更新的版本，但尚未取得，不予采信。"
            case .unwitnessed: "\(error.file) 的见证签名不足，不予采信。"
            case .malformed, .tooLarge, .notWritten: "\(error.file) 已损坏。"
            }
        return Bilingual(
            en: "Cannot tell: \(error.file) \(error.code == .missing ? "is missing" : error.reason).",
            zh: "无法判定：\(zh)"
        )
    }

    static func stale(_ file: String, _ issuedAt: Instant, _ now: Instant) -> Bilingual {
        if issuedAt > now {
            return Bilingual(
                en: "Cannot tell: \(file) was issued at \(issuedAt), which lies ahead of the time of this check.",
                zh: "无法判定：\(file) 的发布时间 \(issuedAt) 晚于核验时间。"
            )
        }
        let age = Age(seconds: now.since(issuedAt))
        return Bilingual(
            en: "Cannot tell: \(file) is \(age.en) old and says nothing any more; fetch the newest publication.",
            zh: "无法判定：\(file) 已发布\(age.zh)，超过有效期，请获取最新的发布数据。"
        )
    }

    static func outOfRange(_ index: Int) -> Bilingual {
        Bilingual(
            en: "Cannot tell: the lists have no entry \(index).",
            zh: "无法判定：清单中没有第 \(index) 项。"
        )
    }

    static func listsDisagree(_ index: Int) -> Bilingual {
        Bilingual(
            en: "Cannot tell: of entry \(index) the status list and the issued list say different things, as lists of "
                + "different times do; fetch the newest publication.",
            zh: "无法判定：状态清单与签发清单对第 \(index) 项的记载不一致（可能不是同一期），请获取最新的发布数据。"
        )
    }

    static func unknownStatus(_ value: UInt8) -> Bilingual {
        Bilingual(
            en: "Cannot tell: the status list says \(value), which this program does not know; update it.",
            zh: "无法判定：状态值 \(value) 未知，请更新核验软件。"
        )
    }

    static func unknownIssuer(_ number: IssuerNumber) -> Bilingual {
        Bilingual(
            en: "The code names key \(number), which is no licence key of the trust list.",
            zh: "此码声称由第 \(number) 号密钥签发，但信任清单中没有该签发密钥。"
        )
    }

    static func forged(_ office: Bilingual) -> Bilingual {
        Bilingual(
            en: "The signature is not by the key of \(office.en): the code was altered or made by somebody else.",
            zh: "签名与\(office.zh)的密钥不符：此码被篡改或系他人伪造。"
        )
    }

    static func issuerRevoked(_ office: Bilingual, _ revocation: TrustedKey.Revocation) -> Bilingual {
        Bilingual(
            en: "The key of \(office.en) is revoked as of \(revocation.at), and this licence is not known from before.",
            zh: "\(office.zh)的密钥自 \(revocation.at) 起已吊销，且无法证明此执照在此之前签发。"
        )
    }

    static func wrongDivision(_ office: Bilingual, _ division: DivisionCode) -> Bilingual {
        Bilingual(
            en: "\(office.en) may not issue licences for division \(division).",
            zh: "\(office.zh)无权签发行政区划 \(division) 的执照。"
        )
    }

    static func wrongKind(_ office: Bilingual, _ kind: LicenceKind) -> Bilingual {
        Bilingual(
            en: "\(office.en) may not issue a licence of this kind (\(kind.name.en)) with this key.",
            zh: "\(office.zh)的此密钥无权签发\(kind.name.zh)的执照。"
        )
    }

    static func wrongTime(_ key: TrustedKey, _ issued: CalendarDate) -> Bilingual {
        Bilingual(
            en: "The key of \(key.name.en) could not sign on \(issued); it is good from \(key.validity.lowerBound) "
                + "to \(key.validity.upperBound)\(key.retiredAt.map { " and retired at \($0)" } ?? "").",
            zh: "\(key.name.zh)的密钥在 \(issued) 无权签发。"
        )
    }

    static func notIssued(_ evidence: Verdict.Evidence) -> Bilingual {
        let at = (evidence.issuedList ?? evidence.statusList)?.issuedAt.description ?? "-"
        return Bilingual(
            en: "Signed with a real key, but not among what was really issued by \(at); "
                + "a licence issued after that is in the next list.",
            zh: "签名所用密钥属实，但截至 \(at) 登记机关并未签发此照；此后新签发的执照见下一期清单。"
        )
    }

    static func notYetValid(_ first: CalendarDate) -> Bilingual {
        Bilingual(en: "Genuine, but it begins on \(first).", zh: "执照真实，但自 \(first) 起才生效。")
    }

    static func expired(_ last: CalendarDate) -> Bilingual {
        Bilingual(en: "Genuine, but its term ended on \(last).", zh: "执照真实，但营业期限已于 \(last) 届满。")
    }

    static func altered(_ fields: [ApplicationField]) -> Bilingual {
        let names = fields.map(\.rawValue).joined(separator: ", ")
        return Bilingual(
            en: "The code is genuine, but the paper differs from it in: \(names).",
            zh: "此码真实，但纸面内容与其不一致：\(names)。"
        )
    }

    static func status(_ word: VerdictWord, _ evidence: Verdict.Evidence) -> Bilingual {
        let at = evidence.statusList?.issuedAt.description ?? "-"
        let (en, zh) =
            switch word {
            case .annulled: ("annulled: it should never have been granted", "已被撤销")
            case .cancelled: ("cancelled (注销): the business was deregistered", "已注销")
            case .revoked: ("revoked (吊销): the office withdrew it", "已被吊销")
            case .superseded:
                ("replaced: there is a newer version, or another office has taken over", "已换发新照或迁往其他登记机关，此版作废")
            case .suspended: ("suspended: the business was ordered to stop for now", "已被责令停业")
            case .dormant: ("dormant: the business is resting", "处于歇业状态")
            default: (word.rawValue, word.name.zh)
            }
        return Bilingual(en: "Genuine, but \(en) (status list of \(at)).", zh: "执照真实，但\(zh)（状态清单 \(at)）。")
    }
}

/// A span of time in words.
package struct Age {
    let count: Int
    /// What follows ``count``, with the space between.
    let unit: Bilingual

    /// A span of `seconds`; a negative one counts as none.
    package init(seconds: Int64) {
        let seconds = max(0, Int(seconds))
        let units: (one: String, more: String, zh: String)
        (count, units) =
            switch seconds {
            case 0..<120: (seconds, (" second", " seconds", " 秒"))
            case 120..<7_200: (seconds / 60, (" minute", " minutes", " 分钟"))
            case 7_200..<172_800: (seconds / 3_600, (" hour", " hours", " 小时"))
            default: (seconds / 86_400, (" day", " days", " 天"))
            }
        unit = Bilingual(en: count == 1 ? units.one : units.more, zh: units.zh)
    }

    package var en: String { "\(count)\(unit.en)" }
    package var zh: String { "\(count)\(unit.zh)" }
}
