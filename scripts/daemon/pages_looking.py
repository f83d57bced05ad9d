"""Opens the pages in chromium and says what is wrong with them; for scripts/daemon/pages.py."""

import io
import urllib.parse

from axe_playwright_python.sync_playwright import Axe
from pages_town import Town
from PIL import Image, ImageFilter
from playwright.sync_api import sync_playwright

WINDOWS = [(320, 640), (390, 844), (1280, 900)]
# A phone's at one and a half and at twice the size, and the narrowest at twice.
ENLARGED = [(260, 563), (195, 422), (160, 320)]
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
TAGS = {"zh": "zh-CN", "en": "en"}
LARGEST = 30_000

# What sticks out of the window, or has less than it shows.
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1 || innerWidth >= 320 && e.tagName === 'DD' && e.scrollWidth > e.clientWidth + 1);
  return wide > 0 || out.length ? `${wide} px, ${out.map(e => e.tagName).slice(0, 4)}` : null;
}"""
# Words of the heading that stand on two lines; Chinese may be broken anywhere.
TORN = """() => [...document.querySelectorAll('h1')].flatMap(h => {
  const texts = document.createTreeWalker(h, NodeFilter.SHOW_TEXT), torn = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    for (const word of text.data.matchAll(/[A-Za-z0-9']+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(r => r.top)).size > 1) torn.push(word[0]);
    }
  return torn;
})"""
# Where the keyboard is, and whether one sees that.
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  if (e === document.body) return null;
  const all = [...document.querySelectorAll('a[href],input,textarea,button')];
  return {place: all.indexOf(e), count: all.length, seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2};
}"""


class Looker:
    def __init__(self, browser, addresses, folder):
        self.browser, self.addresses, self.folder = browser, addresses, folder
        self.faults, self.rows = [], []

    def fault(self, what, text):
        self.faults.append(f"{what}: {text}")
        print(f"FAULT {what}: {text}", flush=True)

    def context(self, language, size, **more):
        more.setdefault("java_script_enabled", False)
        return self.browser.new_context(locale=LANGUAGES[language], viewport={"width": size[0], "height": size[1]}, **more)

    def watch(self, page, what, host):
        """Notes all that a page asks for and complains of."""
        def console(message):
            # That a page has the status 422 is no fault of the page.
            if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
                self.fault(what, f"console: {message.text}")
        page.on("console", console)
        page.on("pageerror", lambda error: self.fault(what, f"script: {error}"))

        def asked(request):
            if urllib.parse.urlsplit(request.url).netloc != host or not request.is_navigation_request():
                self.fault(what, f"asked for {request.url[:80]}")
        page.on("request", asked)

    # MARK: - One page

    def look(self, name, base, path, language, status=200):
        host = urllib.parse.urlsplit(base).netloc
        largest = 0
        for size in WINDOWS:
            what = f"{name}-{language}-{size[0]}"
            with self.context(language, size) as context:
                page = context.new_page()
                self.watch(page, what, host)
                answer = page.goto(base + path)
                largest = max(largest, self.check(page, answer, what, language, status))
                page.screenshot(path=self.folder / f"{what}.png", full_page=True)
                self.keyboard(page, what)
                self.switch(page, what, language)
        for size in ENLARGED:
            what = f"{name}-{language}-{size[0]}"
            with self.context(language, size, device_scale_factor=2) as context:
                page = context.new_page()
                self.check(page, page.goto(base + path), what, language, status)
                page.screenshot(path=self.folder / f"{what}.png", full_page=True)
                self.switch(page, what, language)
        violations = self.axe(name, base + path, language)
        self.paper(name, base + path, language)
        self.rows.append((name, language, largest, violations))

    def check(self, page, answer, what, language, status):
        if answer.status != status:
            self.fault(what, f"status {answer.status}")
        if page.locator("html").get_attribute("lang") != TAGS[language]:
            self.fault(what, "the language is another")
        if (overflow := page.evaluate(OVERFLOW)) is not None:
            self.fault(what, f"sticks out: {overflow}")
        if torn := page.evaluate(TORN):
            self.fault(what, f"torn words: {torn}")
        if page.locator("script").count():
            self.fault(what, "has a script")
        size = len(answer.body())
        if size >= LARGEST:
            self.fault(what, f"{size} bytes")
        return size

    def keyboard(self, page, what):
        """Tab goes through everything once, in the order in which it stands there, and shows where it is."""
        seen = []
        while len(seen) < 40:
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None or (seen and focus["place"] == seen[0]):
                break
            if not focus["seen"]:
                self.fault(what, f"focus {focus['place']} is not to be seen")
            seen.append(focus["place"])
            if len(seen) == focus["count"]:
                break
        if seen != list(range(len(seen))) or len(seen) != page.locator("a[href],input,textarea,button").count():
            self.fault(what, f"the keyboard goes {seen}")

    def switch(self, page, what, language):
        path = urllib.parse.urlsplit(page.url).path
        page.locator("nav a").click()
        if page.locator("html").get_attribute("lang") == TAGS[language] or urllib.parse.urlsplit(page.url).path != path:
            self.fault(what, "the switch of language does not switch")

    def axe(self, name, address, language):
        """axe-core needs scripts in the page, so here alone they are allowed, past the page's own policy."""
        found = 0
        for scheme in ("light", "dark"):
            with self.context(language, WINDOWS[1], java_script_enabled=True, bypass_csp=True, color_scheme=scheme) as context:
                page = context.new_page()
                page.goto(address)
                result = Axe().run(page).response
                if not any(rule["id"] == "color-contrast" for rule in result["passes"] + result["violations"]):
                    self.fault(f"{name}-{language}-{scheme}", "axe did not look")
                for violation in result["violations"]:
                    found += 1
                    nodes = [f"{node['html'][:90]} ({' '.join(c['message'] for c in node['any'])[:160]})" for node in violation["nodes"]]
                    self.fault(f"{name}-{language}-{scheme}", f"axe {violation['id']}: {nodes[:3]}")
                if scheme == "dark":
                    page.screenshot(path=self.folder / f"{name}-{language}-dark.png", full_page=True)
        return found

    def paper(self, name, address, language):
        # A4 at 96 points an inch, without its margins.
        with self.context(language, (673, 1000)) as context:
            page = context.new_page()
            page.goto(address)
            page.emulate_media(media="print")
            for gone in ("nav", "form", ".again"):
                if any(item.is_visible() for item in page.locator(gone).all()):
                    self.fault(f"{name}-{language}-print", f"{gone} is printed")
            if not page.locator("h1").is_visible() or not page.locator(".paper b").is_visible():
                self.fault(f"{name}-{language}-print", "the verdict or the address is not printed")
            page.screenshot(path=self.folder / f"{name}-{language}-print.png", full_page=True)
            page.pdf(path=self.folder / f"{name}-{language}.pdf", format="A4", prefer_css_page_size=True)

    # MARK: - The forms

    def forms(self, base, language, town):
        picture = town.pictures["valid"]
        photo = town.place / "photo.jpg"
        snapshot(picture).save(photo, quality=85)
        digits = town.codes["valid"]
        grouped = "\n".join(" ".join(digits[i:i + 5] for i in range(j, min(j + 50, len(digits)), 5)) for j in range(0, len(digits), 50))
        for kind, fill in [
            ("PNG", lambda page: page.set_input_files("#photo", picture)), ("JPEG", lambda page: page.set_input_files("#photo", photo)),
            ("typed", lambda page: page.fill("#code", grouped)),
            ("address", lambda page: page.fill("#code", f"https://lic.example.cn/L/{digits}?lang=en")),
        ]:
            what = f"form-{kind}-{language}"
            with self.context(language, WINDOWS[1]) as context:
                page = context.new_page()
                self.watch(page, what, urllib.parse.urlsplit(base).netloc)
                page.goto(f"{base}/?lang={language}")
                fill(page)
                page.locator("form", has=page.locator("#code" if kind in ("typed", "address") else "#photo")).locator("button").click()
                page.wait_for_url("**/L/**")
                if page.url != f"{base}/L/{digits}?lang={language}":
                    self.fault(what, f"leads to {page.url[:80]}")
                if page.locator(".verdict.good h1").count() != 1:
                    self.fault(what, "is not answered with valid")
                page.locator(".again a").click()
                if urllib.parse.urlsplit(page.url).path != "/":
                    self.fault(what, "does not lead back to the front page")

    def refusals(self, base, language, town):
        blank = town.place / "blank.png"
        Image.new("RGB", (900, 900), "white").save(blank)
        large = town.place / "large.jpg"
        large.write_bytes(b"\xff\xd8\xff" + bytes(40 << 20))
        letter = town.place / "letter.png"
        letter.write_bytes(b"%PDF-1.7")
        for name, status, fill in [
            ("no-code-in-photo", 422, lambda page: page.set_input_files("#photo", blank)),
            ("photo-too-large", 413, lambda page: page.set_input_files("#photo", large)),
            ("not-a-photo", 415, lambda page: page.set_input_files("#photo", letter)),
            ("not-a-code", 422, lambda page: page.fill("#code", "天长市示例食品有限公司")),
            ("credit-code", 422, lambda page: page.fill("#code", town.pictures["valid"].name[:18])),
        ]:
            largest = 0
            for size in WINDOWS:
                what = f"{name}-{language}-{size[0]}"
                with self.context(language, size) as context:
                    page = context.new_page()
                    self.watch(page, what, urllib.parse.urlsplit(base).netloc)
                    page.goto(f"{base}/?lang={language}")
                    fill(page)
                    field = page.locator("#code" if "code" in name and "photo" not in name else "#photo")
                    with page.expect_navigation() as navigation:
                        page.locator("form", has=field).locator("button").click()
                    answer = navigation.value
                    largest = max(largest, self.check(page, answer, what, language, status))
                    if page.locator("[role=alert] h1").count() != 1:
                        self.fault(what, "does not say what was wrong")
                    if page.locator("[aria-invalid]").count() != 1:
                        self.fault(what, "does not mark the field")
                    page.screenshot(path=self.folder / f"{what}.png", full_page=True)
                    self.switch(page, what, language)
            self.rows.append((name, language, largest, "-"))

    def table(self):
        print(f"\n{'page':20}{'language':>10}{'bytes':>10}{'axe':>6}")
        for name, language, size, violations in self.rows:
            print(f"{name:20}{language:>10}{size:>10,}{violations:>6}")
        print(f"\n{len(self.faults)} faults; screenshots are in {self.folder}")


def snapshot(picture):
    """A picture as a phone takes it: turned a little, a shade darker, not quite sharp."""
    code = Image.open(io.BytesIO(picture.read_bytes())).convert("RGB")
    scale = max(1, 900 // code.width)
    code = code.resize((code.width * scale, code.height * scale), Image.Resampling.NEAREST)
    table = Image.new("RGB", (code.width + 500, code.height + 700), (196, 190, 180))
    table.paste(code, (250, 350))
    turned = table.rotate(4, Image.Resampling.BICUBIC, fillcolor=(196, 190, 180))
    return turned.filter(ImageFilter.GaussianBlur(1.2)).point(lambda value: int(value * 0.92))


def look(options, place):
    folder = options.screenshots.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    town = Town(options.licet, options.licetd, place)
    try:
        town.build()
        base, damaged = town.start(), town.start(without_status=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
            looker = Looker(browser, (base, damaged), folder)
            for language in LANGUAGES:
                looker.look("front", base, "/", language)
                looker.look("front-damaged", damaged, "/", language)
                looker.look("nothing-here", base, "/nothing", language, status=404)
                for name, digits in town.codes.items():
                    looker.look(name, damaged if name == "undetermined" else base, f"/L/{digits}", language)
                looker.look("long-part-2", base, f"/L/{town.codes['long']}?scope=2", language)
                looker.forms(base, language, town)
                looker.refusals(base, language, town)
            browser.close()
        looker.table()
        return 1 if looker.faults else 0
    finally:
        town.stop()
