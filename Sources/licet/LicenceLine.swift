/// A licence that was issued or drawn, as a JSON line.
struct LicenceLine: Encodable {
    let creditCode: String
    let version: Int
    /// Nil where nothing was to be issued.
    var isNew: Bool?
    let status: String
    /// Nil when no picture was asked for.
    let file: String?
    /// Nil when the picture was there already.
    let symbolVersion: Int?
    let millimetres: Double?
}
