import Licence
import Publication
import Verification

/// A line of what a verdict rests on.
struct EvidenceField {
    let label: Bilingual
    /// What the thing is for, in a few words.
    var hint: Bilingual?
    let value: Bilingual
    /// Number and time, for whoever wants them.
    var detail: Bilingual?

    func html(_ language: Language) -> HTML {
        let hint: HTML = hint.map { "<small>\($0[language])</small>" } ?? ""
        let detail: HTML = detail.map { "<small>\($0[language])</small>" } ?? ""
        return HTML.registered(value[language], in: language) { text, lang in
            "<div><dt>\(label[language])\(hint)</dt><dd\(lang)>\(text)\(detail)</dd></div>"
        }
    }
}

extension Verdict {
    /// The lines that say what the verdict rests on, and how old that is; times are those of clocks at `utcOffset`.
    ///
    /// None where it is no code, for which nothing is looked up.
    func evidenceFields(utcOffset: Int) -> [EvidenceField] {
        guard word != .malformed else { return [] }
        let offset = issuer?.utcOffset ?? utcOffset
        var fields: [EvidenceField] = []
        if let reason = reason(utcOffset: offset) {
            fields.append(EvidenceField(label: Bilingual(en: "Reason", zh: "具体原因"), value: reason))
        }
        if let issuer {
            let label =
                word.vouchesForContent
                ? Bilingual(en: "Issued by", zh: "登记机关") : Bilingual(en: "Claims to be issued by", zh: "自称的登记机关")
            fields.append(EvidenceField(label: label, value: issuer.name))
        }
        for (list, source) in [
            (EvidenceList.status, evidence.statusList), (.issued, evidence.issuedList), (.trust, evidence.trustList),
        ] {
            fields.append(
                source.map { list.field($0, at: evidence.checkedAt, utcOffset: offset) } ?? list.absent(from: self)
            )
        }
        if let log = evidence.log {
            let place = log.index.map { (en: "entry \($0) of \(log.size)", zh: "第 \($0) 条，共 \(log.size) 条") }
            let (en, zh) = place ?? (en: "\(log.size) entries", zh: "共 \(log.size) 条")
            fields.append(
                EvidenceField(
                    label: Bilingual(en: "Public log", zh: "公开日志"),
                    hint: Bilingual(en: "in which nothing can be undone", zh: "只增不改，可供查证"),
                    value: Bilingual(en: en, zh: zh)
                )
            )
        }
        return fields
    }
}

/// The signed lists that a verdict rests on.
private enum EvidenceList {
    case trust, status, issued

    private var label: Bilingual {
        switch self {
        case .trust: Bilingual(en: "Trust list", zh: "信任清单")
        case .status: Bilingual(en: "Status list", zh: "状态清单")
        case .issued: Bilingual(en: "Issued list", zh: "签发清单")
        }
    }

    private var hint: Bilingual {
        switch self {
        case .trust: Bilingual(en: "which offices may issue", zh: "记载有权签发的机关")
        case .status: Bilingual(en: "what has been revoked or replaced", zh: "记载吊销、换照等状态")
        case .issued: Bilingual(en: "what was really issued", zh: "记载实际签发的执照")
        }
    }

    /// That the verdict does without it: because it was asked for and is not there, or because what came before decided.
    func absent(from verdict: Verdict) -> EvidenceField {
        // The trust list comes first, and an entry is named once the other two are asked for.
        let wasAskedFor = self == .trust || verdict.evidence.index != nil
        let value: Bilingual
        switch (wasAskedFor, verdict.word) {
        case (true, .undetermined): value = Bilingual(en: "needed, but not available now", zh: "核验需要，但暂时无法取得")
        case (true, _): value = Bilingual(en: "not available now", zh: "暂时无法取得")
        case (false, _): value = Bilingual(en: "not used for this answer", zh: "本次核验未用到")
        }
        return EvidenceField(label: label, hint: hint, value: value)
    }

    func field(_ source: Verdict.Evidence.Source, at now: Instant, utcOffset: Int) -> EvidenceField {
        let age = PlainAge(seconds: now.since(source.issuedAt))
        let local = source.issuedAt.local(utcOffset: utcOffset)
        return EvidenceField(
            label: label,
            hint: hint,
            value: Bilingual(en: "issued \(age.en)", zh: "\(age.zh)发布"),
            detail: Bilingual(en: "\(local), No. \(source.sequence)", zh: "\(local)，第 \(source.sequence) 号")
        )
    }
}

/// How long ago something was, as one says it.
struct PlainAge {
    let en: String
    let zh: String

    init(seconds: Int64) {
        guard seconds >= 60 else {
            (en, zh) = ("less than a minute ago", "不到 1 分钟前")
            return
        }
        let age = Age(seconds: seconds)
        // Of one minute and some seconds nobody counts the seconds.
        (en, zh) = seconds < 120 ? ("a minute ago", "1 分钟前") : ("\(age.en) ago", "\(age.zh)前")
    }
}

extension Instant {
    /// The time on clocks that are `utcOffset` minutes ahead of UTC: `2026-03-18 08:00 (UTC+08:00)`.
    func local(utcOffset: Int) -> String {
        let shifted = adding(seconds: Int64(utcOffset) * 60).description
        let time = shifted.prefix(16).split(separator: "T").joined(separator: " ")
        guard utcOffset != 0 else { return "\(time) (UTC)" }
        let parts = [abs(utcOffset) / 60, abs(utcOffset) % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(time) (UTC\(utcOffset < 0 ? "-" : "+")\(parts.joined(separator: ":")))"
    }
}
