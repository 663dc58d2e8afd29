# SPDX-License-Identifier: Apache-2.0
"""Texts without a secret: what services log all day, and what merely resembles a secret.

Each kind has a maker `(rng, held_out)`; where texts are written by hand, the two parts have their own.
"""
import base64
import string
import uuid

from values import ALNUM, DIGITS, HEX, UPPER_32, WORDS, some

SECONDS = 1_700_000_000  # epochs lie within five years of it
PLAIN_KEYS = (["order_id", "requestId", "trace", "ref", "batch", "entity_id", "version_id", "key"],
              ["invoice_id", "correlationId", "node", "source", "job_id", "object_id", "etag", "parent"])
HOSTS = (["api.example.com", "cdn.example.net"], ["files.example.org", "shop.example"])

# Keys that hold the letters of a secret's key, or its word, and say something harmless.
HARMLESS = (
    ["shipping_method=express", "author=editor-7", "className=Basket", "opinion=positive",
     "pinned=true", "tokenizer=bpe", "next_token=page-2", "max_tokens=4096", "primary_key=id",
     "sort_key=created", "monkey=patched", "keyboard=qwerty", "secretary=none", "compass=north",
     "email_sent=true", "phone_verified=false", "session_count=17", "cookie_consent=accepted",
     "token_type=opaque", "account_id=4417", "account_type=savings", "card_brand=visa",
     "passed=412", "bypass_cache=true", "ip_address=10.0.4.17", "filename=report.csv",
     "hostname=web-3", "lesson=4", "expression=a+b", "authorized=true", "company=Initech",
     "address_type=billing", "password_policy=strict", "spinner=off", "token_count=318"],
    ["shippingAddressCount=2", "authority=local", "classname=col-4", "opinions=17",
     "pinch_zoom=on", "tokenize=false", "continuation_token_present=true", "tokens_used=911",
     "partition_key=tenant", "cacheKey=v2-home", "donkey=1", "keyspace=orders",
     "passenger_count=3", "passthrough=on", "emailVerified=false", "phoneType=landline",
     "session_duration_ms=5120", "cookiesEnabled=true", "accountType=checking",
     "accounting_period=2026-Q3", "card_count=3", "cardType=debit", "passes=9", "mac_address=ok",
     "memoryAddress=none", "file_name=a.txt", "queue_name=mail-out", "lessons=12",
     "impression_id=i-88", "authorization_status=granted", "password_changed=true",
     "discount_birthday=none", "pin_count=40", "shopping_list=3", "credential_type=static",
     "table_name=accounts", "key_count=7", "ssn_required=false", "secret_rotation_days=30"])

CODE = (
    ["for (auto& [key, value] : headers) out << key << ': ' << value;",
     "if token_count > limit: raise TooMany(token_count)", "const pin = await board.pins.find(id)",
     "def author(self): return self._author", "@Override public String toString() { return name; }",
     "#include <vector>\nint main() { return 0; }", "SELECT name, price FROM goods WHERE id = ?",
     "UPDATE stock SET left = left - 1 WHERE sku = $1 AND left > 0",
     "INSERT INTO visits (page, at) VALUES (?, ?)", "git@github.com:example/shop.git",
     "npm install @types/node@18.2.1 lodash@4.17.21", "icon@2x.png", "com.acme.Basket@1b6d3586"],
    ["while (auto* next = queue.pop()) { next->run(); }", "return {k: v for k, v in sorted(rows)}",
     "let className = styles.button + ' ' + props.className;",
     "fn parse(input: &str) -> Result<Token, Error> { tokenize(input) }",
     "@dataclass\nclass Order:\n    id: int\n    total: int", "DELETE FROM carts WHERE touched < :before",
     "SELECT count(*) FROM events e JOIN users u ON u.id = e.user_id GROUP BY 1 LIMIT 100",
     "CREATE INDEX CONCURRENTLY idx_author ON books (author, shipped_at)",
     "git@gitlab.com:group/infra.git", "pnpm add @scope/pkg@3.0.0-rc.1 vite@5.4.2",
     "logo@3x.webp", "java.lang.Object@7a81197d", "docker pull registry.example/app@sha256:%H64"])

