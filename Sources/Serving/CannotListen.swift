/// An address that no server can be had at: another has it, it is of another machine, or its port is for the superuser alone.
package struct CannotListen: Error, CustomStringConvertible {
    package let address: ListenAddress
    /// What the system says.
    package let reason: String

    /// EX_UNAVAILABLE of sysexits.
    package static let exitCode: Int32 = 69

    package var description: String { "cannot listen on \(address): \(reason)" }
}
