package import Licence

/// The two kinds of list that an office has, each in a folder of its own.
package enum ListKind: String, CaseIterable {
    case status, issued

    /// Where the list lies in a publication: `status/341181-1`.
    package func path(of office: DivisionCode, _ list: Int) -> String { path(named: "\(office)-\(list)") }

    package func path(named name: String) -> String { "\(rawValue)/\(name)" }

    /// The kind of the list at `path`, or nil when it is no list.
    package init?(path: String) {
        guard let kind = Self.allCases.first(where: { path.hasPrefix("\($0.rawValue)/") }) else { return nil }
        self = kind
    }

    /// The name without the folder; the two lists of a pair share it.
    package func name(at path: String) -> String { String(path.dropFirst(rawValue.count + 1)) }

    /// Whether lists can be called so: `341181-1`.
    package static func isName(_ name: String) -> Bool {
        name.utf8.count <= 12 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// The path without its beginning is a name, and nothing that leads elsewhere.
    package static func isPath(_ path: String) -> Bool {
        guard let kind = Self(path: path) else { return false }
        let name = kind.name(at: path)
        return !name.isEmpty && isName(name)
    }
}
