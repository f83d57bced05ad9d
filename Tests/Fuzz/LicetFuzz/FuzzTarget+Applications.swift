import Foundation
import Licence
import TestSupport

extension FuzzTarget {
    /// Applications as comma-separated values, checked by every rule.
    static let csv = FuzzTarget(
        "csv",
        maximumBytes: 4_096,
        words: fieldNames + ["统一社会信用代码", "名称", "\"\"", "\r\n", "\u{FEFF}", "2019-06-12", "CNY"].map { Array($0.utf8) },
        seeds: {
            let rows = try applications()
            let names = ApplicationField.allCases.map(\.rawValue).joined(separator: ",")
            let quoted = rows.map { application in
                ApplicationField.allCases.map { field in
                    "\"\((application.fields[field] ?? "").replacing("\"", with: "\"\""))\""
                }.joined(separator: ",")
            }
            let chinese: [UInt8] = [0xC3, 0xFB, 0xB3, 0xC6, 0x0A, 0xB9, 0xFA, 0x0A]  // 名称 and 国 in GB18030
            return quoted.map { Array("\(names)\r\n\($0)\r\n".utf8) }
                + [Array("\u{FEFF}名称,类型\n\"甲,\n乙\",丙\n\n".utf8), Array("name\n\"".utf8), chinese]
        },
        run: { bytes in check(try? ApplicationFile(csv: Data(bytes))) }
    )

    /// Applications as JSON, checked by every rule.
    static let json = FuzzTarget(
        "json",
        maximumBytes: 4_096,
        words: fieldNames + ["\\u0061", "\\ud83d\\ude00", "null", "1e-05", "{\"", "\":", "[{"].map { Array($0.utf8) },
        seeds: {
            let all = try applications().map(\.json)
            return (all + ["[\(all.joined(separator: ","))]", "[]", "{}"]).map { Array($0.utf8) }
        },
        run: { bytes in check(try? ApplicationFile(json: Data(bytes))) }
    )

    private static let fieldNames = ApplicationField.allCases.map { Array($0.rawValue.utf8) }

    private static func applications() throws -> [Application] {
        var invention = Invention(seed: 3)
        return try (0..<12).map { _ in Application(try invention.particulars()) }
    }

    private static func check(_ file: ApplicationFile?) {
        guard let file else { return }
        guard let rows = try? file.rows else { return invariant(false, "what was counted is read") }
        invariant(rows.count == file.count, "every row that was counted is given")
        invariant(zip(rows, rows.dropFirst()).allSatisfy { $0.number < $1.number }, "rows are in order")
        for row in rows {
            guard case .success(let application) = row.application,
                let reviewed = try? application.review(checkCharacter: .mayDiffer)
            else { continue }
            let plain = Application(reviewed.particulars)
            let again = try? plain.review(checkCharacter: .mayDiffer)
            invariant(again?.particulars == reviewed.particulars, "what passed every rule passes again")
            invariant(again?.repairs.isEmpty == true, "nothing is repaired twice")
            invariant((try? Application(json: plain.json)) == plain, "JSON reads back")
        }
    }
}
