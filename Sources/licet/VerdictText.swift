import Foundation
import Licence
import LicenceCode
import Publication
import Verification

/// A verdict on a terminal.
enum VerdictText {
    /// The word, the reason, the licence and what the verdict rests on.
    static func printWhole(_ verdict: Verdict) {
        print("\(mark(verdict.word)) \(coloured(verdict.word))")
        print("  \(Speech.say(verdict.message))")
        if let claims = verdict.claims {
            print("")
            if !verdict.word.vouchesForContent { print("  \(Speech.say(notVouchedFor))") }
            printLicence(claims)
            if let issuer = verdict.issuer { print("  \(Speech.say(office)): \(Speech.say(issuer.name))") }
        }
        print("")
        let sources = [verdict.evidence.trustList, verdict.evidence.statusList, verdict.evidence.issuedList]
        for source in sources.compactMap(\.self) {
            let line = Bilingual(
                en: "by \(source.uri), number \(source.sequence), issued \(source.issuedAt)",
                zh: "依据 \(source.uri) 第 \(source.sequence) 期，发布于 \(source.issuedAt)"
            )
            print("  \(Speech.say(line))")
        }
        if let log = verdict.evidence.log {
            let witnesses = log.witnesses.joined(separator: ", ")
            let line = Bilingual(
                en: "by log \(log.origin)\(log.index.map { ", entry \($0)" } ?? "") of \(log.size)"
                    + (witnesses.isEmpty ? "" : ", witnessed by \(witnesses)"),
                zh: "依据公开日志 \(log.origin)\(log.index.map { " 第 \($0) 条" } ?? "")，共 \(log.size) 条"
                    + (witnesses.isEmpty ? "" : "，见证人 \(witnesses)")
            )
            print("  \(Speech.say(line))")
        }
    }

    /// The licence, a line for each printed field.
    static func printLicence(_ claims: Claims) {
        for field in claims.printed(in: Speech.language) { print("  \(Speech.say(field.label)): \(field.value)") }
    }

    static let office = Bilingual(en: "Office", zh: "登记机关")

    /// One line for one of several inputs.
    static func printLine(_ verdict: Verdict, input: String) {
        let who = verdict.claims.map { verdict.word.vouchesForContent ? "  \($0.name)  \($0.creditCode)" : "" } ?? ""
        print(
            "\(mark(verdict.word)) \(coloured(verdict.word))  \(Words.printable(input))\(who)  \(Speech.say(verdict.message))"
        )
    }

    private static let notVouchedFor = Bilingual(
        en: "The code says the following, and nobody vouches for it:",
        zh: "以下为此码自称的内容，未经证实："
    )

    private static func mark(_ word: VerdictWord) -> String {
        switch word {
        case .valid: "✓"
        case .undetermined: "?"
        case .suspended, .dormant, .notYetValid, .superseded, .relocated, .expired: "!"
        case .malformed, .unknownIssuer, .forged, .issuerRevoked, .outOfJurisdiction, .notIssued, .annulled, .cancelled,
            .revoked, .altered:
            "✗"
        }
    }

    private static func coloured(_ word: VerdictWord) -> String {
        let text = Speech.say(word.name)
        guard isatty(1) == 1, ProcessInfo.processInfo.environment["NO_COLOR"] == nil else { return text }
        let colour =
            switch mark(word) {
            case "✓": 32
            case "✗": 31
            default: 33
            }
        return "\u{1B}[1;\(colour)m\(text)\u{1B}[0m"
    }
}
