import Fetching
import Foundation
package import Publication

/// Where a publication comes from: a folder, a bundle, or a web server.
package enum Origin: Sendable {
    case folder(String)
    case bundle(String)
    /// The address of the tree, without `/` at its end.
    case web(String)

    /// Tells what `text` names, from its beginning or from what lies there.
    ///
    /// - Throws: ``PublicationError/Code/missing`` where nothing lies there, ``PublicationError/Code/malformed`` where it is neither.
    package init(_ text: String) throws(PublicationError) {
        let lower = text.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            var address = Substring(text)
            while address.hasSuffix("/") { address.removeLast() }
            do throws(FetchError) { try Fetcher.check(String(address)) } catch {
                throw PublicationError(.malformed, file: error.address, error.reason)
            }
            self = .web(String(address))
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) else {
            throw PublicationError(
                .missing,
                file: text,
                "no such folder, bundle or address; an address begins with https:// or http://"
            )
        }
        if isFolder.boolValue {
            self = .folder(text)
        } else if Bundle.isOne(text) {
            self = .bundle(text)
        } else {
            throw PublicationError(.malformed, file: text, "is neither a folder nor a bundle of a publication")
        }
    }

    package var name: String {
        switch self {
        case .folder(let path), .bundle(let path): path
        case .web(let address): address
        }
    }

    /// A reader of what lies here; nil of a web server, from which nothing is read unasked.
    package func local() throws(PublicationError) -> (any PublicationSource)? {
        switch self {
        case .folder(let path): FolderSource(path)
        case .bundle(let path): try Bundle(file: path)
        case .web: nil
        }
    }
}
