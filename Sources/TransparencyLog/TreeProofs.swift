package import OpenSSL

extension TreeHead {
    /// Whether `proof` shows that the entry of hash `leaf` stands at `index` (RFC 9162, section 2.1.3.2).
    package func includes(_ leaf: Digest, at index: Int, by proof: [Digest]) -> Bool {
        guard index >= 0, index < size else { return false }
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = Digest.node(sibling, hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = Digest.node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether `proof` shows that this tree goes on from that of `old` (RFC 9162, section 2.1.4.2).
    package func continues(_ old: TreeHead, by proof: [Digest]) -> Bool {
        guard old.size > 0, old.size < size else {
            return proof.isEmpty && (old == self || old == .empty)
        }
        var rest = proof[...]
        // A tree that was whole is a node of this one, and its hash is not sent.
        guard let first = old.size & (old.size - 1) == 0 ? old.root : rest.popFirst() else { return false }
        var (node, last) = (old.size - 1, size - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (before, now) = (first, first)
        for hash in rest {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                before = Digest.node(hash, before)
                now = Digest.node(hash, now)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                now = Digest.node(now, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && before == old.root && now == root
    }
}
