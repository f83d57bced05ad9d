/// Everything that can be set, by its name in the configuration file.
///
/// `limits.burst` is `--set limits.burst=500` on the command line and `LICETD_LIMITS_BURST` in the environment.
enum SettingKey: String, CaseIterable {
    case publication, root, listen, state, witnesses, quorum, register, proxies, host, cache
    case syncEvery = "sync.every"
    case syncCAFile = "sync.ca-file"
    case syncWholeLog = "sync.whole-log"
    case connections = "limits.connections"
    case connectionsOfOne = "limits.connections-of-one"
    case requestsPerSecond = "limits.requests-per-second"
    case burst = "limits.burst"
    case photos = "limits.photos"
    case batches = "limits.batches"
    case logLevel = "log.level"
    case logFormat = "log.format"
    case logRequests = "log.requests"
    case logLicences = "log.licences"
    case reportPhone = "report.phone"
    case reportAddress = "report.address"
    case reportTextEN = "report.text-en"
    case reportTextZH = "report.text-zh"

    /// The variable of the environment.
    var variable: String {
        "LICETD_" + rawValue.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// What holds where nobody says otherwise; nil where nothing does.
    var standard: String? {
        switch self {
        case .root: "/etc/licet/root.crt"
        case .listen: "127.0.0.1:8787"
        case .cache: "4096"
        case .syncEvery: "1m"
        case .syncWholeLog, .logRequests, .logLicences: "no"
        case .connections: "1024"
        case .connectionsOfOne: "64"
        case .requestsPerSecond: "100"
        case .burst: "1000"
        case .photos: "2"
        case .batches: "32"
        case .logLevel: "notice"
        case .logFormat: "text"
        case .publication, .state, .witnesses, .quorum, .register, .proxies, .host, .syncCAFile, .reportPhone,
            .reportAddress, .reportTextEN, .reportTextZH:
            nil
        }
    }

    /// Whether a running daemon takes a new value on SIGHUP.
    var isTakenLive: Bool { self == .logLevel }
}

/// What was said of a setting, and where.
struct Given {
    let text: String
    let origin: Origin

    enum Origin: Equatable, CustomStringConvertible {
        case standard
        case file(String, line: Int)
        case variable(String)
        case flag(String)

        var description: String {
            switch self {
            case .standard: "default"
            case .file(let path, let line): "\(path):\(line)"
            case .variable(let name): name
            case .flag(let name): name
            }
        }
    }
}

/// Why settings cannot be: what, where it was said, and what to do.
struct SettingsError: Error, CustomStringConvertible {
    let description: String

    init(_ reason: String) { description = reason }

    init(_ key: SettingKey, _ given: Given, _ reason: String) {
        description = "\(given.origin): \(key.rawValue): \(reason)"
    }
}
