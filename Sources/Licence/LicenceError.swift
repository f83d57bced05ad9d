/// One thing that the rules of a licence refuse, in a form that every edge of the program can translate.
package struct LicenceError: Error, Hashable, CustomStringConvertible {
    /// The kind of refusal.
    package enum Code: String {
        case missingField, unknownField, emptyField, tooLong, forbiddenCharacter
        case malformedCreditCode, creditCodeDoesNotFitKind
        case unknownKind, unknownComposition, fieldNotOfKind
        case malformedDate, impossibleDate, datesOutOfOrder
        case malformedAmount, negativeAmount, unknownCurrency
        case malformedLocation, malformedDivision
        /// Not an object with the fields of an application.
        case malformedApplication
    }

    package let code: Code
    /// The field at fault, by its name in an application (`capital.amount`); nil when it is no single field.
    package let field: String?
    /// What is wrong and what to do, for the person who typed it; it quotes no personal data.
    package let reason: String

    package init(_ code: Code, field: String? = nil, _ reason: String) {
        self.code = code
        self.field = field
        self.reason = reason
    }

    package var description: String { field.map { "\($0): \(reason)" } ?? reason }

    /// The same refusal, said of `field`.
    package func about(_ field: String) -> LicenceError { LicenceError(code, field: field, reason) }
}
