import Foundation
import Licence
import OpenSSL
import Publication
import Register
import Serving

/// Shows what is set and where, and looks at everything that is named, without serving and without a trace.
struct SettingsCheck {
    let settings: Settings

    func run() throws {
        showAll()
        let start = try Start(settings)
        try settings.listen.resolve()
        try checkState()
        try settings.syncCAFile.map(checkCertificates)
        print("")
        print("root: key \(start.root.publicKey.id), \(start.root.publicKey.algorithm.rawValue)")
        print("state: \(settings.state)")
        if let register = settings.register {
            print("register: \(register), of \(try RegisterFile(path: register).authority())")
        }
        for line in try publication(start) { print(line) }
        for remark in remarks { print("remark: \(remark)") }
        print("the settings are sound")
    }

    /// A file with no certificate, or with one that cannot be read, would fail each transfer.
    private func checkCertificates(_ path: String) throws {
        _ = try DurableFile.read(path, limit: 16 << 20)
        do { try Certificate.checkAuthorities(file: path) } catch {
            throw SettingsError("sync.ca-file \(path): has no certificate in PEM, or something that cannot be read")
        }
    }

    private func showAll() {
        let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
        for key in SettingKey.allCases {
            let name = key.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
            let given = settings.given[key]
            let text = key == .publication ? settings.shownPublication : given?.text
            print("\(name)  \(given.map { "\(text ?? "")  (\($0.origin))" } ?? "-")")
        }
    }

    /// The folder of the state is made when the daemon starts; what is there of its path must allow that.
    private func checkState() throws(SettingsError) {
        var place = URL(fileURLWithPath: settings.state).standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder)
        guard isFolder.boolValue, FileManager.default.isWritableFile(atPath: place.path) else {
            throw SettingsError("state \(settings.state): \(place.path) is no folder that this user may write to")
        }
    }

    /// What the folder has now, by what was seen before; nothing of it is kept.
    private func publication(_ start: Start) throws -> [String] {
        // A memory that is damaged would keep the daemon from starting.
        var seen = try HighWater(file: start.memory)
        guard FileManager.default.fileExists(atPath: start.folder) else { return ["publication: not fetched yet"] }
        let reader = PublicationReader(folder: start.folder, root: start.root, policy: start.policy)
        let snapshot = reader.snapshot(&seen, now: .now)
        switch snapshot.trust {
        case .success(let trust):
            let summary = "\(snapshot.statusLists.count) status lists, \(snapshot.issuedLists.count) issued lists"
            return ["publication: trust list \(trust.sequence), \(summary)"]
                + snapshot.refusals.map { "remark: \($0)" }
        case .failure(let error): return ["remark: the publication says nothing as it is: \(error)"]
        }
    }

    private var remarks: [String] {
        guard settings.listen.isLocal else {
            return ["\(settings.listen) is open to the network without TLS; let a proxy with TLS stand before it"]
        }
        guard settings.proxies.isEmpty else { return [] }
        return ["with a proxy on this machine set proxies to 127.0.0.1, or its clients have no limits"]
    }
}