TRACES = (
    ["java.lang.IllegalStateException: basket is empty\n\tat com.shop.Basket.pay(Basket.java:%N)\n"
     "\tat com.shop.Main.main(Main.java:12)",
     "Traceback (most recent call last):\n  File \"/srv/app/main.py\", line %N, in run\n"
     "    total = sum(prices)\nTypeError: unsupported operand type(s) for +: 'int' and 'str'"],
    ["panic: runtime error: index out of range [%N] with length 3\n\ngoroutine 17 [running]:\n"
     "main.total(0xc0000%N)\n\t/src/main.go:%N +0x1d",
     "TypeError: Cannot read properties of undefined (reading 'id')\n    at Cart.add "
     "(/app/dist/cart.js:%N:17)\n    at process.processTicksAndRejections (node:internal:95:5)",
     "#0 0x00007f2a1c%N in shop::Basket::total() const /src/basket.cpp:%N\n#1 main /src/main.cpp:9",
     "System.NullReferenceException: Object reference not set\n   at Shop.Cart.Add() in C:\\a\\Cart.cs:line %N"])

AGENTS = (
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.%N.109 Safari/537.36",
     "curl/8.5.%N"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Version/17.2 Mobile/15E%N",
     "aws-sdk-cpp/1.11.%N os/Linux#5.10.210 md/arch#x86_64 lang/c++#C++17", "okhttp/4.12.%N",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.%N"])

PROSE = (
    ["The parcel left the warehouse this morning and should be with you by Friday.",
     "Please choose a longer password before you sign in again.",
     "Das Paket hat das Lager heute früh verlassen und kommt am Freitag an.",
     "Le colis a quitté l'entrepôt ce matin et arrivera vendredi.",
     "El pedido salió del almacén esta mañana.", "Il pacco è partito questa mattina.",
     "荷物は今朝倉庫を出ました。", "Посылка сегодня утром покинула склад.",
     "A basic understanding of tokens is enough for this chapter.",
     "She pinned the note to the board and asked the author for an opinion."],
    ["We could not find your order; try again in a few minutes or ask our staff.",
     "Wrong password for tenant blue, two attempts are left.", "Your secret santa is waiting!",
     "Wir konnten die Bestellung nicht finden, bitte versuchen Sie es später noch einmal.",
     "Nous n'avons pas trouvé votre commande, réessayez dans quelques minutes.",
     "No encontramos su pedido; vuelva a intentarlo más tarde.",
     "Non abbiamo trovato il suo ordine.", "We konden uw bestelling niet vinden.",
     "Vi kunde inte hitta din beställning.", "Nie znaleźliśmy zamówienia, spróbuj później.",
     "Siparişinizi bulamadık, lütfen daha sonra deneyin.", "Δεν βρήκαμε την παραγγελία σας.",
     "Мы не нашли ваш заказ.", "找不到您的订单,请稍后再试。", "لم نعثر على طلبك.",
     "हमें आपका ऑर्डर नहीं मिला।", "The bearer of this letter may board the basic class.",
     "Two-factor tokens expire after five minutes; the session stays open."])

LOG_LINES = (
    ["2026-11-2%D 10:30:22.%N INFO charge ch_%A8 captured in %N ms",
     "10.0.%D.17 - - [22/Nov/2026:10:30:22 +0000] \"GET /goods/%N HTTP/1.1\" 200 %N",
     "level=info msg=\"cache filled\" entries=%N took=%Dms", "WARN pool at %D0 % of its limit"],
    ["Nov 2%D 10:30:22 ip-10-0-%D-17 app[%N]: retry %D of 5 in %N ms",
     "{\"level\":\"info\",\"ts\":17638%N%N.%N,\"msg\":\"flushed\",\"rows\":%N}",
     "I1122 10:30:22.%N00 %N server.go:%N] healthz ok",
     "START RequestId: %U Version: $LATEST",
     "REPORT Duration: %N.%D ms Billed Duration: %N ms Memory Size: 256 MB",
     "root@ip-10-0-%D-17.ec2.internal: disk at %D7 %", "GC pause %D.%N ms, heap %N MB -> %N MB"])


def fill(rng, text):
    for mark, make in (("%H64", lambda: some(rng, HEX, 64)), ("%A8", lambda: some(rng, ALNUM, 8)),
                       ("%U", lambda: str(uuid.UUID(bytes=rng.randbytes(16), version=4))),
                       ("%N", lambda: str(rng.randrange(100, 1000))),
                       ("%D", lambda: str(rng.randrange(1, 8)))):
        while mark in text:
            text = text.replace(mark, make(), 1)
    return text


def written(texts):
    return lambda rng, held_out: fill(rng, rng.choice(texts[held_out]))


def field(value):
    """A value alone, or under a key that says nothing."""
    def make(rng, held_out):
        text, key = value(rng), rng.choice(PLAIN_KEYS[held_out])
        shapes = ([text, f"{key}={text}", f'{{"{key}":"{text}"}}', f"{key} {text} is done"],
                  [text, f"{key}: {text}", f'{{"a":{{"{key}":"{text}"}},"n":3}}',
                   f"/v1/{key}/{text}?page=2", f"could not load {text} after 3 tries"])
        return rng.choice(shapes[held_out])
    return make


def crockford(rng, count):
    return "01" + some(rng, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", count)


def epoch(scale):
    return lambda rng: str((SECONDS + rng.randrange(150_000_000)) * scale + rng.randrange(scale))


def amount(rng):
    units, cents = rng.randrange(1, 10**rng.randint(2, 8)), rng.randrange(100)
    return rng.choice([f"{units}.{cents:02d}", f"{units:,}.{cents:02d}", f"{units},{cents:02d} EUR",
                       f"USD {units}.{cents:02d}", f"-{units}.{cents:02d}", str(units * 100 + cents)])


def order_number(rng):
    """As long as a telephone number and not one: no mark where its marks would be."""
    return rng.choice(["10", "31", "45", "70"]) + some(rng, DIGITS, 8)


def marked_number(rng):
    return rng.choice([f"11{rng.randrange(10)}-{some(rng, DIGITS, 7)}-{some(rng, DIGITS, 7)}",
                       f"PO {some(rng, DIGITS, 4)}-{some(rng, DIGITS, 4)}", f"2026-{some(rng, DIGITS, 6)}",
                       f"{some(rng, DIGITS, 2)}-{some(rng, DIGITS, 7)}", f"RMA{some(rng, DIGITS, 9)}"])


def barcode(rng):
    body = rng.choice(["400", "45", "50", "76", "87", "97", "00", "30"]) + some(rng, DIGITS, 10)
    body = body[:12]
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))
    return body + str(-total % 10)


