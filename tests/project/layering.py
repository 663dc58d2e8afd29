# SPDX-License-Identifier: Apache-2.0
"""Holds the includes and the links of every room to cmake/layering.txt."""
import re

import checks

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
STANDARD = re.compile(r"^[a-z_]+$")
SYSTEM = re.compile(r"^(?:(?:sys|net|netinet|arpa|linux|asm)/)?[a-z0-9_]+\.h$")


class Rules:
    """The data file: rooms with their arrows and libraries, rooms of headers, libraries, limits."""

    def __init__(self, content):
        self.rooms, self.libraries, self.limits, self.of_headers = {}, {}, {}, set()
        for line in content.splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            kind, rest = line.split(None, 1)
            if kind == "room":
                name, arrows = rest.split(":", 1)
                rooms, _, libraries = arrows.partition("|")
                self.rooms[name.strip()] = (set(rooms.split()), set(libraries.split()))
            elif kind == "library":
                name, prefix = rest.split(":", 1)
                self.libraries[name.strip()] = prefix.strip()
            elif kind == "headers":
                self.of_headers.add(rest.strip())
            elif kind == "limit":
                prefix, count = rest.split()
                self.limits[prefix] = int(count)
            else:
                raise ValueError(f"cmake/layering.txt: unknown line '{line}'")

    def library_of(self, header):
        for name, prefix in self.libraries.items():
            if header.startswith(prefix):
                return name
        return None


def room_of(name):
    parts = name.split("/")
    return parts[2] if parts[:2] == ["include", "aloft"] else parts[1]


def target_of(header, rules):
    """The room that an include names, or None."""
    parts = header.split("/")
    if parts[0] == "aloft" and len(parts) > 2:
        return parts[1]
    return parts[0] if len(parts) > 1 and parts[0] in rules.rooms else None


def judge(room, header, public, rules):
    """Why `room` may not include `header`; None if it may."""
    rooms, libraries = rules.rooms[room]
    target = target_of(header, rules)
    if target is not None:
        if target not in rules.rooms:
            return f"there is no room '{target}'"
        if target != room and target not in rooms:
            return f"the arrow {room} -> {target} does not exist"
        return None
    library = rules.library_of(header)
    if library is not None:
        if public and room not in rules.of_headers:
            return f"a public header must not show {library}"
        return None if library in libraries else f"{room} may not use {library}"
    if STANDARD.match(header) or (SYSTEM.match(header) and not public):
        return None
    if public:
        return "a public header includes the standard library and rooms only"
    return "it belongs to no known library" if "/" in header else None


def check_adapter(name, public, headers, rules):
    """A room of headers has no sources, and nobody gets two libraries for one header."""
    if not public:
        return [f"{name}: a room of headers has no sources"]
    shown = {rules.library_of(header) for header in headers} - {None}
    return [f"{name}: shows {' and '.join(sorted(shown))}, at most one"] if len(shown) > 1 else []


def check_links(root, rules):
    """The CMake targets a room links must follow the same arrows."""
    problems = []
    for name in checks.files(root, "CMakeLists.txt", under=("src",)):
        room = room_of(name)
        if room not in rules.rooms:
            continue
        content = re.sub(r"#[^\n]*", "", checks.text(root, name))
        for call in re.findall(r"aloft_add_room\s*\((.*?)\)", content, re.S):
            for target in re.findall(r"aloft::(\w+)", call):
                if target != room and target not in rules.rooms[room][0]:
                    problems.append(f"{name}: the arrow {room} -> {target} does not exist")
    return problems


def check(root):
    rules = Rules(checks.text(root, "cmake/layering.txt"))
    problems, users = [], {prefix: set() for prefix in rules.limits}
    for name in checks.files(root, *checks.CPP, under=("include", "src", "examples")):
        source = checks.text(root, name)
        headers = [header for _, header in INCLUDE.findall(source)]
        for prefix, sources in users.items():
            if any(header.startswith(prefix) for header in headers):
                sources.add(name)
        if name.startswith("examples/"):
            continue
        public, room = name.startswith("include/"), room_of(name)
        if public and room.endswith(".hpp"):
            continue  # include/aloft/aloft.hpp: the umbrella of all rooms
        if room not in rules.rooms:
            problems.append(f"{name}: there is no room '{room}'")
            continue
        if room in rules.of_headers:
            problems += check_adapter(name, public, headers, rules)
        for header in headers:
            why = judge(room, header, public, rules)
            if why:
                problems.append(f"{name}: includes {header}: {why}")
    for prefix, sources in users.items():
        if len(sources) > rules.limits[prefix]:
            problems.append(f"{prefix} is included by {len(sources)} sources, at most "
                            f"{rules.limits[prefix]} may: {', '.join(sorted(sources))}")
    return problems + check_links(root, rules)


if __name__ == "__main__":
    checks.run(check)
