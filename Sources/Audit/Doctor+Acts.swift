import Authority
import Licence
import Licensing
import OpenSSL
import Registry

/// What the doctor looks for in the acts.
extension Doctor {
    /// Goes along the whole chain; `progress` is told how many acts are done.
    func examineActs(find: ([Finding]) throws -> Void, progress: (Int) -> Void) throws -> (
        count: Int, restorations: [String]
    ) {
        let registry = authority.registry
        var findings: [Finding] = []
        let officers: [Officer]
        // What others record meanwhile is for the next time.
        let end: Int
        do { (officers, end) = try registry.read { (try $0.officers(), try $0.lastAct()) } } catch {
            try find([Finding("officers", "\(error)")])
            (officers, end) = ([], .max)
        }
        var audit = ActAudit(officers)
        var last = 0
        var count = 0
        while true {
            let page = try registry.read { session in
                try session.acts(after: last, limit: Self.page).filter { $0.number <= end }.map { row in
                    (number: row.number, findings: try audit.findings(of: row, in: session))
                }
            }
            guard let reached = page.last?.number else { break }
            for row in page { try find(row.findings) }
            count += page.count
            progress(count)
            last = reached
        }
        findings += audit.lastFindings()
        findings += try anchorFindings()
        try find(findings)
        return (count, audit.restorations)
    }

    private func anchorFindings() throws -> [Finding] {
        var findings: [Finding] = []
        var anchors = [("anchor", Result { try Anchor(file: authority.home.anchor) })]
        if let outside { anchors.append(("the anchor kept elsewhere", .success(outside))) }
        for (name, anchor) in anchors {
            do {
                let contradiction = try authority.registry.read { try $0.contradiction(to: anchor.get()) }
                if let contradiction { findings.append(Finding(name, contradiction)) }
            } catch { findings.append(Finding(name, "\(error)")) }
        }
        return findings
    }
}
