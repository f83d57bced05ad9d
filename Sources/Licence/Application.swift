/// The fields of an application, by the names that JSON and CSV use.
package enum ApplicationField: String, CaseIterable {
    case creditCode, kind, name, type, representative
    case capitalAmount = "capital.amount"
    case capitalCurrency = "capital.currency"
    case established
    case termFrom = "term.from"
    case termTo = "term.to"
    case address, scope, composition
    case latitude = "location.latitude"
    case longitude = "location.longitude"
}

/// What somebody applied for, as text, not yet checked.
package struct Application: Hashable {
    package var fields: [ApplicationField: String]

    package init(fields: [ApplicationField: String]) { self.fields = fields }

    /// The application that would give exactly `particulars`.
    package init(_ particulars: Particulars) {
        fields = [
            .creditCode: particulars.creditCode.text, .kind: particulars.kind.rawValue, .name: particulars.name,
            .type: particulars.type, .representative: particulars.representative,
            .established: particulars.established.description, .address: particulars.address,
            .scope: particulars.scope,
        ]
        fields[.capitalAmount] = particulars.capital?.amount
        fields[.capitalCurrency] = particulars.capital?.currency
        fields[.termFrom] = particulars.term?.from.description
        fields[.termTo] = particulars.term?.to?.description
        fields[.composition] = particulars.composition?.rawValue
        fields[.latitude] = particulars.location?.latitude
        fields[.longitude] = particulars.location?.longitude
    }

    /// Particulars that passed every rule, and what was repaired on the way.
    package struct Reviewed: Hashable {
        package let particulars: Particulars
        package let repairs: [Repair]
    }

    /// Every rule that an application breaks.
    package struct Refusal: Error, Hashable, CustomStringConvertible {
        /// At least one.
        package let errors: [LicenceError]

        package var description: String { errors.map(\.description).joined(separator: "; ") }
    }

    /// Checks every rule of a licence's particulars; `policy` says what to do with a wrong check character.
    package func review(
        checkCharacter policy: CreditCode.CheckCharacterPolicy = .mustMatch
    ) throws(Refusal) -> Reviewed {
        var review = Review(fields: fields)
        let creditCode = review.required(.creditCode, limit: 64) { text throws(LicenceError) in
            try CreditCode(text, checkCharacter: policy)
        }
        let kind = review.required(.kind, limit: 64, LicenceKind.init(applied:))
        let name = review.text(.name)
        let type = review.text(.type)
        let representative = review.text(.representative)
        let address = review.text(.address)
        let scope = review.text(.scope)
        let established = review.date(.established)
        let composition = review.optional(.composition, Composition.init(applied:))
        let capital = review.pair(.capitalAmount, .capitalCurrency) { amount, currency throws(LicenceError) in
            try Capital(amount: amount, currency: currency)
        }
        let location = review.pair(.latitude, .longitude) { latitude, longitude throws(LicenceError) in
            try Location(latitude: latitude, longitude: longitude)
        }
        let term = review.term()
        review.refuse(
            kind?.refusal(
                creditCode: creditCode,
                hasCapital: review.has(.capitalAmount) || review.has(.capitalCurrency),
                hasComposition: review.has(.composition)
            ) ?? []
        )
        guard review.errors.isEmpty, let creditCode, let kind, let name, let type, let representative, let established,
            let address, let scope
        else { throw Refusal(errors: review.errors) }
        do {
            let particulars = try Particulars(
                creditCode: creditCode,
                kind: kind,
                name: name,
                type: type,
                representative: representative,
                capital: capital,
                established: established,
                term: term,
                address: address,
                scope: scope,
                composition: composition,
                location: location
            )
            return Reviewed(particulars: particulars, repairs: review.repairs)
        } catch { throw Refusal(errors: [error]) }
    }
}

/// The fields of one application on their way through the rules; collects instead of stopping at the first error.
private struct Review {
    let fields: [ApplicationField: String]
    private(set) var errors: [LicenceError] = []
    private(set) var repairs: [Repair] = []

    init(fields: [ApplicationField: String]) { self.fields = fields }

    func has(_ field: ApplicationField) -> Bool { fields[field] != nil }

    mutating func refuse(_ more: [LicenceError]) { errors += more }

    mutating func text(_ field: ApplicationField) -> String? {
        required(field, limit: Particulars.limits[field] ?? 64) { text throws(LicenceError) in text }
    }

    mutating func required<Value>(
        _ field: ApplicationField,
        limit: Int,
        _ make: (String) throws(LicenceError) -> Value
    ) -> Value? {
        guard let raw = fields[field] else {
            errors.append(LicenceError(.missingField, field: field.rawValue, "is missing"))
            return nil
        }
        do {
            let checked = try FieldText(raw, of: field, limit: limit)
            repairs += checked.repairs
            return try make(checked.text)
        } catch {
            errors.append(error.field == nil ? error.about(field.rawValue) : error)
            return nil
        }
    }

    mutating func optional<Value>(
        _ field: ApplicationField,
        _ make: (String) throws(LicenceError) -> Value
    ) -> Value? {
        has(field) ? required(field, limit: 64, make) : nil
    }

    /// Two fields that stand together or not at all.
    mutating func pair<Value>(
        _ first: ApplicationField,
        _ second: ApplicationField,
        _ make: (String, String) throws(LicenceError) -> Value
    ) -> Value? {
        guard has(first) || has(second) else { return nil }
        let left = required(first, limit: 64) { text throws(LicenceError) in text }
        let right = required(second, limit: 64) { text throws(LicenceError) in text }
        guard let left, let right else { return nil }
        do { return try make(left, right) } catch {
            errors.append(error)
            return nil
        }
    }

    /// A date, also as spreadsheets and people write it, which is reported.
    mutating func date(_ field: ApplicationField) -> CalendarDate? {
        var isRewritten = false
        let date = required(field, limit: 64) { text throws(LicenceError) in
            let plain = CalendarDate.rewritten(text)
            isRewritten = plain != nil
            return try CalendarDate(plain ?? text)
        }
        if isRewritten, date != nil { repairs.append(Repair(field: field, what: .rewritten)) }
        return date
    }

    /// A term; its end may be left out, or said in words to be none, which is reported.
    mutating func term() -> Term? {
        guard has(.termFrom) || has(.termTo) else { return nil }
        let from = date(.termFrom)
        let isWithoutEnd = fields[.termTo].map { CalendarDate.isWithoutEnd(FieldText.normal($0)) }
        if isWithoutEnd == true { repairs.append(Repair(field: .termTo, what: .withoutEnd)) }
        let to = isWithoutEnd == false ? date(.termTo) : nil
        guard let from, to != nil || isWithoutEnd != false else { return nil }
        do { return try Term(from: from, to: to) } catch {
            errors.append(error)
            return nil
        }
    }
}

extension LicenceKind {
    init(applied text: String) throws(LicenceError) {
        guard let kind = LicenceKind(rawValue: text) ?? Self.allCases.first(where: { $0.name.zh == text }) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw LicenceError(.unknownKind, field: "kind", "is none of \(known)")
        }
        self = kind
    }
}

extension Composition {
    init(applied text: String) throws(LicenceError) {
        guard let composition = Composition(rawValue: text) ?? Self.allCases.first(where: { $0.name.zh == text }) else {
            throw LicenceError(.unknownComposition, field: "composition", "is neither personal nor family")
        }
        self = composition
    }
}
