package import Symbol

/// Why a photo was not read.
package enum PhotoError: Error, Equatable {
    /// As many photos as may be are being read or wait; nothing is wrong with this one.
    case busy
    /// It took too long to arrive.
    case tooSlow
    /// The picture, or what it shows.
    case refused(SymbolError)
}
