import Licence

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
