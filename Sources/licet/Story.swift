import Licence
import Registry

/// The life of a licence, told from its first day on.
struct Story {
    private let versions: [Int: LicenceRecord]
    private let acts: [Act]
    private let officers: [Int: String]
    private let utcOffset: Int
    /// The numbers of the acts that put a registry back.
    private let restorations: Set<Int>

    init(
        _ versions: [LicenceRecord],
        _ acts: [Act],
        restorations: Set<Int>,
        by officers: [Int: String],
        of authority: AuthorityRecord
    ) {
        self.restorations = restorations
        self.versions = Dictionary(versions.map { ($0.licence.version, $0) }, uniquingKeysWith: { first, _ in first })
        self.acts = acts
        self.officers = officers
        utcOffset = authority.utcOffset
    }

    /// One line an act, with what it changed below it; the end of a term that is over is a line as well.
    func lines(today: CalendarDate) throws -> [String] {
        var lines: [(day: CalendarDate, text: [String])] = try acts.map { act in
            (try CalendarDate(at: act.at, utcOffset: utcOffset), try text(act))
        }
        for (version, record) in versions {
            guard let last = record.licence.particulars.term?.to, record.status(on: today) == .expired else { continue }
            let over = Bilingual(en: "the term of version \(version) was over", zh: "第 \(version) 版期限届满")
            let place = lines.firstIndex { $0.day > last } ?? lines.endIndex
            lines.insert((last, ["\(last)         \(Speech.say(over))"]), at: place)
        }
        return lines.flatMap(\.text)
    }

    private func text(_ act: Act) throws -> [String] {
        guard case .licence(let kind) = act.deed.kind, let version = act.deed.subject?.version else { return [] }
        let officer = officers[act.officer] ?? "?"
        let made =
            kind.makesVersion
            ? Bilingual(en: "version \(version) \(kind.name.en)", zh: "\(kind.name.zh)第 \(version) 版")
            : Bilingual(en: "\(kind.name.en) (version \(version))", zh: "\(kind.name.zh)（第 \(version) 版）")
        let approval = act.deed.reference.map { number in
            restorations.contains(number)
                ? Bilingual(en: ", with the restoration of act \(number)", zh: "，随恢复登记（第 \(number) 号）")
                : Bilingual(en: ", approved as proposal \(number)", zh: "，经批准（提案 \(number)）")
        }
        let place = try place(of: version)
        let by = Bilingual(en: "by \(officer)", zh: "经办 \(officer)")
        let words = [act.deed.reason, act.deed.detail].compactMap { $0 }.joined(separator: "; ")
        let reason = words == Deed.ordinaryIssue ? "" : ": \(words)"
        let head =
            "\(local(act.at))  \(Speech.say(made))\(kind.makesVersion ? place : ""), \(Speech.say(by))\(approval.map(Speech.say) ?? "")\(reason)"
        return [head] + changes(to: version, kind).map { "                    \($0)" }
    }

    /// Which version it stands in place of, and at which office, where that is another one.
    private func place(of version: Int) throws -> String {
        guard let new = versions[version], let old = versions[version - 1] else { return "" }
        var words: [Bilingual] = []
        if old.status == .superseded {
            words.append(Bilingual(en: " in place of version \(version - 1)", zh: "，取代第 \(version - 1) 版"))
        }
        if new.office != old.office {
            words.append(Bilingual(en: " at office \(new.office)", zh: "，登记机关 \(new.office)"))
        }
        return words.map(Speech.say).joined()
    }

    /// What a version says otherwise than the one before.
    private func changes(to version: Int, _ kind: LicenceAct) -> [String] {
        guard kind.makesVersion, let new = versions[version], let old = versions[version - 1] else { return [] }
        let before = Application(old.licence.particulars).fields
        let after = Application(new.licence.particulars).fields
        return ApplicationField.allCases.compactMap { field in
            guard before[field] != after[field] else { return nil }
            return "\(field.rawValue): \(before[field] ?? "–") → \(after[field] ?? "–")"
        }
    }

    /// Day and minute at the authority.
    private func local(_ instant: Instant) -> String {
        let text = instant.adding(seconds: Int64(utcOffset) * 60).description
        return String(text.prefix(16)).replacing("T", with: " ")
    }
}