def version(rng):
    numbers = [str(rng.randrange(0, 30)) for _ in range(rng.randint(2, 4))]
    return rng.choice(["", "v"]) + ".".join(numbers) + rng.choice(["", "-rc.1", "+build.7", ".dev0"])


def arn(rng):
    return rng.choice([f"arn:aws:iam::{some(rng, DIGITS, 12)}:role/{rng.choice(WORDS)}",
                       f"arn:aws:sqs:eu-west-1:{some(rng, DIGITS, 12)}:{rng.choice(WORDS)}-in",
                       f"i-0{some(rng, HEX, 16)}", f"vpc-0{some(rng, HEX, 16)}",
                       f"AROA{some(rng, UPPER_32, 17)}"])


def url(rng, held_out):
    host, word = rng.choice(HOSTS[held_out]), rng.choice(WORDS)
    return rng.choice(([f"https://{host}/{word}/{rng.randrange(9999)}?page=3&sort=price",
                        f"http://{host}:8080/{word}#top", f"https://{host}/@{word}/post"],
                       [f"GET https://{host}:8443/v2/{word}?q={word}&limit=50 200",
                        f"s3://{word}-logs/2026/11/27/{word}.gz", f"wss://{host}/live?room={word}",
                        f"https://{host}/u/{word}@2/img.png"])[held_out])


