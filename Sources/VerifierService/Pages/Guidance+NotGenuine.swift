import Licence
import Verification

/// Where nobody may rely on what the code says.
extension Guidance {
    static func notGenuine(_ word: VerdictWord) -> Guidance {
        switch word {
        case .forged:
            Guidance(
                Bilingual(
                    en: "The office that this code names did not sign it. It was altered, or made by somebody else.",
                    zh: "此码并非所称登记机关签发，系篡改或者他人伪造。"
                ),
                [doNotRely, report]
            )
        case .notIssued:
            Guidance(
                Bilingual(
                    en:
                        "This code bears an office's signature, but the office has no record that it issued this licence.",
                    zh: "此码带有登记机关的签名，但登记机关的签发记录中没有此执照。"
                ),
                [
                    doNotRely,
                    Bilingual(
                        en: "If it was issued today, check again in some hours. Otherwise report it.",
                        zh: "如系当日新领执照，请数小时后再次核验；否则请予举报。"
                    ),
                ]
            )
        case .unknownIssuer:
            Guidance(
                Bilingual(
                    en: "This code was not issued by any office known here.",
                    zh: "此码的签发者不在登记机关名单之内。"
                ),
                [
                    doNotRely,
                    Bilingual(
                        en:
                            "The licence may belong to another authority's system. Ask that office; if nobody knows it, "
                            + "report it.",
                        zh: "此执照可能由其他地区的机关签发，请向该机关查询；查无此照的，请予举报。"
                    ),
                ]
            )
        case .issuerRevoked:
            Guidance(
                Bilingual(
                    en: "The key that signed this code has been withdrawn, and the licence is not known from before.",
                    zh: "签发此码的密钥已经吊销，且无法证明此执照在此之前签发。"
                ),
                [
                    doNotRely,
                    Bilingual(
                        en: "Ask the business to get a newly issued code from its office.",
                        zh: "请要求经营者向登记机关申请重新签发。"
                    ),
                ]
            )
        case .outOfJurisdiction:
            Guidance(
                Bilingual(
                    en: "The office whose key signed this code may not issue this licence.",
                    zh: "此码所用密钥的机关无权签发此执照。"
                ),
                [doNotRely, report]
            )
        default:
            Guidance(
                Bilingual(
                    en: "The code is genuine, but the paper says something else.",
                    zh: "此码属实，但纸面内容与其不符。"
                ),
                [
                    Bilingual(
                        en: "What counts is what the code says, below. Do not rely on the paper.",
                        zh: "请以下列内容为准，请勿采信纸面内容。"
                    ), report,
                ]
            )
        }
    }

    private static let doNotRely = Bilingual(
        en: "Do not rely on this licence: do not pay, sign or hand over anything on its strength.",
        zh: "请勿采信此执照，请勿据此付款、签约或者办理事项。"
    )

    private static let report = Bilingual(
        en: "Take a photo of it and remember where you saw it, then report it as below. You need not confront anybody.",
        zh: "请拍照留存并记下所见地点，按下方方式举报；请注意自身安全，无需与对方争执。"
    )
}
