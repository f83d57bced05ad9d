import CLinux

/// What the heap does with memory that pictures and lists have taken.
enum LargeBlocks {
    /// Bytes from which on a block goes back to the system when it is let go.
    private static let least: CInt = 1 << 20

    /// Sees to it, once for the process; whether the heap agreed.
    ///
    /// By itself glibc raises its threshold up to 32 MiB with the first large block that is let go, and keeps those that follow in
    /// pieces: after some photos that was 200 MiB for nothing, and 50 MiB more at the worst time.
    static let areGivenBack = licet_give_back_blocks_of(least) == 1
}
