import Atomics
package import Publication
import Verification

/// A publication as it is believed at one time; never changes.
package final class LoadedPublication: Sendable {
    package var snapshot: Snapshot { grounds.snapshot }
    let grounds: Grounds
    /// The bytes of every file of ``snapshot`` that was believed, by path.
    package let files: [String: PublishedFile]
    /// Why files of the folder were not believed; for some of them an earlier one stands in ``snapshot``.
    package let refusals: [PublicationError]
    /// What it consists of, for whoever asks how old it is and whether it holds.
    package let contents: PublicationContents

    package init(snapshot: Snapshot, files: [String: PublishedFile], refusals: [PublicationError]) {
        grounds = Grounds(snapshot)
        self.files = files
        self.refusals = refusals
        contents = PublicationContents(snapshot, refusals: refusals)
    }
}

/// The loaded publication in force: many readers, one writer, no lock, and no reader waits for a file.
package final class CurrentPublication: Sendable {
    private let held: ManagedAtomic<Held>

    private final class Held: AtomicReference, Sendable {
        let publication: LoadedPublication

        init(_ publication: LoadedPublication) { self.publication = publication }
    }

    package init(_ publication: LoadedPublication) { held = ManagedAtomic(Held(publication)) }

    package var publication: LoadedPublication { held.load(ordering: .acquiring).publication }

    package func replace(with publication: LoadedPublication) { held.store(Held(publication), ordering: .releasing) }
}
