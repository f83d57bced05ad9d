/// One thing that is worth saying of an application, for the person at the counter; it quotes no personal data.
package struct Remark: Hashable, Encodable, Sendable {
    package enum Level: String, Encodable, Sendable, CaseIterable {
        /// No licence can be issued.
        case error
        /// Most probably a mistake.
        case warning
        /// Good to know.
        case note
    }

    /// What was looked at; the names do not change.
    package enum Rule: String, Encodable, Sendable, CaseIterable {
        case row, missingField = "missing-field", unknownField = "unknown-field", emptyField = "empty-field"
        case tooLong = "too-long", forbiddenCharacter = "forbidden-character", repaired
        case creditCode = "credit-code", creditCodeCheck = "credit-code-check", creditCodeBody = "credit-code-body"
        case creditCodeKind = "credit-code-kind"
        case kind, composition, fieldOfKind = "field-of-kind", type, dates, capital, location, division
        case licensedItem = "licensed-item", generalItem = "general-item"
        // What only a register can tell.
        case duplicateName = "duplicate-name", lookAlikeName = "look-alike-name", duplicateCode = "duplicate-code"
        case office, approval
    }

    package let level: Level
    package let rule: Rule
    /// The field, by its name in an application; nil when it is no single field.
    package let field: String?
    /// What is wrong or strange.
    package let problem: String
    /// What to do.
    package let hint: String?

    package init(_ level: Level, _ rule: Rule, field: String?, _ problem: String, hint: String?) {
        self.level = level
        self.rule = rule
        self.field = field
        self.problem = problem
        self.hint = hint
    }
}
