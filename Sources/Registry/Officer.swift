import Foundation
import GRDB
package import Licence
package import OpenSSL

/// A person who acts, with the key that signs what the person does.
package struct Officer {
    /// The number of the act that introduced the key.
    package let number: Int
    /// One person has one name; a new key of the same person bears the same.
    package let name: String
    package let key: PublicKey
    /// Whether the person may approve what others propose.
    package let isSupervisor: Bool
    package let since: Instant
    /// The act that ended the key's work; nil while it signs.
    package internal(set) var retired: Int?
}

extension Officer {
    /// What the act that introduces an officer's key says of it.
    private struct Detail: Codable {
        let name: String
        /// SubjectPublicKeyInfo.
        let key: Data
        let supervisor: Bool
    }

    /// The ``Deed/detail`` of an act that introduces a key.
    package static func detail(name: String, key: PublicKey, isSupervisor: Bool) throws -> String {
        let detail = Detail(name: name, key: Data(key.subjectPublicKeyInfo), supervisor: isSupervisor)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(detail), as: UTF8.self)
    }

    /// Reads ``detail(name:key:isSupervisor:)``.
    fileprivate init(_ act: Act) throws {
        guard let text = act.deed.detail,
            let detail = try? JSONDecoder().decode(Detail.self, from: Data(text.utf8)),
            let key = try? PublicKey(subjectPublicKeyInfo: [UInt8](detail.key))
        else { throw RegistryError(.storage, "act \(act.number) introduces an officer and cannot be read") }
        number = act.number
        name = detail.name
        self.key = key
        isSupervisor = detail.supervisor
        since = act.at
    }
}

extension Registry.Session {
    /// Every key of every officer, as the acts tell, in the order in which they came.
    ///
    /// A key that another brought, or that makes more of its officer than there was, and a second officer of one name are nobody's.
    package func officers() throws -> [Officer] {
        if let known = memory.officers { return known }
        var officers: [Officer] = []
        let kinds: [AuthorityAct] = [.createAuthority, .addOfficer, .rotateOfficerKey, .retireOfficer]
        for act in try actsOnTheAuthority(kinds) {
            switch act.deed.kind {
            case .authority(.retireOfficer): officers.retire(act.deed.detail ?? "", by: act.number)
            case .authority(.rotateOfficerKey):
                let officer = try Officer(act)
                guard let before = officers.first(where: { $0.number == act.officer }), before.retired == nil,
                    before.name == officer.name, before.isSupervisor == officer.isSupervisor
                else { continue }
                officers.retire(officer.name, by: act.number)
                officers.append(officer)
            default:
                let officer = try Officer(act)
                if !officers.contains(where: { $0.name == officer.name }) { officers.append(officer) }
            }
        }
        memory.officers = officers
        return officers
    }
}

extension Registry.Session {
    func officersByNumber() throws -> [Int: Officer] {
        Dictionary(try officers().map { ($0.number, $0) }) { first, _ in first }
    }
}

extension [Officer] {
    /// Ends the work of the keys of `name`.
    fileprivate mutating func retire(_ name: String, by act: Int) {
        for index in indices where self[index].name == name && self[index].retired == nil { self[index].retired = act }
    }
}
