import Licence

/// How old the publication in force is and whether it can be relied on now, in plain words.
struct PublicationState {
    let tone: Tone
    let summary: Bilingual
    let age: Bilingual?

    /// `isCutOff` says that the publication is fetched and nothing that is believed comes any more.
    init(_ publication: PublicationContents, isCutOff: Bool, now: Instant) {
        let isSound = publication.isSound(at: now) && !isCutOff
        if !isSound, !publication.canTell(at: now) {
            tone = .unknown
            summary = Bilingual(
                en: "No licence can be confirmed right now: the data that checks rest on is missing or out of date. "
                    + "Checks will say \u{201C}cannot tell\u{201D}, unless the code itself gives a fake away.",
                zh: "目前无法确认任何执照：核验所依据的数据缺失或者已过有效期。除能识别出的伪造外，核验结果将显示\u{201C}无法判定\u{201D}。"
            )
        } else if isSound {
            tone = .good
            summary = Bilingual(
                en: "The data is complete and up to date.",
                zh: "核验数据完整，均在有效期内。"
            )
        } else {
            tone = .caution
            summary = Bilingual(
                en: "Some of the data is missing, out of date or could not be renewed. A check that needs it will say "
                    + "\u{201C}cannot tell\u{201D}; any other can be relied on.",
                zh: "部分数据缺失、已过有效期或者未能更新。用到该部分数据的核验将显示\u{201C}无法判定\u{201D}，其余核验结果不受影响。"
            )
        }
        age = publication.oldestStatus.map { oldest in
            let age = PlainAge(seconds: now.since(oldest))
            let areSeveral = publication.statusLists.count > 1
            return Bilingual(
                en: areSeveral
                    ? "The oldest status list was issued \(age.en)." : "The status list was issued \(age.en).",
                zh: areSeveral ? "最早的状态清单发布时间：\(age.zh)。" : "状态清单发布时间：\(age.zh)。"
            )
        }
    }

    func section(_ language: Language) -> HTML {
        let heading = Bilingual(en: "Can checks be relied on now?", zh: "核验数据状况")[language]
        let age: HTML = age.map { "<p>\($0[language])</p>" } ?? ""
        return """
            <section>
            <h2>\(heading)</h2>
            <div class="state \(tone.rawValue)">\(tone.symbol)<div><p>\(summary[language])</p>\(age)</div></div>
            </section>
            """
    }
}
