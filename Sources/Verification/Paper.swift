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
            guard let stated = paper.fields[field].map(FieldText.normal) else { return false }
            if field == .scope, case .digest = scope { return Scope(digestOf: stated) != scope }
            return !(own[field].map { $0.unicodeScalars.elementsEqual(stated.unicodeScalars) } ?? false)
        }
    }
}