KINDS = {
    "uuid": field(lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4))),
    "ulid": field(lambda r: crockford(r, 24)),
    "object_id": field(lambda r: some(r, HEX, 24)),
    "nano_id": field(lambda r: "n" + some(r, ALNUM + "_-", 19) + "x"),
    "hash": field(lambda r: some(r, HEX, r.choice([7, 32, 40, 64]))),
    "hash_base64": field(lambda r: base64.b64encode(r.randbytes(r.choice([16, 32]))).decode()),
    "trace_id": field(lambda r: r.choice([f"1-6{some(r, HEX, 7)}-{some(r, HEX, 24)}",
                                          f"00-{some(r, HEX, 32)}-{some(r, HEX, 16)}-01"])),
    "prefixed_id": field(lambda r: r.choice(["ch_", "cus_", "req_", "evt_"]) + some(r, ALNUM, 24)),
    "arn": field(arn),
    "epoch_s": field(epoch(1)), "epoch_ms": field(epoch(10**3)),
    "epoch_us": field(epoch(10**6)), "epoch_ns": field(epoch(10**9)),
    "iso_time": field(lambda r: f"2026-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}T"
                                f"{r.randrange(24):02d}:{r.randrange(60):02d}:07."
                                f"{some(r, DIGITS, r.choice([3, 6, 9]))}Z"),
    "snowflake": field(lambda r: str(r.choice([1, 2]) * 10**18 + r.randrange(10**18))),
    "snowflake18": field(lambda r: str(10**17 + r.randrange(3 * 10**17))),
    "counter": field(lambda r: str(r.randrange(1, 10**r.randint(1, 11)))),
    "order_number": field(order_number), "marked_number": field(marked_number),
    "tracking": field(lambda r: r.choice(["1Z" + some(r, string.ascii_uppercase + DIGITS, 16),
                                          "9400" + some(r, DIGITS, 18), "JD01" + some(r, DIGITS, 16)])),
    "barcode": field(barcode),
    "amount": field(amount),
    "float": field(lambda r: repr(r.random() * r.choice([1, 1, 100, 1e-5]))),
    "coordinates": field(lambda r: f"{r.uniform(-90, 90):.6f},{r.uniform(-180, 180):.6f}"),
    "version": field(version),
    "address_ip": field(lambda r: r.choice([".".join(str(r.randrange(1, 255)) for _ in range(4)),
                                            "2001:db8::" + some(r, HEX, 4),
                                            ":".join(some(r, HEX, 2) for _ in range(6))])),
    "cursor": field(lambda r: base64.b64encode(
        f'{{"id":{r.randrange(10**6)},"dir":"next"}}'.encode()).decode()),
    "latencies": field(lambda r: "[" + ",".join(str(int(r.lognormvariate(5.5, 1.2)) + 1)
                                                for _ in range(r.randint(3, 10))) + "]"),
    "hexdump": field(lambda r: " ".join(some(r, HEX, 2) for _ in range(12))),
    "word": written(HARMLESS), "code": written(CODE), "stack_trace": written(TRACES),
    "user_agent": written(AGENTS), "prose": written(PROSE), "log_line": written(LOG_LINES),
    "url": url,
}


def bare16(rng):
    """Sixteen digits alone: as random as the detector can be asked for, or as ids are counted up."""
    kind = rng.randrange(4)
    if kind < 2:
        return rng.choice("123456789") + some(rng, DIGITS, 15)
    if kind == 2:
        return str((rng.randrange(4 * 10**8, 2 * 10**9) << 22) + rng.randrange(1 << 22))[:16].ljust(16, "7")
    day = f"2026{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    return rng.choice([f"{day}{rng.randrange(10**8):08d}", f"{rng.randrange(1, 99)}0000"
                       f"{rng.randrange(10**10):010d}".ljust(16, "0")[:16],
                       str(SECONDS * 10**6 + rng.randrange(10**14))])
