import Publication
import Registry
import TransparencyLog

/// How the log goes on after a restoration.
struct LogPlan {
    let way: Way
    /// What must be looked at.
    var remarks: [String] = []
    /// What becomes of the beginning of a log that began anew.
    var beginning = Beginning.none

    enum Way {
        /// There is none, and nothing was ever published.
        case none
        /// The home's own has all that readers saw.
        case own
        /// The published one does, and the home's own does not.
        case takenOver(PublishedLog)
        /// Neither does, and another begins; in the place of a published one whose head can be read.
        case anew(replaced: TreeHead?)
    }

    enum Beginning {
        /// It is the one that there ever was, as far as anybody knows.
        case none
        /// Another was to begin and has not, or this is the one of before.
        case takenBack
        /// With an act that the registry has.
        case stays(LogBeginning)
        /// With an act that the registry does not have any more: the restoration's takes its place.
        case carried(LogBeginning)
        case begins(replaced: TreeHead?)

        /// What the restoration's act says of it.
        var detail: String {
            switch self {
            case .none, .stays: ""
            case .takenBack: Deed.logGoesOn
            case .carried(let beginning): "\(Deed.logBeginsAnew)\(Deed.since)\(beginning.at)"
            case .begins: Deed.logBeginsAnew
            }
        }
    }

    /// A published log of which every entry was hashed.
    struct PublishedLog {
        let folder: LogFolder
        /// As it lies there.
        let checkpoint: [UInt8]
        let edge: TreeEdge
        /// Where is kept what lies in its place at home; nil where this one goes on from it.
        let aside: String?
        /// What that told, as far as it can be read.
        let other: LogReplay
        /// Whether its key is revoked, so that nobody goes by it any more.
        let isOtherVoid: Bool
    }
}
