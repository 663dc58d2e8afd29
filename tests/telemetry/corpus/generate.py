#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the labelled corpus: README.md beside this file has the format.

    generate.py --part train|held_out|beyond [--count N] [--seed N]

The same arguments give the same bytes. The parts differ in seed, templates and keys. `beyond` holds
disguises that the guide does not claim; nothing gates it. Written from the guide and public formats
by somebody who had not read the detectors: whoever changes those does not change these templates.
"""
import argparse
import base64
import html
import json
import random
import sys
import urllib.parse

import ordinary
import values

OPEN, CLOSE = "\u27e6", "\u27e7"
SEEDS = {"train": 20261127, "held_out": 977231, "beyond": 5501}
LABELS = "[redacted:credential][redacted:personal][redacted:userinfo][redacted:account]"
BARE, POSITIVE = 0.05, 0.55  # shares of the texts
TRIES = 200

# Where a secret that has a shape may stand. %V is the secret, %N a number, %W a word.
CARRIERS = {
    "plain": (["paid with %V today", "customer gave %V, order %N", "received %V from %W"],
              ["The clerk noted %V and hung up.", "value is %V; nothing else", "%W sent us (%V)"]),
    "json": (['{"note":"%V"}', '{"id":%N,"value":"%V","ok":true}'],
             ['{"comment": "%V", "lines": %N}', '[{"kind":"%W","text":"from %V"}]']),
    "nested": (['{"a":{"b":{"c":["%V",%N]}},"d":"%W"}'],
               ['{"order":{"%W":{"meta":{"remark":"%V"}}},"n":%N}',
                '{"items":[{"x":1},{"x":{"y":[{"z":"%V"}]}}]}']),
    "sql": (["SELECT id FROM t WHERE v = '%V'", "UPDATE t SET v='%V' WHERE id=%N"],
            ["INSERT INTO %W (a, b) VALUES (%N, '%V')", "DELETE FROM %W WHERE v IN ('%V')"]),
    "exception": (["ValueError: cannot parse '%V'\n  at parse (app.py:%N)"],
                  ["java.lang.IllegalArgumentException: bad input: %V\n\tat com.shop.Pay.go(Pay.java:%N)",
                   "what():  rejected \"%V\" (code %N)"]),
    "log_line": (["2026-11-22T10:30:22.123Z INFO got %V in %N ms"],
                 ["Nov 22 10:30:22 web-3 pay[%N]: declined %V for %W",
                  "level=warn msg=\"no match for %V\" tries=3"]),
    "list": (['["%W","%V","%W"]'], ['[ "%V" ]', "%W, %V, %W"]),
    "csv": (["%N,%W,%V,open"], ["%W;%V;%N", "id\tvalue\n%N\t%V"]),
}
QUERIES = (["https://api.example.com/pay?v=%V&page=%N", "/find?q=%V"],
           ["GET /v2/%W?limit=50&term=%V HTTP/1.1", "https://shop.example/s?x=%V#%W"])
PATHS = (["https://api.example.com/v1/%W/%V"], ["GET /%W/%V/history HTTP/1.1", "/v3/%V?page=2"])

# Where a secret that only its key tells may stand. %K is the key.
KEYED = {
    "json": (['{"%K":"%V"}', '{"id":%N,"%K":"%V"}'], ['{ "%K" : "%V", "n": %N }', '[{"%K":"%V"}]']),
    "nested": (['{"a":{"b":{"%K":"%V"}}}'], ['{"user":{"x":[{"%K":"%V","n":%N}]},"ok":true}']),
    "json_escaped": (['{"body":"{\\"%K\\":\\"%V\\"}"}'],
                     ['{"request":"{\\"n\\":%N,\\"%K\\":\\"%V\\"}","ok":true}']),
    "json_list": (['{"%K":["%V"]}'], ['{"n":%N,"%K":[ "%V" ]}']),
    "exception": (["ValueError: cannot use {'%K': '%V'}\n  at f (app.py:%N)"],
                  ["IllegalState: request {\"%K\":\"%V\"} refused\n\tat com.shop.Pay.go(Pay.java:%N)"]),
}
BARE_KEYED = {  # values without a blank
    "key_value": (["%K=%V", "%K: %V"], ["n=%N %K=%V ok=true", "%W\n%K: %V\n%W"]),
    "log_line": (["2026-11-22T10:30:22Z INFO start %K=%V"],
                 ["level=info msg=ready %K=%V took=%Nms", "Nov 22 10:30:22 web-3 app[%N]: %K=%V"]),
    "query": (["?id=%N&%K=%V"], ["https://shop.example/f?%K=%V&page=2", "GET /f?n=%N&%K=%V HTTP/1.1"]),
    "sql": (["UPDATE t SET %K='%V' WHERE id=%N"], ["SELECT 1 FROM %W WHERE %K = '%V' LIMIT 5"]),
    "percent": (["body=%7B%22%K%22%3A%22%V%22%7D"],
                ["next=%2Ff%3Fn%3D1%26%K%3D%V%26page%3D2"]),
}

KEYS = {
    "cvv": (["cvv", "cvc", "card_cvv"], ["cvv2", "cvc2", "CVV", "cardCvc", "security_code"]),
    "pin": (["pin", "card_pin"], ["PIN", "pinCode", "user_pin"]),
    "password": (["password", "passwd", "db_password"],
                 ["DB_PASSWORD", "pwd", "userPassword", "passphrase", "new-password"]),
    "credential": (["api_key", "secret", "access_token"],
                   ["clientSecret", "X-Api-Key", "refresh_token", "aws_secret_access_key",
                    "private_key", "authToken"]),
    "phone": (["phone", "mobile"], ["phone_number", "mobileNumber", "telephone"]),
    "email": (["email", "mail"], ["email_address", "contactEmail"]),
    "ssn": (["ssn"], ["SSN", "social_security_number", "customer_ssn"]),
    "account": (["account_number", "bank_account"], ["accountNumber", "bank_account_number"]),
    "name": (["full_name", "first_name"], ["fullName", "last_name", "surname"]),
    "address": (["home_address"], ["address_line_1", "street_address", "billingAddress"]),
    "birthday": (["date_of_birth"], ["dob", "birthDate", "dateOfBirth"]),
    "document": (["passport_number"], ["passportNumber", "driver_license_number"]),
}


def mark(secret):
    return OPEN + secret + CLOSE


def quoted(secret):
    return urllib.parse.quote(secret, safe="")


def every(secret, form):
    return "".join(form.format(ord(c)) for c in secret)


class Texts:
    """Makes the texts of one part."""

    def __init__(self, rng, held_out):
        self.rng, self.held_out = rng, held_out

    def fill(self, template, secret, key=""):
        text = template
        for name, make in (("%N", lambda: str(self.rng.randrange(10, 1000))),
                           ("%W", lambda: self.rng.choice(values.WORDS))):
            while name in text:
                text = text.replace(name, make(), 1)
        return text.replace("%K", key).replace("%V", secret if OPEN in secret else mark(secret))

    def pick(self, pair):
        return self.rng.choice(pair[self.held_out])

    def key(self, name):
        return self.pick(KEYS[name])

    def carried(self, make, inside=("plain", "json", "nested", "sql", "exception", "log_line", "list",
                                    "csv")):
        """Disguises of a value that has a shape: its carriers, and its encodings."""
        def carrier(name):
            return lambda: self.fill(self.pick(CARRIERS[name]), make())
        made = {name: carrier(name) for name in inside}
        made["query"] = lambda: self.fill(self.pick(QUERIES), quoted(make()))
        made["json_escaped"] = lambda: json.dumps(
            {"body": json.dumps({"n": 1, "v": mark(make())}, ensure_ascii=False)}, ensure_ascii=False)
        return made

    def keyed(self, name, make, bare=True):
        """Disguises of a value that its key tells."""
        tables = [KEYED, BARE_KEYED] if bare else [KEYED]

        def one(pair, disguise):
            def text():
                secret = make()
                if disguise in ("query", "percent"):
                    secret = quoted(secret)
                return self.fill(self.pick(pair), secret, self.key(name))
            return text
        return {disguise: one(pair, disguise) for table in tables for disguise, pair in table.items()}


def pans(t):
    r = t.rng
    number, common = (lambda: values.pan(r)), (lambda: values.pan(r, common=True))
    grouped = lambda mark_of: lambda: mark_of.join(values.pan_groups(number()))
    made = t.carried(number)
    made |= {"alone": lambda: mark(common()),
             "url_path": lambda: t.fill(t.pick(PATHS), number()),
             "json_number": lambda: t.fill('{"n":%N,"card":%V}', number()),
             "key_value": lambda: t.fill(t.pick((["card=%V", "pan: %V"], ["card_number=%V n=%N"])),
                                         number())}
    for name, between in (("spaced", " "), ("dashed", "-")):
        for carrier in ("plain", "json", "sql", "exception", "log_line"):
            made[f"{name}_{carrier}"] = (lambda c, b: lambda: t.fill(t.pick(CARRIERS[c]), grouped(b)()))(
                carrier, between)
    made |= {"percent": lambda: t.fill(t.pick(QUERIES), every(number(), "%{:02X}")),
             "percent_spaced": lambda: t.fill(t.pick(QUERIES), grouped("%20")()),
             "plus_spaced": lambda: t.fill(t.pick(QUERIES), grouped("+")()),
             "unicode_escape": lambda: t.fill(t.pick(CARRIERS["json"]), every(number(), "\\u{:04x}")),
             "entity": lambda: t.fill(t.pick(CARRIERS["plain"]), every(number(), "&#{};")),
             "fullwidth": lambda: t.fill(t.pick(CARRIERS["plain"]),
                                         "".join(chr(ord(c) + 0xFEE0) for c in number()))}

    def pieces(before, between, after):
        def text():
            groups = [mark(g) for g in values.pan_groups(common())]
            return before + between.join(groups) + after
        return text
    made["pieces"] = pieces('["', '","', '"]') if not t.held_out else pieces('{"card":[ "', '", "', '" ]}')
    made["lines"] = pieces("", "\n", "") if not t.held_out else pieces("card\n", "\n", "\nend")

    def numbered():
        name = "part" if not t.held_out else "card_"
        groups = values.pan_groups(common())
        return "{" + ",".join(f'"{name}{i}":"{mark(g)}"' for i, g in enumerate(groups, 1)) + "}"
    made["numbered"] = numbered
    return made | unclaimed(t, number)


def unclaimed(t, make):
    """What the guide says that nobody finds; shows in the report that it is so."""
    return {"base64": lambda: t.fill("data=%V;", base64.b64encode(make().encode()).decode()),
            "hex": lambda: t.fill("data=%V;", make().encode().hex()),
            "reversed": lambda: t.fill("data=%V;", make()[::-1])}


def codes(t, name, sizes):
    r = t.rng
    digits = lambda: values.some(r, values.DIGITS, r.choice(sizes))
    made = t.keyed(name, digits)
    made["json_number"] = lambda: t.fill('{"n":true,"%K":%V}',
                                         str(r.randrange(1, 10)) + digits()[1:], t.key(name))
    made["header"] = lambda: t.fill("X-%K: %V\nHost: shop.example", digits(), t.key(name))
    return made


def passwords(t):
    r = t.rng
    made = t.keyed("password", lambda: values.password(r))
    made["dsn"] = lambda: t.fill(t.pick((["host=db user=app password=%V dbname=pay"],
                                         ["Server=db;Database=pay;User Id=app;Password=%V;Encrypt=True"])),
                                 values.some(r, values.ALNUM, 14))
    made["environment"] = lambda: t.fill("export %K=%V", values.password(r), t.key("password"))
    made["yaml"] = lambda: t.fill("db:\n  %K: %V\n  pool: %N", values.password(r), t.key("password"))
    made["json_blank"] = lambda: t.fill('{"%K":"%V"}', " ".join(r.sample(values.WORDS, 4)),
                                        t.key("password"))
    return made


def credentials(t):
    r = t.rng
    made = {}
    for kind in sorted(values.CREDENTIALS):
        for disguise, text in t.carried(lambda k=kind: values.CREDENTIALS[k](r)).items():
            made[f"{kind}_{disguise}"] = text
    for disguise, text in t.keyed("credential", lambda: values.opaque(r)).items():
        made[f"keyed_{disguise}"] = text
    basic = lambda: base64.b64encode(f"{r.choice(values.WORDS)}:{values.some(r, values.ALNUM, 14)}"
                                     .encode()).decode()
    bearer = lambda: values.some(r, values.URL_SAFE, 32)
    made |= {"bearer_header": lambda: t.fill("Authorization: Bearer %V\r\nHost: a", bearer()),
             "bearer_text": lambda: t.fill(t.pick((["sent Bearer %V twice"],
                                                   ["curl -H 'X-Auth: Bearer %V' https://shop.example"])),
                                           bearer()),
             "basic_header": lambda: t.fill("Authorization: Basic %V\r\nHost: a", basic()),
             "basic_json": lambda: t.fill('{"headers":{"authorization":"Basic %V"}}', basic()),
             "cookie": lambda: t.fill(t.pick((["Cookie: sid=%V"], ["Set-Cookie: session=%V; Path=/"])),
                                      values.opaque(r)),
             "pem": lambda: t.fill(t.pick((["key:\n%V\n"], ["loaded\n%V\nfrom disk"])), values.pem(r)),
             "pem_json": lambda: t.fill('{"n":%N,"value":"%V"}', values.pem(r).replace("\n", "\\n"))}
    return made | unclaimed(t, lambda: values.credential(r))


def userinfos(t):
    r = t.rng
    schemes = (["postgres", "redis", "https", "amqp"],
               ["mysql", "mongodb+srv", "ftp", "jdbc:postgresql", "smtp", "http"])

    def parts():
        user = r.choice(values.WORDS) if r.randrange(5) else ""
        return t.pick(schemes), f"{user}:{quoted(values.password(r))}", r.choice(
            ["db.example:5432/pay", "cache.example", "10.0.4.17:6379/0", "host.example.com/a?b=c"])

    def url():
        scheme, user, rest = parts()
        return f"{scheme}://{mark(user)}@{rest}"

    def encoded(text):
        before, _, rest = text.partition(OPEN)
        secret, _, after = rest.partition(CLOSE)
        return quoted(before) + mark(quoted(secret)) + quoted(after)

    made = {name: (lambda n: lambda: t.fill(t.pick(CARRIERS[n]), url()))(name) for name in CARRIERS}
    made |= {"percent": lambda: t.fill(t.pick(QUERIES), encoded(url())),
             "environment": lambda: t.fill(t.pick((["DATABASE_URL=%V"], ["export BROKER=%V"])), url()),
             "json_escaped": lambda: json.dumps({"body": json.dumps({"u": url()}, ensure_ascii=False)},
                                                ensure_ascii=False),
             "json_slashes": lambda: t.fill('{"url":"%V"}', url().replace("/", "\\/")),
             "user_only": lambda: t.fill("https://%V@host.example/1", values.some(r, values.HEX, 32))}
    return made


def emails(t):
    make = lambda: values.email(t.rng)
    made = t.carried(make) | unclaimed(t, make)
    made |= {f"keyed_{k}": v for k, v in t.keyed("email", make).items()}
    made |= {"angle": lambda: t.fill(t.pick((["From: Shop <%V>"], ['To: "A, B" <%V>, list'])), make()),
             "mailto": lambda: t.fill("mailto:%V?subject=hi", make()),
             "raw_query": lambda: t.fill(t.pick(QUERIES), make()),
             "unicode_escape": lambda: t.fill('{"v":"%V"}', make().replace("@", "\\u0040")),
             "entity": lambda: t.fill("<p>%V</p>", html.escape(make()).replace("@", "&#64;")),
             "upper": lambda: t.fill(t.pick(CARRIERS["plain"]), make().upper())}
    return made


def phones(t):
    r = t.rng
    intl, us, bare = ((lambda: values.phone_intl(r)), (lambda: values.phone_us(r)),
                      (lambda: values.phone_bare(r)))
    made = {f"intl_{k}": v for k, v in t.carried(intl).items()}
    made |= {f"us_{k}": v for k, v in t.carried(us).items() if k not in ("query", "csv")}
    made |= {f"keyed_{k}": v for k, v in t.keyed("phone", bare, bare=False).items()}
    made |= {"announced": lambda: t.fill(t.pick((["phone: %V", "mobile %V"],
                                                 ["his phone is %V", "Mobile: %V, evenings"])), bare()),
             "tel": lambda: t.fill("tel:%V", intl().replace(" ", "-").replace("(", "").replace(")", ""))}
    return made | unclaimed(t, intl)


def ssns(t):
    r = t.rng
    dashed = lambda: "-".join(values.ssn_groups(r))
    other = lambda: r.choice([" ", ""]).join(values.ssn_groups(r))
    made = t.carried(dashed) | {f"keyed_{k}": v for k, v in t.keyed("ssn", other, bare=False).items()}
    made |= {"announced": lambda: t.fill(t.pick((["ssn %V", "SSN: %V"],
                                                 ["social security number %V", "her SSN is %V"])), other()),
             "keyed_query": lambda: t.fill("?n=%N&%K=%V", "".join(values.ssn_groups(r)), t.key("ssn"))}
    return made | unclaimed(t, dashed)


def accounts(t):
    r = t.rng
    compact, spaced = (lambda: values.iban(r)), (lambda: values.in_fours(values.iban(r)))
    made = t.carried(compact)
    made |= {f"spaced_{k}": v for k, v in t.carried(spaced).items() if k != "csv"}
    number = lambda: values.some(r, values.DIGITS, r.randint(8, 12))
    made |= {f"keyed_{k}": v for k, v in t.keyed("account", number).items()}
    return made | unclaimed(t, compact)


def personals(t):
    r, made = t.rng, {}
    document = lambda: values.some(r, "CFGHJK", 1) + values.some(r, values.DIGITS, 8)
    for name, make, bare in (("name", lambda: values.full_name(r), False),
                             ("address", lambda: values.street(r), False),
                             ("birthday", lambda: values.birthday(r), True), ("document", document, True)):
        for disguise, text in t.keyed(name, make, bare=bare).items():
            made[f"{name}_{disguise}"] = text
        made[f"{name}_query"] = lambda n=name, m=make: t.fill("?n=%N&%K=%V&p=2", quoted(m()), t.key(n))
        made[f"{name}_quoted"] = lambda n=name, m=make: t.fill('n=%N %K="%V" ok=true', m(), t.key(n))
    return made


def beyond(t):
    """Class and disguise of what nobody claims; its figures say what else is found and what is not."""
    r = t.rng
    made = {}
    for name, between in (("dotted", "."), ("nbsp", "\u00a0"), ("thin", "\u2009"), ("slashed", "/"),
                          ("underscored", "_")):
        made["pan", name] = lambda b=between: t.fill(t.pick(CARRIERS["plain"]),
                                                     b.join(values.pan_groups(values.pan(r))))
    made["pan", "twice_percent"] = lambda: t.fill(t.pick(QUERIES), every(values.pan(r), "%25{:02X}"))
    made["password", "option"] = lambda: t.fill("mysqldump --password %V pay", values.password(r))
    made["password", "sql_identified"] = lambda: t.fill("CREATE USER a IDENTIFIED BY '%V'", values.password(r))
    made["password", "xml"] = lambda: t.fill("<password>%V</password>", values.password(r))
    made["password", "sentence"] = lambda: t.fill("the password is %V", values.password(r))
    for kind in sorted(values.FOREIGN_CREDENTIALS):
        made["credential", kind] = lambda k=kind: t.fill(t.pick(CARRIERS["plain"]),
                                                         values.FOREIGN_CREDENTIALS[k](r))
    made["email", "fullwidth_at"] = lambda: t.fill("to %V", values.email(r).replace("@", "\uff20"))
    made["email", "unicode_local"] = lambda: t.fill("to %V", "j\u00f6rg." + values.email(r))
    made["account", "lower"] = lambda: t.fill(t.pick(CARRIERS["plain"]), values.iban(r).lower())
    made["personal", "sentence"] = lambda: t.fill("called %V", values.full_name(r))
    made["none", "id16_in_text"] = lambda: t.fill("order %V is done", r.choice("123456789")
                                                  + values.some(r, values.DIGITS, 15))
    made["none", "id16_keyed"] = lambda: t.fill('{"order_id":"%V"}', r.choice("123456789")
                                                + values.some(r, values.DIGITS, 15))
    made["none", "word_after_colon"] = lambda: r.choice(
        ["wrong password: attempt 3 of 5", "reset your password: the link lives an hour",
         "invalid token: expected number", "email: not verified yet", "PIN: three tries left"])
    made["none", "challenge"] = lambda: r.choice(
        ['WWW-Authenticate: Bearer realm="shop", error="invalid_token"',
         'WWW-Authenticate: Basic realm="staff"'])
    return made


def leftover(text):
    """Whether the text gives its secret away without it, as two digits in a date would."""
    pieces, rest, at = [], LABELS, 0
    while (begin := text.find(OPEN, at)) >= 0:
        end = text.index(CLOSE, begin)
        pieces.append(text[begin + 1:end])
        rest += "\0" + text[at:begin]
        at = end + 1
    rest += "\0" + text[at:]
    if len(pieces) == 1:
        secret, size = pieces[0], len(pieces[0]) * 6 // 10 + 1
        return any(secret[i:i + size] in rest for i in range(len(secret) - size + 1))
    return any(piece in rest or pieces.count(piece) > 1 for piece in pieces)


def fitting(make):
    for _ in range(TRIES):
        text = make()
        if not leftover(text):
            return text
    raise ValueError(f"no text without a leftover: {text}")


def row(name, disguise, text):
    for plain, escape in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(plain, escape)
    return f"{name}\t{disguise}\t{text}\n"


def rows(part, count, seed):
    rng = random.Random(seed)
    held_out = int(part != "train")
    t = Texts(rng, held_out)
    if part == "beyond":
        kinds = beyond(t)
        for i in range(count):
            (name, disguise), make = list(kinds.items())[i % len(kinds)]
            text = make().replace(OPEN, "").replace(CLOSE, "") if name == "none" else fitting(make)
            yield row(name, disguise, text)
        return
    classes = {"pan": pans(t), "cvv": codes(t, "cvv", [3, 4]), "pin": codes(t, "pin", [4, 6]),
               "password": passwords(t), "credential": credentials(t), "userinfo": userinfos(t),
               "email": emails(t), "phone": phones(t), "ssn": ssns(t), "account": accounts(t),
               "personal": personals(t)}
    each = int(count * POSITIVE) // len(classes)
    for name, disguises in classes.items():
        ordered = list(disguises.items())
        for i in range(each):
            disguise, make = ordered[i % len(ordered)]
            yield row(name, disguise, fitting(make))
    bare = int(count * BARE)
    for _ in range(bare):
        yield row("none", "bare16", ordinary.bare16(rng))
    ordered = list(ordinary.KINDS.items())
    for i in range(count - bare - each * len(classes)):
        kind, make = ordered[i % len(ordered)]
        yield row("none", kind, make(rng, held_out))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--part", choices=sorted(SEEDS), required=True)
    parser.add_argument("--count", type=int, default=1400)
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(f"# Written by generate.py --part {given.part} --count {given.count}\n")
    sys.stdout.writelines(rows(given.part, given.count,
                               SEEDS[given.part] if given.seed is None else given.seed))


if __name__ == "__main__":
    main()
