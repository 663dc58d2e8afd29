# SPDX-License-Identifier: Apache-2.0
import unittest

import headers
from documented import check
from planting import Planting

SPAN = """
#pragma once
namespace aloft {
inline namespace v0 {
namespace detail { void hidden(); }
/// Not `told()`.
class [[nodiscard]] Span final : public Base<int(char)> {
 public:
  Span() noexcept = default;
  Span(Span&& other) noexcept : slot_(other.slot_), next_{other.next_} { other.slot_ = nullptr; }
  ~Span() { finish(); }
  Span child(std::string_view name) noexcept;
  template <std::size_t N>
  void annotate(const char (&literal)[N], Value value) noexcept { call({literal, N}, value); }
  friend bool operator==(const Span&, const Span&) = default;
  int& operator[](int at) noexcept { return at; }

 private:
  void finish() noexcept;
  int* slot_ = nullptr;
};
template <typename Work>
requires std::is_invocable_v<Work, Span&> std::invoke_result_t<Work, Span&> traced(
    Span& parent, Work&& work) { return work(parent); }
}  // namespace v0
}  // namespace aloft
"""
OPTIONS = """
namespace aloft {
struct SpanOptions {
  enum class Kind : std::uint8_t { one, two };
  std::string name{};  ///< {not};
  Nanoseconds wait = std::chrono::seconds(2);
  std::function<Result<void>(Request&)> decorate{};
  Limits limits{.records = 5, .bytes = 2u << 20};
  static SpanOptions standard(int of);
};
struct Plain {
  int other = 0;
};
}
"""
ACCOUNTING = """
enum class Reason : std::uint8_t {
  queue_full,  ///< no room
  forked,
};
struct TraceCounters {
  std::uint64_t orphans = 0;
};
"""


