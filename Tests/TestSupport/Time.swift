package import Licence

extension Instant {
    /// Noon of 2026-03-18 where clocks are eight hours ahead of UTC.
    package static let noon = Instant(seconds: 1_773_806_400)

    package static func + (left: Instant, seconds: Int64) -> Instant { left.adding(seconds: seconds) }
    package static func - (left: Instant, seconds: Int64) -> Instant { left.adding(seconds: -seconds) }
}

extension Int64 {
    package static let day: Int64 = 86_400
    package static let year: Int64 = 31_557_600
}
