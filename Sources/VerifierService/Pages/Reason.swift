import Licence
import Verification

extension Verdict {
    /// Why, for somebody in a shop; nil where the word and what it means say it all.
    func reason(utcOffset: Int) -> Bilingual? {
        switch word {
        case .unknownIssuer, .forged, .issuerRevoked, .outOfJurisdiction, .notIssued, .altered:
            message.withLocalTimes(utcOffset: utcOffset)
        // The verdict's own sentence tells the operator which file to fetch.
        case .undetermined:
            Bilingual(
                en:
                    "Some of the signed data that this check needs is missing here, out of date or contradictory. That is "
                    + "not for you to mend.",
                zh: "本服务所需的部分签名数据缺失、已过有效期或者相互矛盾，与您的操作无关。"
            )
        // Of what is no code there is nothing to say but that.
        case .malformed: nil
        case .notYetValid, .annulled, .cancelled, .revoked, .relocated, .superseded, .expired, .suspended, .dormant,
            .valid:
            nil
        }
    }
}

extension Bilingual {
    /// The text with each time in UTC as `utcOffset` minutes ahead of it: a page shows no two clocks side by side.
    func withLocalTimes(utcOffset: Int) -> Bilingual {
        Bilingual(en: Self.local(en, utcOffset), zh: Self.local(zh, utcOffset))
    }

    private static func local(_ text: String, _ utcOffset: Int) -> String {
        var result = text
        // From the end, so that what stands before keeps its place.
        for match in text.matches(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/).reversed() {
            guard let instant = Instant(rfc3339: String(match.output)) else { continue }
            result.replaceSubrange(match.range, with: instant.local(utcOffset: utcOffset))
        }
        return result
    }
}
