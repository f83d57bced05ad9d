import Licence
import Publication

/// What pages say of the authority: the operator's settings, and where those say nothing, the trust list.
///
/// Nothing of it comes from the request: a Host header says what a forger's link had it say.
struct AuthorityNotes {
    /// The authority's name as it stands in the trust list.
    let name: String?
    /// The host that the address bar must show.
    let host: String?
    let report: PageSettings.Report
    /// Whether the log has the credit codes of licences that were checked.
    let logsLicences: Bool
    /// How many minutes the offices' clocks are ahead of UTC.
    let utcOffset: Int

    init(_ settings: PageSettings, trust: TrustList?) {
        name = trust?.authority
        host = settings.host ?? trust.flatMap { Self.host(of: $0.base) }
        report = settings.report
        logsLicences = settings.logsLicences
        utcOffset = trust?.keys.first { $0.purpose == .licences }?.utcOffset ?? 0
    }

    /// The host, with its port where it has one; nil where what stands there is no plain host.
    static func host(of address: String) -> String? {
        let lower = address.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else { return nil }
        let host = lower.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let isPlain = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || [0x2D, 0x2E, 0x3A].contains($0)
        }
        return isPlain && !host.isEmpty ? String(host) : nil
    }

    /// Tells to look at the address bar.
    func addressWarning(_ language: Language) -> HTML {
        let mark: HTML = """
            <svg viewBox="0 0 48 48" aria-hidden="true"><rect x="8" y="21" width="32" height="23" rx="4"/>\
            <path d="M15 21v-7a9 9 0 0 1 18 0v7"/></svg>
            """
        let text: HTML
        switch (host, language) {
        case (let host?, .zh): text = "请先核对浏览器地址栏：网址以 <b>https://\(host)/</b> 开头，本页内容方可采信。"
        case (let host?, .en):
            text = """
                Look at the address bar first: believe this page only if the address begins with \
                <b>https://\(host)/</b>.
                """
        case (nil, .zh): text = "请先核对浏览器地址栏：网址属于登记机关公布的网址，本页内容方可采信。"
        case (nil, .en):
            text = """
                Look at the address bar first: believe this page only at an address that the registration authority \
                has made public.
                """
        }
        return "<div class=\"note screen\">\(mark)<p>\(text)</p></div>\n\(paper(language))"
    }

    /// What stands on a printout instead: where it is from, and that it ages.
    private func paper(_ language: Language) -> HTML {
        let text: HTML
        switch (host, language) {
        case (let host?, .zh): text = "本页打印自 <b>https://\(host)/</b>，仅反映核验当时的状态。如需确认，请重新扫描执照上的二维码。"
        case (let host?, .en):
            text = """
                Printed from <b>https://\(host)/</b>. It shows how things stood at the time of the check: to be sure, scan \
                the code on the licence again.
                """
        case (nil, .zh): text = "本页仅反映核验当时的状态。如需确认，请重新扫描执照上的二维码。"
        case (nil, .en):
            text =
                "This shows how things stood at the time of the check: to be sure, scan the code on the licence again."
        }
        return "<p class=\"paper\">\(text)</p>"
    }

    /// How to report a fake, or a genuine licence that is no longer good and still used.
    func reportSection(_ language: Language, isGenuine: Bool = false) -> HTML {
        let heading =
            isGenuine
            ? Bilingual(en: "Report it", zh: "举报")[language]
            : Bilingual(en: "Report a fake", zh: "举报伪造、冒用")[language]
        var lines: [HTML] = []
        if let own = language == .zh ? report.textZH : report.textEN { lines.append("<p>\(own)</p>") }
        if let phone = report.phone {
            let digits = Self.dialled(phone)
            let link: HTML = digits.isEmpty ? "\(phone)" : "<a class=\"call\" href=\"tel:\(digits)\">\(phone)</a>"
            lines.append(language == .zh ? "<p>举报电话：\(link)</p>" : "<p>Telephone: \(link)</p>")
        }
        if let address = report.address {
            lines.append(
                language == .zh ? "<p>举报地址：\(Self.link(address))</p>" : "<p>Online: \(Self.link(address))</p>"
            )
        }
        if lines.isEmpty {
            let office = Bilingual(
                en:
                    "Tell the registration office of the place, or the local market regulation authority, which licence "
                    + "it is and where you saw it.",
                zh: "请向所在地登记机关或者市场监督管理部门举报，并说明所见执照的名称和地点。"
            )
            let general = Bilingual(en: office.en, zh: (isGenuine ? "" : "如发现伪造、变造或者冒用营业执照，") + office.zh)
            lines.append("<p>\(general[language])</p>")
        }
        return "<section class=\"report\">\n<h2>\(heading)</h2>\n\(HTML(lines))\n</section>"
    }

    /// Only schemes that do nothing but lead somewhere.
    private static func link(_ address: String) -> HTML {
        let schemes = ["https://", "http://", "mailto:"]
        guard let scheme = schemes.first(where: address.lowercased().hasPrefix) else { return "\(address)" }
        let shown = scheme == "mailto:" ? String(address.dropFirst(scheme.count)) : address
        return "<a href=\"\(address)\">\(shown)</a>"
    }

    /// The number before an extension and whatever else is said of it; with an extension's digits it would be another number.
    static func dialled(_ phone: String) -> String {
        let number = phone.prefix { "0123456789+- ()（）".contains($0) }
        return String(number.filter { !"- ()（）".contains($0) })
    }
}
