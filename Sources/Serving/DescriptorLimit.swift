import Foundation

/// How many files and connections this process may hold open.
package enum DescriptorLimit {
    /// What is open besides connections: files that are served, of which at most 512 are held open, and the daemon's own.
    private static let reserve = 640

    /// Raises the soft limit as far as the hard one lets it; returns how many of `connections` fit under it.
    ///
    /// An accept that fails for want of a descriptor would end the server.
    package static func raise(for connections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        let wanted = rlim_t(connections + reserve)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        }
        guard limit.rlim_cur < wanted else { return connections }
        return max(1, Int(limit.rlim_cur) - reserve)
    }
}
