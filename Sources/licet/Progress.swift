import Foundation

/// A bar on standard error that tells how far a long work has come; only on a terminal, and only after a second.
struct Progress {
    /// May grow while the work is done.
    var total: Int
    /// What is done, where it is nothing that people count.
    private let work: String?
    private let start = Date()
    private let isShown = isatty(2) == 1
    private var lastDrawn = Date.distantPast
    private var wasDrawn = false

    private static let width = 30

    init(total: Int, work: String? = nil) {
        self.total = total
        self.work = work
    }

    mutating func show(_ done: Int) {
        let now = Date()
        let elapsed = now.timeIntervalSince(start)
        guard isShown, elapsed > 1, now.timeIntervalSince(lastDrawn) > 0.2, done > 0 else { return }
        lastDrawn = now
        wasDrawn = true
        Console.tell("\r\(Self.line(done, of: total, after: elapsed, work: work))\u{1B}[K")
    }

    /// `[████████·······] 53 %, 530 of 1000, 212 a second, 0m02s left`.
    static func line(_ done: Int, of total: Int, after elapsed: TimeInterval, work: String? = nil) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let filled = Int(share * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        let rate = Double(done) / max(elapsed, 0.001)
        let left = Int((Double(max(0, total - done)) / max(rate, 0.001)).rounded(.up))
        let hours = left >= 3_600 ? "\(left / 3_600)h" : ""
        let time = "\(hours)\(left / 60 % 60)m\(String(format: "%02d", left % 60))s"
        let said = work ?? "\(done) of \(total), \(Int(rate)) a second"
        return "[\(bar)] \(Int(share * 100)) %, \(said), \(time) left"
    }

    /// Takes the bar away, also for a line that is to be printed in between.
    func end() {
        if wasDrawn { Console.tell("\r\u{1B}[K") }
    }
}
