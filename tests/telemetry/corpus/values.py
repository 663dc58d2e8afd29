# SPDX-License-Identifier: Apache-2.0
"""Invented secrets, as the public formats describe them: issuer ranges, prefixes, check digits.

Every value comes from the random source that is handed in, opens nothing and is nobody's. Telephone
numbers are of the ranges kept for fiction, domains of those kept for examples (RFC 2606, RFC 6761).
"""
import base64
import json
import string

DIGITS = string.digits
UPPER_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALNUM = string.ascii_letters + string.digits
URL_SAFE = ALNUM + "-_"
HEX = "0123456789abcdef"

# Name, beginnings, lengths. The first seven are also taken when nothing stands beside them.
ISSUERS = [
    ("visa", ["4"], [16]), ("mastercard", ["51", "52", "53", "54", "55"], [16]),
    ("mastercard2", ["2221", "2300", "2451", "2599", "2684", "2720"], [16]),
    ("amex", ["34", "37"], [15]), ("discover", ["6011", "644", "647", "649", "65"], [16]),
    ("jcb", ["3528", "3543", "3566", "3589"], [16]), ("unionpay", ["62"], [16]),
    ("diners", ["300", "303", "305", "36", "38"], [14]), ("unionpay19", ["62"], [19]),
    ("visa19", ["4"], [19]), ("mir", ["2200", "2202", "2204"], [16]),
    ("maestro", ["5018", "5020", "5038", "6304", "6759", "6761"], [16, 18, 19]),
    ("rupay", ["6521", "8172", "8201"], [16]),
]
COMMON_ISSUERS = 7

IBANS = {"DE": "n18", "FR": "n10c11n2", "GB": "a4n14", "NL": "a4n10", "ES": "n20", "IT": "a1n10c12",
         "CH": "n5c12", "AT": "n16", "BE": "n12", "PL": "n24", "SE": "n20", "NO": "n11",
         "PT": "n21", "IE": "a4n14", "LU": "n3c13", "DK": "n14", "FI": "n14", "MT": "a4n5c18"}

FIRST = ["ann", "bela", "carmen", "dmitri", "elif", "farid", "greta", "hiro", "ines", "jonas", "kemi",
         "lucia", "marek", "nadia", "oskar", "priya", "quentin", "rosa", "sven", "tomas", "uma",
         "viktor", "wanda", "xenia", "yusuf", "zoe"]
LAST = ["abbott", "bianchi", "castillo", "dvorak", "eriksen", "fischer", "garcia", "haddad", "ivanova",
        "jansen", "kowalska", "lindqvist", "moreau", "nakamura", "okafor", "petrov", "quispe",
        "rossi", "silva", "tanaka", "ueda", "vermeer", "weber", "yilmaz", "zhang"]
WORDS = ["amber", "bridge", "cobalt", "dune", "ember", "fjord", "grove", "harbor", "island", "jungle",
         "kettle", "lantern", "meadow", "nectar", "orchid", "pepper", "quartz", "ribbon", "saddle",
         "timber", "umbra", "velvet", "walnut", "yonder", "zephyr"]


def some(rng, letters, count):
    return "".join(rng.choice(letters) for _ in range(count))


def luhn_digit(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        digit = int(c) * (2 if i % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def pan(rng, common=False):
    _, prefixes, lengths = rng.choice(ISSUERS[:COMMON_ISSUERS] if common else ISSUERS)
    prefix, length = rng.choice(prefixes), rng.choice(lengths)
    body = prefix + some(rng, DIGITS, length - len(prefix) - 1)
    return body + luhn_digit(body)


def pan_groups(number):
    """The groups in which a card of that length is printed."""
    sizes = {14: (4, 6, 4), 15: (4, 6, 5), 18: (4, 4, 4, 4, 2), 19: (4, 4, 4, 4, 3)}
    groups, at = [], 0
    for size in sizes.get(len(number), (4, 4, 4, 4)):
        groups.append(number[at:at + size])
        at += size
    return groups


def iban(rng, country=None):
    country = country or rng.choice(sorted(IBANS))
    letters = {"n": DIGITS, "a": string.ascii_uppercase, "c": DIGITS + string.ascii_uppercase}
    body, layout = "", IBANS[country]
    while layout:
        kind, layout = layout[0], layout[1:]
        size = ""
        while layout and layout[0].isdigit():
            size, layout = size + layout[0], layout[1:]
        body += some(rng, letters[kind], int(size))
    as_number = "".join(str(int(c, 36)) for c in body + country + "00")
    return f"{country}{98 - int(as_number) % 97:02d}{body}"


def in_fours(text):
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4))


