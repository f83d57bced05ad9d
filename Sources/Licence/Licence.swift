/// One version of a business licence: what an office registered, the version's number and the day of issue.
package struct Licence: Hashable {
    package let particulars: Particulars
    /// 1 for the first licence of a credit code; a change makes the next.
    package let version: Int
    /// 发照日期, in the issuing office's time zone.
    package let issued: CalendarDate

    /// - Throws: ``LicenceError/Code/datesOutOfOrder`` when the entity would be established after the day of issue.
    package init(particulars: Particulars, version: Int, issued: CalendarDate) throws(LicenceError) {
        guard particulars.established <= issued else {
            throw LicenceError(
                .datesOutOfOrder,
                field: "established",
                "lies after the day of issue, \(issued)"
            )
        }
        self.particulars = particulars
        self.version = version
        self.issued = issued
    }
}
