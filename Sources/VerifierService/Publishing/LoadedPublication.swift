package import Publication
import Synchronization

/// A publication as it is believed at one time; never changes.
package struct LoadedPublication {
    package let snapshot: Snapshot
    /// The bytes of every file of ``snapshot`` that was believed, by path.
    package let files: [String: PublishedFile]
    /// Why files of the folder were not believed; for some of them an earlier one stands in ``snapshot``.
    package let refusals: [PublicationError]

    package init(snapshot: Snapshot, files: [String: PublishedFile], refusals: [PublicationError]) {
        self.snapshot = snapshot
        self.files = files
        self.refusals = refusals
    }
}

/// The loaded publication in force: many readers, one writer, and no reader waits for a file.
package final class CurrentPublication: Sendable {
    private let held: Mutex<LoadedPublication>

    package init(_ publication: LoadedPublication) { held = Mutex(publication) }

    package var publication: LoadedPublication { held.withLock { $0 } }

    package func replace(with publication: LoadedPublication) { held.withLock { $0 = publication } }
}
