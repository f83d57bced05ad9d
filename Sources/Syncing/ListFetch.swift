import Dispatch
import Publication
import Synchronization

/// Fetches lists, and keeps those that are signed, and of which the log tells last.
struct ListFetch {
    let staged: StagedPublication
    let trust: TrustList
    let logged: LoggedLists

    private static let connections = 8

    /// Fetches those of some lists that are not at hand, several at once, and says why others were not had.
    ///
    /// From the second attempt on it passes by caches on the way: by the name of that edition, which others ask for as well, and then by one
    /// that nobody has asked for.
    ///
    /// - Throws: ``PublicationError``, the first of them; a file that is not there is none, nor is another one.
    func fetch(_ paths: [String], attempt: Int, _ count: FileCount) throws(PublicationError) -> [PublicationError] {
        let wanted = paths.filter { path in
            do throws(PublicationError) { try verify(path) } catch { return true }
            return false
        }
        count.expect(wanted.count)
        let state = Mutex<(next: Int, missed: [PublicationError], error: PublicationError?)>((0, [], nil))
        DispatchQueue.concurrentPerform(iterations: min(Self.connections, wanted.count)) { _ in
            while true {
                let index = state.withLock { state in
                    defer { state.next += 1 }
                    return state.error == nil && state.next < wanted.count ? state.next : nil
                }
                guard let index else { return }
                do throws(PublicationError) {
                    let missed = try fetch(wanted[index], attempt: attempt)
                    if let missed { state.withLock { $0.missed.append(missed) } }
                    count.pass()
                } catch { state.withLock { $0.error = $0.error ?? error } }
            }
        }
        if let error = state.withLock({ $0.error }) { throw error }
        return state.withLock { $0.missed.sorted { $0.file < $1.file } }
    }

    /// Why the list was not had; nil where it was.
    private func fetch(_ path: String, attempt: Int) throws(PublicationError) -> PublicationError? {
        do throws(PublicationError) {
            try staged.fetch(
                path,
                fresh: attempt > 1,
                isWhole: true,
                version: attempt == 2 ? logged.table[path]?.index : nil
            )
        } catch {
            guard error.code == .missing || error.code == .tooLarge else { throw error }
            return error
        }
        do throws(PublicationError) { try verify(path) } catch {
            staged.drop(path)
            return error
        }
        return nil
    }

    private func verify(_ path: String) throws(PublicationError) {
        let bytes = try staged.read(path)
        let claims =
            switch ListKind(path: path) {
            case .status: try StatusList(bytes, path: path, trust: trust).claims
            case .issued, nil: try IssuedList(bytes, path: path, trust: trust).claims
            }
        try logged.check(path, claims, bytes)
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
