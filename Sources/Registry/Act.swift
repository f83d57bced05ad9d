package import Licence
package import OpenSSL

/// Something that was done, as it stands in the registry: who, when, what, why, and bound to all that was done before.
package struct Act {
    /// 1 for the first; none is left out.
    package let number: Int
    package let at: Instant
    /// The number of the act that introduced the officer's key.
    package let officer: Int
    package let deed: Deed
    /// ``Act/hash(of:number:at:officer:after:)``.
    package let hash: Digest
    /// The officer's signature over ``hash``, which vouches for the officer's acts before it as well, back to the signature before;
    /// nil where one that follows vouches.
    package let signature: [UInt8]?
}

/// What is done, and why.
package struct Deed: Hashable {
    package let kind: Kind
    /// Which licence; nil for a deed on the authority itself.
    package let subject: Subject?
    /// Of what came of it: of the licence's code, of the proposal's content, of the trust list.
    package let digest: Digest?
    /// The act that it rests on: the proposal that was approved.
    package let reference: Int?
    package let reason: String
    /// What a program must know of it, as JSON.
    package let detail: String?

    /// One version of a licence.
    package struct Subject: Hashable {
        package let creditCode: String
        package let version: Int

        package init(creditCode: String, version: Int) {
            self.creditCode = creditCode
            self.version = version
        }
    }

    package enum Kind: Hashable {
        case licence(LicenceAct)
        case authority(AuthorityAct)
    }

    /// The reason of an issue against no rule.
    package static let ordinaryIssue = "application"
    /// Stands in the detail of a restoration that has lost officers or a policy.
    package static let rulesLost = "; the officers or the policy had been others"
    /// Stands in the detail of a restoration after which another log begins.
    package static let logBeginsAnew = "; another log begins"
    /// Stands behind it, with the time, where another log began with an act that is lost.
    package static let since = ", since "
    /// Stands in the detail of a restoration after which no other log begins, though one was about to.
    package static let logGoesOn = "; the log goes on"

    /// What was accepted against a rule, and why; nil where nothing was.
    package var override: String? {
        switch kind {
        case .licence(.issue): reason == Self.ordinaryIssue ? nil : reason
        case .licence: detail
        case .authority: nil
        }
    }

    package init(
        _ kind: Kind,
        on subject: Subject? = nil,
        digest: Digest? = nil,
        reference: Int? = nil,
        reason: String,
        detail: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.digest = digest
        self.reference = reference
        self.reason = reason
        self.detail = detail
    }
}

/// What is done with the authority and not with one licence.
package enum AuthorityAct: String, CaseIterable {
    case createAuthority = "create_authority"
    case addOffice = "add_office"
    case addKey = "add_key"
    case retireKey = "retire_key"
    case revokeKey = "revoke_key"
    case acceptTrustList = "accept_trust_list"
    case addOfficer = "add_officer"
    case rotateOfficerKey = "rotate_officer_key"
    case retireOfficer = "retire_officer"
    case setPolicy = "set_policy"
    case propose, approve
    /// A registry from before was put back, and somebody took it on.
    case restore
}

extension Deed.Kind {
    package init?(word: String) {
        if let act = LicenceAct(rawValue: word) {
            self = .licence(act)
        } else if let act = AuthorityAct(rawValue: word) {
            self = .authority(act)
        } else {
            return nil
        }
    }

    package var word: String {
        switch self {
        case .licence(let act): act.rawValue
        case .authority(let act): act.rawValue
        }
    }
}
