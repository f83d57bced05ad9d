/// What the operator lets the pages say; where nothing is set they say it in general words.
package struct PageSettings: Sendable {
    /// The host that the address bar must show; of the trust list's base where nil.
    package let host: String?
    /// Where people report a fake.
    package let report: Report
    /// Whether the operator's log has the credit codes of licences that were checked, so that no page denies it.
    package let logsLicences: Bool

    package init(host: String? = nil, report: Report = Report(), logsLicences: Bool = false) {
        self.host = host
        self.report = report
        self.logsLicences = logsLicences
    }

    /// Ways to report a fake; each may be absent.
    package struct Report: Sendable {
        /// As it is dialled, such as `12315`.
        package let phone: String?
        /// A page or a mailbox: `https://…` or `mailto:…`, which become links; anything else is shown as text.
        package let address: String?
        /// A sentence of the operator's own.
        package let textEN: String?
        package let textZH: String?

        package init(
            phone: String? = nil,
            address: String? = nil,
            textEN: String? = nil,
            textZH: String? = nil
        ) {
            self.phone = phone
            self.address = address
            self.textEN = textEN
            self.textZH = textZH
        }
    }
}
