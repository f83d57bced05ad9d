package import Licence
package import LicenceCode

extension Claims {
    /// The claims as fields of an application; of the scope only what is carried.
    package var fields: [ApplicationField: String] {
        var fields: [ApplicationField: String] = [
            .creditCode: creditCode.text, .kind: kind.rawValue, .name: name, .type: type,
            .representative: representative, .established: established.description, .address: address,
        ]
        if case .text(let text) = scope { fields[.scope] = text }
        fields[.capitalAmount] = capital?.amount
        fields[.capitalCurrency] = capital?.currency
        fields[.termFrom] = term?.from.description
        fields[.termTo] = term?.to?.description
        fields[.composition] = composition?.rawValue
        fields[.latitude] = location?.latitude
        fields[.longitude] = location?.longitude
        return fields
    }

    /// The fields that `paper` states otherwise than this code; fields that it does not state are not compared.
    func fields(differingFrom paper: Application) -> [ApplicationField] {
        let own = fields
        return ApplicationField.allCases.filter { field in
            // A term without its last day is one without end.
            if field == .termTo, paper.fields[.termFrom] != nil, paper.fields[.termTo] == nil {
                return own[.termTo] != nil
            }
            guard let stated = paper.fields[field].map(FieldText.normal) else { return false }
            if field == .scope, case .digest = scope { return Scope(digestOf: stated) != scope }
            guard let carried = own[field] else { return true }
            return !field.inOneForm(carried).unicodeScalars.elementsEqual(field.inOneForm(stated).unicodeScalars)
        }
    }
}

extension ApplicationField {
    /// A number without zeros that change nothing (`1000000.00` is `1000000`); any other text as it is.
    fileprivate func inOneForm(_ text: String) -> String {
        switch self {
        case .capitalAmount, .latitude, .longitude:
            guard text.utf8.contains(0x2E) else { return text }
            let kept = text.reversed().drop { $0 == "0" }
            return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
        default: return text
        }
    }
}
