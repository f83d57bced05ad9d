extension SettingKey {
    /// What `--set` says: `limits.burst=500`.
    static func assignment(_ text: String) throws(SettingsError) -> (key: SettingKey, text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { throw SettingsError("--set \(text): expected NAME=VALUE") }
        let name = String(parts[0])
        guard let key = SettingKey(rawValue: name) else { throw SettingsError(noSetting: name, at: "--set \(text)") }
        return (key, String(parts[1]))
    }

    /// The one that somebody may have meant: two slips away at most.
    static func nearest(to name: String) -> SettingKey? {
        let near = allCases.map { (key: $0, slips: slips(from: Array(name.utf8), to: Array($0.rawValue.utf8))) }
        return near.min { $0.slips < $1.slips }.flatMap { $0.slips <= 2 ? $0.key : nil }
    }

    /// How many letters were left out, put in or taken for another (Levenshtein).
    private static func slips(from a: [UInt8], to b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let changed = corner + (letter == other ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(changed, corner + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}

extension SettingsError {
    /// A name that is not known, where it was said, and the one that is nearest.
    init(noSetting name: String, at origin: String) {
        let meant = SettingKey.nearest(to: name).map { "; \($0.rawValue) is one" } ?? ""
        self.init("\(origin): there is no setting \(name)\(meant); `licetd --check-config` shows all")
    }
}
