import Licence
import Publication
import Verification

extension Verdict {
    /// The lines that say what the verdict rests on, and how old that is.
    var evidenceFields: [(label: Bilingual, value: Bilingual)] {
        let offset = issuer?.utcOffset ?? 0
        var fields: [(Bilingual, Bilingual)] = []
        if let issuer {
            let label =
                word.vouchesForContent
                ? Bilingual(en: "Issued by", zh: "登记机关") : Bilingual(en: "Claims to be issued by", zh: "自称的登记机关")
            fields.append((label, issuer.name))
        }
        for (label, source) in [
            (Bilingual(en: "Trust list", zh: "信任清单"), evidence.trustList),
            (Bilingual(en: "Status list", zh: "状态清单"), evidence.statusList),
            (Bilingual(en: "Issued list", zh: "签发清单"), evidence.issuedList),
        ] {
            let missing = Bilingual(en: "not consulted, or not available", zh: "未查或缺失")
            fields.append((label, source?.text(at: evidence.checkedAt, utcOffset: offset) ?? missing))
        }
        if let log = evidence.log {
            let place = log.index.map { (en: "entry \($0) of \(log.size)", zh: "第 \($0) 条，共 \(log.size) 条") }
            let (en, zh) = place ?? (en: "\(log.size) entries", zh: "共 \(log.size) 条")
            fields.append((Bilingual(en: "Public log", zh: "公开日志"), Bilingual(en: en, zh: zh)))
        }
        let checked = evidence.checkedAt.local(utcOffset: offset)
        fields.append((Bilingual(en: "Checked at", zh: "核验时间"), Bilingual(en: checked, zh: checked)))
        return fields
    }
}

extension Verdict.Evidence.Source {
    fileprivate func text(at now: Instant, utcOffset: Int) -> Bilingual {
        let age = Age(seconds: now.since(issuedAt))
        let local = issuedAt.local(utcOffset: utcOffset)
        return Bilingual(
            en: "No. \(sequence), issued \(age.en) ago, \(local)",
            zh: "第 \(sequence) 号，\(age.zh)前发布，\(local)"
        )
    }

}

extension Instant {
    /// The time on clocks that are `utcOffset` minutes ahead of UTC: `2026-03-18 08:00 (UTC+08:00)`.
    fileprivate func local(utcOffset: Int) -> String {
        let shifted = adding(seconds: Int64(utcOffset) * 60).description
        let time = shifted.prefix(16).split(separator: "T").joined(separator: " ")
        guard utcOffset != 0 else { return "\(time) (UTC)" }
        let parts = [abs(utcOffset) / 60, abs(utcOffset) % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(time) (UTC\(utcOffset < 0 ? "-" : "+")\(parts.joined(separator: ":")))"
    }
}
