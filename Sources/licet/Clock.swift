import Foundation
import Licence

/// The time that a command goes by.
enum Clock {
    static var now: Instant { Instant(seconds: Int64(time(nil))) }
}
