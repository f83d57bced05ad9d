import Audit
import Authority
import Licence
import Licensing

extension AuthorityError {
    /// Whether it is the fault of one application, or what it waits for.
    var isOfARow: Bool { [65, 75].contains(Failure(self).exitCode) && code != .rolledBack }
}

extension Remark {
    /// What an authority refuses, and what to do about it.
    init(_ refusal: AuthorityError) {
        let (rule, hint): (Rule, String?) =
            switch refusal.code {
            case .alreadyLicensed:
                (
                    .duplicateCode,
                    "look with `licet show` whose code it is: a slip is to be corrected; a change of particulars is `licet change`"
                )
            case .changedSince:
                (.duplicateCode, "nothing is to be done where this is an old file; else look at `licet show --history`")
            case .noKey where refusal.field == "creditCode":
                (.office, "look for a typing slip in the credit code, or send it to the office of its division")
            case .noKey where refusal.field == "kind":
                (.office, "correct the kind, or send it to an office that may; `licet office list` shows which")
            case .noKey, .noSuchOffice, .noSuchKey:
                (.office, "the application may be right: look at the offices and their keys with `licet office list`")
            case .nameTaken:
                (
                    .duplicateName,
                    "let the applicant choose another name, or accept it with --override-name and a reason"
                )
            case .needsApproval: (.approval, "`licet approve` shows what waits")
            default: (.row, nil)
            }
        self.init(.error, rule, field: refusal.field, refusal.reason, hint: hint)
    }
}
