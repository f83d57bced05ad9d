"""A small town: licences in every status, one that was never issued, and the truth about each."""

import shutil

from ordeals.place import Place, applications

# Seeds below are for the town itself.
FIRST_SEED = 1_000
WORDS = {"suspend": "suspended", "resume": "valid", "dormant": "dormant", "revoke": "revoked", "cancel": "cancelled",
         "annul": "annulled"}
BY_VERDICT = {"valid", "superseded", "suspended", "dormant", "revoked", "cancelled", "annulled"}


class Town:
    """A place, what each picture must be taken for, and what is asked for next."""

    def __init__(self, tools, seed):
        self.applications = applications(tools, 16, FIRST_SEED + seed)
        self.codes = [item["creditCode"] for item in self.applications]
        place = self.place = Place(tools, tools.folder("town")).found()
        stranger = place.copy("stranger")
        place.write("town.json", self.applications[:9])
        place.must("issue", "town.json", "--out", "codes")
        self.truth = {(code, 1): "valid" for code in self.codes[:9]}
        for act, number in ("revoke", 0), ("suspend", 1), ("dormant", 2), ("cancel", 3), ("annul", 4):
            self.act(act, number)
        self.change(5)
        place.must("publish", "--to", "publication")
        # Signed by the office's own key, and never issued: what a stolen key makes.
        stranger.write("stranger.json", self.applications[15:])
        stranger.must("issue", "stranger.json", "--out", "strangers")
        shutil.copytree(stranger.path / "strangers", place.path / "strangers")
        stranger.remove()
        place.write("batch.json", [self.applications[9], self.applications[8], self.applications[10]])
        place.write("many.json", self.applications[9:15])

    def act(self, act, number):
        self.place.must(act, self.codes[number], "--reason", "试验")
        self.truth[self.codes[number], 1] = WORDS[act]

    def change(self, number, version=1):
        self.place.must("change", self.codes[number], "--set", "address=安徽省滁州市天长市新街1号", "--reason", "住所变更",
                        "--out", "codes")
        self.truth[self.codes[number], version] = "superseded"
        self.truth[self.codes[number], version + 1] = "valid"


def pictures(truth, strangers=()):
    """Which verdict each picture must have."""
    wanted = {f"codes/{code}-v{version}.png": status for (code, version), status in truth.items()}
    wanted.update({path: "not_issued" for path in strangers})
    return wanted
