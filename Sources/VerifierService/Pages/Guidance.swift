import Licence
import Verification

/// What a verdict means to somebody in a shop, and what to do next.
struct Guidance {
    /// One or two sentences.
    let meaning: Bilingual
    /// What to do, one thing a line.
    let steps: [Bilingual]

    /// `reason` is the verdict's own sentence, which names the day where a day decides.
    init(_ word: VerdictWord, reason: Bilingual) {
        switch word {
        case .valid: self = .valid
        case .expired: self.init(reason, [Self.askForNewer])
        case .notYetValid: self.init(reason, [Self.checkFromThatDay])
        case .superseded, .relocated, .suspended, .dormant: self = .notNow(word)
        case .revoked, .cancelled, .annulled: self = .noMore(word)
        case .forged, .notIssued, .unknownIssuer, .issuerRevoked, .outOfJurisdiction, .altered: self = .notGenuine(word)
        case .malformed: self = .malformed
        case .undetermined: self = .undetermined
        }
    }

    init(_ meaning: Bilingual, _ steps: [Bilingual]) {
        self.meaning = meaning
        self.steps = steps
    }

    private static let valid = Guidance(
        Bilingual(
            en: "This licence was issued by the registration office and is in force.",
            zh: "此执照由登记机关签发，目前有效。"
        ),
        [
            Bilingual(
                en:
                    "Compare name, address and credit code below with the licence on the wall and with the shop itself.",
                zh: "请将下列名称、住所（经营场所）和统一社会信用代码，与所悬挂的执照及实际经营者逐项核对。"
            ),
            Bilingual(
                en: "If something differs, the code may have been copied from another business: report it.",
                zh: "如有不符，可能系冒用他人执照的二维码，请予举报。"
            ),
        ]
    )

    private static let malformed = Guidance(
        Bilingual(
            en: "This is not a licence code, or not a complete one.",
            zh: "此码不是营业执照码，或者不完整。"
        ),
        [
            Bilingual(
                en:
                    "Scan the code on the licence once more: flat, straight on, in good light. If you typed it, check the "
                    + "digits.",
                zh: "请将执照放平，在光线充足处正对二维码重新扫描；手工输入的，请检查数字有无错漏。"
            ),
            Bilingual(
                en:
                    "If a licence that is on display always gives this answer, treat it as not confirmed and report it.",
                zh: "所悬挂的执照如多次扫描均显示此结果，请勿采信，并予举报。"
            ),
        ]
    )

    private static let undetermined = Guidance(
        Bilingual(
            en:
                "This check cannot be answered right now. It does not mean that the licence is a fake, nor that it is "
                + "valid.",
            zh: "本次核验暂时无法得出结论：既不表示执照有假，也不表示执照有效。"
        ),
        [
            Bilingual(
                en: "Try again later; the data that the check rests on is renewed regularly.",
                zh: "请稍后再试，核验所依据的数据会定期更新。"
            ),
            Bilingual(
                en:
                    "If it is urgent, ask the registration office, with the credit code. Do not rely on the licence until "
                    + "then.",
                zh: "如需尽快确认，请凭统一社会信用代码向登记机关查询；确认之前请勿采信。"
            ),
        ]
    )
}

// MARK: - Genuine, but not now

extension Guidance {
    private static func notNow(_ word: VerdictWord) -> Guidance {
        switch word {
        case .superseded:
            Guidance(
                Bilingual(
                    en: "This licence was genuine but has been replaced by a newer one, or the business has moved to "
                        + "another office.",
                    zh: "此执照由登记机关签发，但已换发新照或者迁往其他登记机关，本版作废。"
                ),
                [askForNewer]
            )
        case .relocated:
            Guidance(
                Bilingual(
                    en: "The business has moved to another registration office; this licence is no longer in use.",
                    zh: "该经营主体已迁往其他登记机关，此执照不再使用。"
                ),
                [askForNewer]
            )
        case .suspended:
            Guidance(
                Bilingual(
                    en: "This licence is genuine, but the business has been ordered to stop trading for now (停业).",
                    zh: "此执照由登记机关签发，但该经营主体已被责令停业。"
                ),
                [
                    Bilingual(
                        en: "It may not trade until the order is lifted. If it does, report it.",
                        zh: "责令停业期间不得从事经营活动；如发现仍在经营，请予举报。"
                    ), checkAgain,
                ]
            )
        default:
            Guidance(
                Bilingual(
                    en: "This licence is genuine; the business has told the office that it is resting (歇业).",
                    zh: "此执照由登记机关签发，该经营主体已办理歇业备案，目前处于歇业期间。"
                ),
                [
                    Bilingual(
                        en:
                            "If it is trading all the same, ask it whether it has told the office that it is open again.",
                        zh: "如其仍在经营，请向经营者了解是否已恢复营业。"
                    ), checkAgain,
                ]
            )
        }
    }

    private static let askForNewer = Bilingual(
        en:
            "Ask the business for its newest licence and scan the code on that one. What stands below may have changed.",
        zh: "请要求经营者出示最新的营业执照，并扫描新照上的二维码；下列内容可能已经变更。"
    )

    private static let checkFromThatDay = Bilingual(
        en: "Check again on or after that day.",
        zh: "请在生效之日或者之后再次核验。"
    )

    private static let checkAgain = Bilingual(
        en: "This can change: what counts is the day of your check.",
        zh: "上述状态可能变化，请以办理事项当日的核验结果为准。"
    )
}

// MARK: - Genuine, but no more

extension Guidance {
    private static func noMore(_ word: VerdictWord) -> Guidance {
        let meaning =
            switch word {
            case .revoked:
                Bilingual(
                    en:
                        "The office issued this licence and has since withdrawn it as a penalty (吊销). The business may no "
                        + "longer trade.",
                    zh: "此执照由登记机关签发，但已被依法吊销，不得再据此从事经营活动。"
                )
            case .cancelled:
                Bilingual(
                    en: "The business has been deregistered (注销) and this licence has ended.",
                    zh: "该经营主体已办理注销登记，此执照已经失效。"
                )
            default:
                Bilingual(
                    en: "The registration has been annulled (撤销): it should never have been granted.",
                    zh: "该登记已被依法撤销，此执照无效。"
                )
            }
        return Guidance(
            meaning,
            [
                Bilingual(
                    en: "Do not enter into business on the strength of this licence.",
                    zh: "请勿凭此执照与其交易或者办理事项。"
                ),
                Bilingual(
                    en: "If the business is still trading or shows this licence, report it.",
                    zh: "如发现其仍在经营或者继续使用此执照，请予举报。"
                ),
            ]
        )
    }
}
