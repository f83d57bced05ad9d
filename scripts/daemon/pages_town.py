"""A throw-away authority with licences in every state, and daemons that answer for it; for scripts/daemon/pages.py."""

import json
import os
import secrets
import shutil
import subprocess
import time

APPLICATIONS = [
    ("valid", "91341181MA2T5XKQ0", "company"), ("revoked", "91341181MA2T5XKQ1", "company"),
    ("suspended", "91341181MA2T5XKQ2", "company"), ("superseded", "91341181MA2T5XKQ3", "company"),
    ("cancelled", "91341181MA2T5XKQ4", "company"), ("long", "91341181MA2T5XKQ5", "company"),
    ("dormant", "91341181MA2T5XKQ6", "company"), ("endless", "91341181MA2T5XKQ7", "company"),
]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SCOPE = ("食品销售（仅销售预包装食品）；食品互联网销售；日用百货销售；餐饮服务；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；"
         "会议及展览服务（依法须经批准的项目，经相关部门批准后方可开展经营活动）")


def credit_code(body):
    total = sum(ALPHABET.index(letter) * 3 ** place for place, letter in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def application(name, body):
    long = name == "long"
    # Each is one letter to a browser, which breaks none.
    endless = {"name": "天长市" + "\u1100" * 190, "address": "安徽省" + "\u17d2\u1780" * 140, "scope": "क्" * 3000} if name == "endless" else {}
    return {
        "creditCode": credit_code(body), "kind": "company",
        "name": "天长市" + "Überlängen-Gesellschaft𠮷" * 8 if long else f"天长市示例{APPLICATIONS.index((name, body, 'company'))}号食品有限公司",
        "type": "有限责任公司(自然人投资或控股)", "representative": "Wolfeschlegelsteinhausenbergerdorff" * 5 if long else "王小明",
        "capital": {"amount": "1000000.00", "currency": "CNY"}, "established": "2019-06-12",
        "term": {"from": "2019-06-12", "to": "2049-06-11"},
        "address": "安徽省滁州市天长市天康大道" + ("ABCDEFGHIJ" * 28 if long else "1号"),
        "scope": (SCOPE + "；") * 56 if long else SCOPE,
        **({"location": {"latitude": 32.68811, "longitude": 119.00412}} if name == "valid" else {}), **endless,
    }


class Town:
    def __init__(self, licet, licetd, place):
        self.licet, self.licetd, self.place = licet.resolve(), licetd.resolve(), place
        self.environment = {**os.environ, "LICET_HOME": str(place / "home"), "XDG_STATE_HOME": str(place / "state"), "LICET_OFFICER": "test"}
        self.daemons = []
        self.passphrase = place / "passphrase"
        self.passphrase.touch(mode=0o600)
        self.passphrase.write_text(secrets.token_hex(24) + "\n")
        self.pictures, self.codes = {}, {}

    def run(self, *words):
        done = subprocess.run([self.licet, *map(str, words)], cwd=self.place, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"pages: licet {words[0]} exited with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def sign(self, *words):
        return self.run(*words, "--passphrase-file", self.passphrase)

    def build(self):
        self.sign("authority", "create", "--name", "安徽省市场监督管理局", "--verify-address", "https://lic.example.cn")
        self.sign("office", "add", "341181", "--name", "天长市市场监督管理局", "--name-en", "Tianchang Market Regulation")
        rows = [application(name, body) for name, body, _ in APPLICATIONS]
        (self.place / "applications.json").write_text(json.dumps(rows, ensure_ascii=False))
        self.sign("issue", "applications.json", "--out", "codes")
        for (name, *_), row in zip(APPLICATIONS, rows, strict=True):
            self.pictures[name] = self.place / f"codes/{row['creditCode']}-v1.png"
            self.codes[name] = self.digits(self.pictures[name])
            if name in ("revoked", "suspended", "cancelled", "dormant"):
                act = {"revoked": "revoke", "suspended": "suspend", "cancelled": "cancel", "dormant": "dormant"}[name]
                self.sign(act, row["creditCode"], "--reason", "检查")
            if name == "superseded":
                self.sign("change", row["creditCode"], "--set", "address=安徽省滁州市天长市天康大道2号", "--reason", "地址变更")
        self.sign("publish", "--to", "publication")
        valid = self.codes["valid"]
        # The last digits are the signature's.
        self.codes["forged"] = valid[:-20] + str((int(valid[-20]) + 1) % 10) + valid[-19:]
        self.codes["malformed"] = valid[:-40]
        self.codes["undetermined"] = valid

    def digits(self, picture):
        return json.loads(self.run("inspect", picture, "--json"))["digits"]

    def start(self, without_status=False):
        """A daemon over the publication, or over a copy that lost its status lists; returns its address."""
        folder = self.place / "publication"
        if without_status:
            copy = self.place / "damaged"
            shutil.copytree(folder, copy)
            for path in (copy / "status").iterdir():
                path.unlink()
            folder = copy
        output = self.place / f"licetd-{len(self.daemons)}.out"
        command = [self.licetd, "--publication", folder, "--root", self.place / "home/root.crt", "--listen", "127.0.0.1:0"]
        with output.open("w") as out, output.with_suffix(".log").open("w") as log:
            daemon = subprocess.Popen(command, stdout=out, stderr=log, env=self.environment)
        self.daemons.append(daemon)
        while daemon.poll() is None:
            line = output.read_text()
            if line.endswith("\n"):
                return line.strip().removeprefix("licetd listening on ")
            time.sleep(0.05)
        raise SystemExit(f"pages: licetd ended early: {output.with_suffix('.log').read_text()}")

    def stop(self):
        for daemon in self.daemons:
            daemon.terminate()
        for daemon in self.daemons:
            daemon.wait()
