/// The preset dictionaries of the format's versions.
package enum PresetDictionary {
    /// Of version 1: UTF-8 text, the most useful wording last.
    package static var version1: [UInt8] { Dictionary1.bytes }
}