class Documented(Planting):
    def setUp(self):
        super().setUp()
        self.plant("include/aloft/telemetry/span.hpp", SPAN)
        self.plant("include/aloft/telemetry/options.hpp", OPTIONS)
        self.plant("include/aloft/telemetry/accounting.hpp", ACCOUNTING)
        self.plant("docs/reference/tracing-api.md",
                   "| a | |\n|---|---|\n| `Span::child`, `Span::annotate` | text |\n"
                   "| `traced` | as `nothing` |\n| `SpanOptions::standard` | |\n")
        self.plant("docs/reference/options.md",
                   "| `SpanOptions::name` | | none |\n| `SpanOptions::wait` | | 2 s |\n"
                   "| `SpanOptions::decorate` | | |\n| `SpanOptions::limits` | | |\n")
        self.plant("docs/guides/troubleshoot-traces.md",
                   "| slow | `orphans` |\n| lost | `dropped`: `queue_full`, `forked` |\n")
        self.plant("docs/concepts.md", "`queue_full` and `forked`\n")

    def test_accepts_documents_that_tell_all_of_it(self):
        self.expect_none(check)

    def test_finds_a_method_without_a_row(self):
        self.plant("include/aloft/telemetry/more.hpp", "struct Tracer { void start(); };")
        self.expect_one(check, "tracing-api.md", "no row for function Tracer::start")

    def test_finds_a_function_without_a_row(self):
        self.plant("include/aloft/telemetry/more.hpp", "namespace aloft { void never(); }")
        self.expect_one(check, "no row for function never")

    def test_finds_a_function_of_a_header_of_another_room(self):
        self.plant("include/aloft/aws/detect.hpp", "Detected detect(const Settings& from = {});")
        self.expect_one(check, "no row for function detect")

    def test_leaves_alone_what_is_private_or_inside(self):
        self.plant("include/aloft/telemetry/detail/more.hpp", "void inside();")
        self.plant("include/aloft/telemetry/more.hpp", "class A { void hidden(); };")
        self.expect_none(check)

    def test_finds_a_row_for_what_is_gone(self):
        self.plant("docs/reference/tracing-api.md",
                   "| `Span::child`, `Span::annotate`, `traced`, `SpanOptions::standard` | |\n"
                   "| `Span::close` | |\n")
        self.expect_one(check, "tracing-api.md", "Span::close is no function of the headers")

    def test_does_not_take_prose_for_a_row(self):
        self.plant("docs/reference/tracing-api.md",
                   "| `Span::child`, `Span::annotate`, `SpanOptions::standard` | `traced` |\n")
        self.expect_one(check, "no row for function traced")

    def test_finds_an_option_without_a_row(self):
        self.plant("include/aloft/http/more.hpp", "struct MoreOptions { bool fast = false; };")
        self.expect_one(check, "options.md", "no row for option MoreOptions::fast")

    def test_finds_a_default_that_is_not_told(self):
        for code, told in (("Nanoseconds a = std::chrono::seconds(2);", "20 s; 2 min"),
                           ("std::size_t a = 4u << 20;", "4 KiB"),
                           ("std::size_t a = 16 * 1024;", "16"),
                           ("double a = 1.0;", "1"),
                           ("std::size_t a = 10'000;", "10000"),
                           ("bool a = false;", "`true`"),
                           ('std::string a = "x{y";', "`x`"),
                           ("Kind a = other::Kind::one;", "two"),
                           ("Nanoseconds a{0};", "10")):
            self.plant("include/aloft/telemetry/more.hpp", f"struct BOptions {{ {code} }};")
            rows = "".join(f"| `SpanOptions::{name}` | | 2 s |\n"
                           for name in ("name", "wait", "decorate", "limits"))
            self.plant("docs/reference/options.md", f"{rows}| `BOptions::a` | | {told} |\n")
            self.expect_one(check, "BOptions::a", "which its row does not say")

    def test_takes_a_default_that_is_told(self):
        for code, told in (("Nanoseconds a = std::chrono::minutes(15);", "15 min; at least 1 s"),
                           ("Nanoseconds a = std::chrono::seconds(3600);", "1 h"),
                           ("std::size_t a = 4u << 20;", "4 MiB; up to 1 GiB"),
                           ("std::size_t a = 10'000;", "10,000"),
                           ("bool a = false;", "`false`"),
                           ('std::string a = "x{y";', "`x{y`; more"),
                           ("Kind a = other::Kind::one;", "`one`: as ever"),
                           ("Other a{.records = 5};", "whatever")):
            self.plant("include/aloft/telemetry/more.hpp", f"struct BOptions {{ {code} }};")
            rows = "".join(f"| `SpanOptions::{name}` | | 2 s |\n"
                           for name in ("name", "wait", "decorate", "limits"))
            self.plant("docs/reference/options.md", f"{rows}| `BOptions::a` | | {told} |\n")
            self.expect_none(check)

    def test_finds_a_reason_and_a_counter_that_nothing_explains(self):
        self.plant("docs/guides/troubleshoot-traces.md", "| lost | `queue_full` |\n`forked`\n")
        self.assertEqual(check(self.root), [
            "docs/guides/troubleshoot-traces.md: no row explains forked",
            "docs/guides/troubleshoot-traces.md: no row explains orphans"])

    def test_finds_a_reason_that_the_concepts_do_not_name(self):
        self.plant("docs/concepts.md", "`queue_full`\n")
        self.expect_one(check, "docs/concepts.md: the reason forked is not named")

    def test_finds_that_it_finds_nothing(self):
        self.plant("include/aloft/telemetry/accounting.hpp", "\n")
        self.expect_one(check, "no reason or no counter found")


class Headers(Planting):
    def read(self, source):
        self.plant("a.hpp", source)
        return headers.read(self.root, "a.hpp")

    def test_know_fields_enumerators_and_records_in_records(self):
        found = self.read("struct A { struct B { int x; }; enum class C { y = 1, z }; B b{}; };")
        self.assertEqual(found.fields, {"A::B::x": [], "A::b": []})
        self.assertEqual(found.enumerators, {"A::C::y", "A::C::z"})

    def test_know_a_record_that_is_defined_outside_of_its_own(self):
        found = self.read("template <class T> class A::B { public: bool ready() { return 1; } };")
        self.assertEqual(found.functions, {"A::B::ready"})

    def test_go_on_behind_bodies_of_every_kind(self):
        found = self.read("class A { public: A() : x_(1), y_{2} {} ~A() {}"
                          " bool operator()() const { return x_ < 1; }\n#define B {\n"
                          "int x() { return 1'000; } private: int x_; public: int z(); };")
        self.assertEqual(found.functions, {"A::x", "A::z"})


if __name__ == "__main__":
    unittest.main()
