import Foundation
import Licence

/// The language of messages, by the locale.
enum Speech {
    static let language: Language = {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.hasPrefix("zh") ? .zh : .en
    }()

    static func say(_ text: Bilingual) -> String { text[language] }
}