def password(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return "-".join(rng.sample(WORDS, 3))
    if kind == 1:
        return some(rng, ALNUM, rng.randint(8, 24))
    if kind == 2:
        return rng.choice(WORDS).title() + some(rng, DIGITS, 4) + rng.choice("!#*$")
    return some(rng, ALNUM + "!#$*-_.~^", rng.randint(10, 20)) + rng.choice(ALNUM)


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(rng):
    header = {"alg": rng.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"}
    claims = {"sub": some(rng, DIGITS, 10), "iat": 1790000000 + rng.randrange(10**7),
              "scope": rng.choice(["read", "write", "admin"])}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    return ".".join([b64url(part) for part in parts] + [b64url(rng.randbytes(32))])


def pem(rng):
    name = rng.choice(["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
    body = base64.b64encode(rng.randbytes(rng.choice([118, 138, 270]))).decode()
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])


CREDENTIALS = {
    "aws_key": lambda r: r.choice(["AKIA", "ASIA"]) + some(r, UPPER_32, 16),
    "google_key": lambda r: "AIza" + some(r, URL_SAFE, 34) + r.choice(ALNUM),
    "google_token": lambda r: "ya29." + some(r, URL_SAFE, 60) + r.choice(ALNUM),
    "github": lambda r: r.choice(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]) + some(r, ALNUM, 36),
    "github_pat": lambda r: "github_pat_" + some(r, ALNUM, 22) + "_" + some(r, ALNUM, 59),
    "slack": lambda r: (r.choice(["xoxb-", "xoxp-"]) + some(r, DIGITS, 12) + "-"
                        + some(r, DIGITS, 12) + "-" + some(r, ALNUM, 24)),
    "stripe": lambda r: r.choice(["sk_live_", "rk_live_", "sk_test_"]) + some(r, ALNUM, 24),
    "jwt": jwt,
}
FOREIGN_CREDENTIALS = {  # of issuers that the guide does not name
    "gitlab": lambda r: "glpat-" + some(r, URL_SAFE, 19) + r.choice(ALNUM),
    "npm": lambda r: "npm_" + some(r, ALNUM, 36),
    "sendgrid": lambda r: "SG." + some(r, URL_SAFE, 22) + "." + some(r, URL_SAFE, 42) + "a",
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + some(r, URL_SAFE, 79) + r.choice(ALNUM),
    "digitalocean": lambda r: "dop_v1_" + some(r, HEX, 64),
    "stripe_webhook": lambda r: "whsec_" + some(r, ALNUM, 32),
}


def credential(rng):
    return CREDENTIALS[rng.choice(sorted(CREDENTIALS))](rng)


def opaque(rng):
    return some(rng, ALNUM, rng.randint(20, 44))


def email(rng):
    first, last = rng.choice(FIRST), rng.choice(LAST)
    local = rng.choice([f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}", f"{first}-{last}",
                        f"{first}+{rng.choice(WORDS)}", f"{first}{rng.randrange(10, 99)}",
                        f"{first.title()}.{last.title()}"])
    host = rng.choice(["example.com", "example.org", "example.net", "mail.example", "shop.example",
                       "mx.corp.example", "co.uk.example", f"{rng.choice(WORDS)}.example.com"])
    return f"{local}@{host}"


def phone_intl(rng):
    tail = f"{rng.randrange(100, 200):04d}"
    return rng.choice([
        f"+1{rng.choice(['212', '415', '628', '917'])}555{tail}", f"+1 (415) 555-{tail}",
        f"+1-312-555-{tail}", f"+44 20 7946 0{some(rng, DIGITS, 3)}",
        f"+442079460{some(rng, DIGITS, 3)}", f"+33 1 99 00 {tail[:2]} {tail[2:]}",
        f"+49 30 23125 {some(rng, DIGITS, 3)}", f"+4915228817{some(rng, DIGITS, 3)}",
        f"+61 2 5550 {some(rng, DIGITS, 4)}", f"+46 8 465 004 {some(rng, DIGITS, 2)}",
        f"+353 20 910 {some(rng, DIGITS, 4)}"])


def phone_us(rng):
    area, tail = rng.choice(["212", "305", "415", "503", "628", "917"]), rng.randrange(100, 200)
    return rng.choice([f"({area}) 555-{tail:04d}", f"{area}-555-{tail:04d}",
                       f"{area}.555.{tail:04d}", f"1-{area}-555-{tail:04d}"])


def phone_bare(rng):
    area = rng.choice(["212", "305", "415", "503", "628", "917"])
    return rng.choice([f"{area}555{rng.randrange(100, 200):04d}", f"020 7946 0{some(rng, DIGITS, 3)}",
                       f"030 23125 {some(rng, DIGITS, 3)}"])


def ssn_groups(rng):
    area = rng.choice([a for a in range(1, 900) if a != 666])
    return f"{area:03d}", f"{rng.randrange(1, 100):02d}", f"{rng.randrange(1, 10000):04d}"


def full_name(rng):
    return f"{rng.choice(FIRST).title()} {rng.choice(LAST).title()}"


def street(rng):
    return (f"{rng.randrange(1, 400)} {rng.choice(WORDS).title()} "
            f"{rng.choice(['Street', 'Avenue', 'Lane', 'Road', 'Square'])}")


def birthday(rng):
    return f"{rng.randrange(1940, 2008)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
