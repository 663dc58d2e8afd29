# SPDX-License-Identifier: Apache-2.0
"""Looks for secrets in bytes: as they are, and in encodings that hide them from a plain search."""
import base64
import re
import urllib.parse
import zlib

# How much is unpacked of one stream, and how many streams of one text: a limit for broken data.
MOST_UNPACKED, MOST_STREAMS = 8 << 20, 5000


def base64_middles(secret):
    """What base64 of any text that holds the secret must hold, for the three ways it can fall."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret)
        first = (8 * before + 5) // 6
        last = (8 * (before + len(secret))) // 6
        yield encoded[first:last]


def forms(secret):
    """The secret as bytes, in every form that is looked for, with the name of the form."""
    plain = secret.encode()
    found = {"plain": plain, "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
             "percent": urllib.parse.quote(secret, safe="").encode(),
             "every byte percent": "".join(f"%{byte:02X}" for byte in plain).encode(),
             "every byte percent, lower": "".join(f"%{byte:02x}" for byte in plain).encode(),
             "UTF-16": secret.encode("utf-16-le"),
             "unicode escapes": "".join(f"\\u{ord(c):04x}" for c in secret).encode()}
    for i, middle in enumerate(base64_middles(plain)):
        found[f"base64, {i}"] = middle
        found[f"base64url, {i}"] = middle.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def digits_of(secret):
    """The digits of a number that may be written with anything between them, or nothing."""
    digits = re.sub(r"[ .-]", "", secret)
    return digits if digits.isdigit() and len(digits) >= 12 else ""


def unpacked(data):
    """What is compressed in `data`, by zlib or gzip."""
    streams = 0
    for mark in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data):
        if streams == MOST_STREAMS:
            return
        try:
            inside = zlib.decompressobj(wbits=47).decompress(data[mark.start():], MOST_UNPACKED)
        except zlib.error:
            continue
        if len(inside) > 8:
            streams += 1
            yield inside


def leaks_in(data, secrets):
    """(secret, form) for each secret in the bytes."""
    texts = [("", data)] + [("compressed, ", inside) for inside in unpacked(data)]
    for packing, text in texts:
        without = re.sub(rb"[ .,/_+\t\r\n-]|%20|%2[dD]|\xc2\xa0|\xe2\x80.", b"", text)
        for secret in secrets:
            for name, form in forms(secret).items():
                if form in text:
                    yield secret, packing + name
            digits = digits_of(secret)
            if digits and digits.encode() in without:
                yield secret, packing + "digits"
