import Foundation

/// A picture beside these tests; Fixtures/README.md says how each was made.
enum Fixture {
    static let shortText = addressPrefix + digits(60)
    static let photoText = addressPrefix + digits(300)

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = Bundle.module.bundleURL.appending(path: "Fixtures")
        return try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }
}
