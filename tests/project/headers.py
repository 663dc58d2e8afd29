# SPDX-License-Identifier: Apache-2.0
"""What the public headers declare, by name: `Record::method`, `function`, `Record::field`; of a
field also its default.

A reader of tokens and braces, not of C++: it knows what our headers are written in, and leaves
alone what is private, in a namespace `detail`, an operator, a constructor or a destructor.
"""
import re

import checks

TEXT = r'"(?:\\.|[^"\\\n])*"'
COMMENT = re.compile(TEXT + r"|'(?:\\.|[^'\\\n])'|//[^\n]*|/\*.*?\*/", re.S)
TOKEN = re.compile(TEXT + r"|\d[\w'.]*|'(?:\\.|[^'\\\n])'|[A-Za-z_]\w*|\S")
HIDDEN = {"detail", "redaction"}
NO_NAMES = {"alignas", "decltype", "noexcept", "requires", "sizeof", "static_assert", "__declspec"}


class Declared:
    """The names of some headers; each of the three is a set of texts."""

    def __init__(self):
        self.functions = set()  # also methods, as Record::method
        self.fields = {}        # public ones, as Record::field, and the tokens of the default
        self.enumerators = set()


def tokens_of(source):
    source = COMMENT.sub(lambda found: found[0] if found[0][0] in "\"'" else " ", source)
    source = re.sub(r"^[ \t]*#.*?(?<!\\)$", "", source, flags=re.M | re.S)
    return TOKEN.findall(re.sub(r"\[\[.*?\]\]", "", source))


def closing(tokens, at, pairs="(){}[]"):
    """The place of the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(tokens)):
        if tokens[place] in pairs[0::2]:
            depth += 1
        elif tokens[place] in pairs[1::2]:
            depth -= 1
            if depth == 0:
                return place
    return len(tokens) - 1


def without_template(head):
    """A declaration without `template <…>`, `requires (…)` and `alignas (…)` in front."""
    while head and head[0] in ("template", "alignas", "requires"):
        if len(head) > 1 and head[1] == "<":
            head = head[closing(head, 1, "<>") + 1:]
        elif len(head) > 1 and head[1] == "(":
            head = head[closing(head, 1) + 1:]
        else:
            return head
    return head


def parameters(head):
    """The place of the first parenthesis outside of `<…>` and before a `=`; None without one."""
    depth, at = 0, 0
    while at < len(head):
        token = head[at]
        if token == "operator":  # its name may be `<` or `()`
            return at
        if token in ("=", "{") and depth == 0:
            return None
        depth += (token == "<") - (token == ">")
        if token == "(":
            if depth == 0 and at and re.match(r"[A-Za-z_]", head[at - 1]) \
                    and head[at - 1] not in NO_NAMES:
                return at
            at = closing(head, at)
        at += 1
    return None


def function_name(head):
    """The name that its parameters follow; None for a field, an operator or a destructor."""
    at = parameters(head)
    if at is None or head[at] == "operator" or (at > 1 and head[at - 2] == "~"):
        return None
    return head[at - 1]


def record_name(head):
    """`Outer::Inner` of a definition outside of `Outer`, else one word."""
    head = without_template(head)
    name = head[0]
    for at in range(1, len(head) - 2, 3):
        if head[at:at + 2] != [":", ":"]:
            break
        name += "::" + head[at + 2]
    return name


def field(head):
    """Name and default of a member; None when it is no member."""
    stops = [head.index(stop) for stop in ("=", "{", "[") if stop in head]
    at = min(stops, default=len(head))
    names = [token for token in head[:at] if re.match(r"[A-Za-z_]", token)]
    if len(names) < 2:
        return None
    is_braced = at < len(head) and head[at] == "{"
    return names[-1], head[at + 1:-1] if is_braced else head[at + 1:]


class Reader:
    def __init__(self, declared):
        self.declared = declared

    def scope(self, tokens, at, record, is_public):
        """Reads declarations from `at` to the brace that closes their scope."""
        head = []
        while at < len(tokens):
            token = tokens[at]
            if token == "}":
                return at + 1
            if token in ("public", "private", "protected") and tokens[at + 1] == ":" and not head:
                is_public = token == "public"
                at += 2
            elif token == ";":
                self.declaration(head, record, is_public)
                head = []
                at += 1
            elif token == "(":
                end = closing(tokens, at)
                head += tokens[at:end + 1]
                at = end + 1
            elif token == "{":
                at, head = self.brace(tokens, at, head, record, is_public)
            else:
                head.append(token)
                at += 1
        return at

    def brace(self, tokens, at, head, record, is_public):
        """What opens here; answers where to go on, and what of the declaration is still open."""
        plain = without_template(head)
        kind = plain[0] if plain else ""
        if kind in ("namespace", "inline") and "namespace" in plain:
            if plain[-1] in HIDDEN:
                return closing(tokens, at) + 1, []
            return self.scope(tokens, at + 1, record, True), []
        if kind == "enum":
            end = closing(tokens, at)
            if is_public:
                self.enumerators(plain, tokens[at + 1:end], record)
            return end + 1, plain
        if kind in ("class", "struct"):
            name = record_name(plain[1:])
            full = f"{record}::{name}" if record else name
            if is_public:
                self.scope(tokens, at + 1, full, kind == "struct")
            return closing(tokens, at) + 1, plain
        end = closing(tokens, at)
        if parameters(plain) is not None:  # a body
            self.declaration(head, record, is_public)
            return end + 1, []
        return end + 1, head + tokens[at:end + 1] if head else []

    def enumerators(self, head, body, record):
        names = [t for t in head if re.match(r"[A-Za-z_]", t) and t not in ("enum", "class")]
        owner = f"{record}::{names[0]}" if record else names[0]
        expects = True
        for token in body:
            if expects and re.match(r"[A-Za-z_]", token):
                self.declared.enumerators.add(f"{owner}::{token}")
            expects = token == ","

    def declaration(self, head, record, is_public):
        head = without_template(head)
        skipped = {"friend", "using", "typedef", "class", "struct", "enum", "extern", "namespace",
                   "static_assert", "concept", ",", ":"}
        if not is_public or not head or head[0] in skipped:
            return
        name = function_name(head)
        prefix = f"{record}::" if record else ""
        if name and name != record.split("::")[-1]:
            self.declared.functions.add(prefix + name)
        elif record and parameters(head) is None and "static" not in head:
            found = field([token for token in head if token not in ("const", "mutable")])
            if found:
                self.declared.fields[prefix + found[0]] = found[1]


def read(root, *names):
    """What the headers `names` declare."""
    declared = Declared()
    for name in names:
        Reader(declared).scope(tokens_of(checks.text(root, name)), 0, "", True)
    return declared
