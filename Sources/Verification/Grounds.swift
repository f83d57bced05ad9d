import Licence
import LicenceCode
import OpenSSL
package import Publication
import TransparencyLog

/// What verdicts rest on, made ready once for each snapshot, so that a verdict has little to look up and little to write.
package final class Grounds: Sendable {
    package let snapshot: Snapshot
    /// What a verdict tells of the trust list; nil where it is not believed.
    let trustList: Verdict.Evidence.Source?
    let trustTime: Lifetime?
    /// What a verdict tells of the log; nil where the authority keeps none, or it is not believed.
    let log: Verdict.Evidence.Log?
    private let issuers: [IssuerNumber: Issuer]
    private let lists: [ListName: Lists]

    private struct ListName: Hashable {
        let office: DivisionCode
        let number: Int

        init(_ office: DivisionCode, _ number: Int) {
            self.office = office
            self.number = number
        }

        /// Of `341181-1`; nil where no key could name it so.
        init?(_ name: String) {
            let parts = name.split(separator: "-")
            guard parts.count == 2, let office = try? DivisionCode(String(parts[0])), let number = Int(parts[1]),
                name == "\(office)-\(number)"
            else { return nil }
            self.init(office, number)
        }
    }

    package init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        let trust = try? snapshot.trust.get()
        trustList = trust.map { .init(uri: $0.uri, sequence: $0.sequence, issuedAt: $0.issuedAt) }
        trustTime = trust.map { Lifetime(issuedAt: $0.issuedAt, end: $0.nextUpdate) }
        let log = (try? snapshot.log?.get()).map { head in
            Verdict.Evidence.Log(
                origin: head.checkpoint.origin,
                size: head.head.size,
                index: nil,
                witnesses: snapshot.witnesses
            )
        }
        self.log = log
        let keys = trust?.keys.filter { $0.purpose == .licences } ?? []
        issuers = Dictionary(keys.map { ($0.number, Issuer($0)) }) { first, _ in first }
        let lists = snapshot.names.compactMap { name in
            ListName(name).map { ($0, Lists(snapshot.lists(named: name), log)) }
        }
        self.lists = Dictionary(uniqueKeysWithValues: lists)
    }

    /// The key that signs licences under a number; nil where the trust list has none.
    func issuer(_ number: IssuerNumber) -> Issuer? { issuers[number] }

    /// The lists that a code by `key` names; failures where the publication has none.
    func lists(of key: TrustedKey, _ number: Int) -> Lists {
        lists[ListName(key.office, number)] ?? Lists(snapshot.lists(of: key, number), log)
    }

    /// A key that signs licences.
    final class Issuer: Sendable {
        let key: TrustedKey
        /// What a verdict tells of it, as JSON.
        let json: [UInt8]

        init(_ key: TrustedKey) {
            self.key = key
            var writer = JSONWriter()
            writer.issuer(key)
            json = writer.bytes
        }
    }

    /// The two lists that a code names.
    final class Lists: Sendable {
        let status: Result<StatusList, PublicationError>
        let issued: Result<IssuedList, PublicationError>
        /// What a verdict tells of them; nil where one is not believed.
        let statusList: Verdict.Evidence.Source?
        let issuedList: Verdict.Evidence.Source?
        /// From when to when they say something; nil where one is not believed.
        let statusTime: Lifetime?
        let issuedTime: Lifetime?
        /// The log, and where the status list stands in it.
        let log: Verdict.Evidence.Log?

        init(_ pair: Snapshot.Pair, _ log: Verdict.Evidence.Log?) {
            (status, issued) = (pair.status, pair.issued)
            let (status, issued) = (try? pair.status.get().claims, try? pair.issued.get().claims)
            statusList = status.map(Verdict.Evidence.Source.init)
            issuedList = issued.map(Verdict.Evidence.Source.init)
            statusTime = status.map { Lifetime(issuedAt: $0.issuedAt, end: $0.expires) }
            issuedTime = issued.map { Lifetime(issuedAt: $0.issuedAt, end: $0.expires) }
            self.log = log.map { $0.at(status?.logIndex) }
        }

        /// The raw status at an index; nil without a list or out of its range.
        func status(at index: Int) -> UInt8? {
            if case .success(let list) = status { list.value(at: index) } else { nil }
        }

        /// Whether that code was issued under that index; nil without a list.
        func answer(index: Int, digest: Digest) -> IssuedList.Answer? {
            if case .success(let list) = issued { list.answer(index: index, digest: digest) } else { nil }
        }
    }

    /// When something was issued, and from when on it says nothing any more.
    struct Lifetime {
        let issuedAt: Instant
        let end: Instant

        func contains(_ now: Instant) -> Bool {
            issuedAt <= now.adding(seconds: PublicationReader.clockSkew) && now < end
        }
    }
}
