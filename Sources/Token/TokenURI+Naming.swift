extension TokenURI {
    enum Part { case token, key }

    /// The attributes that name the token or the key, as they stand in the URI, for messages.
    func naming(_ part: Part) -> String {
        let path = description.dropFirst("pkcs11:".count).prefix { $0 != "?" }
        let attributes = path.split(separator: ";").filter { attribute in
            let isOfKey = attribute.hasPrefix("id=") || attribute.hasPrefix("object=")
            return isOfKey == (part == .key)
        }
        return attributes.isEmpty ? "of any name" : attributes.joined(separator: ";")
    }
}
