import Dispatch
import LicenceCode
import OpenSSL
import Publication
import Synchronization

/// Fetches lists, and keeps those of which the log tells last.
struct ListFetch {
    let staged: StagedPublication
    let table: ListTable

    private static let connections = 8

    /// Whether the newest list is at hand.
    func isThere(_ path: String) -> Bool {
        guard let bytes = try? staged.read(path) else { return false }
        return table[path]?.digest == COSESign1.digest(ofSigned: bytes)
    }

    /// Fetches lists, several at once; whether all were had. `fresh` passes by caches on the way.
    ///
    /// - Throws: ``PublicationError``, the first of them; a file that is not there is none, nor is another one.
    func fetch(_ paths: [String], fresh: Bool, _ count: FileCount) throws(PublicationError) -> Bool {
        count.expect(paths.count)
        let state = Mutex<(next: Int, hasAll: Bool, error: PublicationError?)>((0, true, nil))
        DispatchQueue.concurrentPerform(iterations: min(Self.connections, paths.count)) { _ in
            while true {
                let index = state.withLock { state in
                    defer { state.next += 1 }
                    return state.error == nil && state.next < paths.count ? state.next : nil
                }
                guard let index else { return }
                do throws(PublicationError) {
                    let isHad = try fetch(paths[index], fresh: fresh)
                    if !isHad { state.withLock { $0.hasAll = false } }
                    count.pass()
                } catch { state.withLock { $0.error = $0.error ?? error } }
            }
        }
        if let error = state.withLock({ $0.error }) { throw error }
        return state.withLock { $0.hasAll }
    }

    private func fetch(_ path: String, fresh: Bool) throws(PublicationError) -> Bool {
        do throws(PublicationError) { 
            try staged.fetch(path, fresh: fresh, isWhole: true, version: table[path]?.index)
        } catch {
            guard error.code == .missing || error.code == .tooLarge else { throw error }
            return false
        }
        if isThere(path) { return true }
        staged.drop(path)
        return false
    }
}

/// How many files of how many were asked for, as far as is known.
final class FileCount: Sendable {
    private let state: Mutex<(done: Int, total: Int)>
    private let told: @Sendable (Int, Int) -> Void

    init(expecting total: Int, _ told: @escaping @Sendable (Int, Int) -> Void) {
        state = Mutex((0, total))
        self.told = told
        told(0, total)
    }

    func expect(_ more: Int) { state.withLock { $0.total += more } }

    /// One more was asked for; in order, whoever asked.
    func pass() {
        state.withLock { state in
            state.done += 1
            told(state.done, max(state.done, state.total))
        }
    }
}
