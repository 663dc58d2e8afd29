// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/hasher.hpp>
#include <aloft/core/json_writer.hpp>
#include <aloft/core/sensitive.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace aloft {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <typename T>
concept Textual = requires(const T& value) {
  to_string(value);
};
template <typename T>
concept Comparable = requires(const T& value) {
  value == value;
};
template <typename T>
concept Ordered = requires(const T& value) {
  value < value;
};
template <typename T>
concept Hashable = std::is_default_constructible_v<std::hash<T>>;
template <typename T>
concept Writable = requires(json::Writer& writer, const T& value) {
  writer.text(value);
};
/// SHA-256 without a key, as anybody might write it.
template <typename T>
concept Digestible = requires(Hasher& hasher, const T& value, Digest& digest) {
  hasher.sha256(value, digest);
};
template <typename T>
concept Convertible =
    std::is_convertible_v<T, std::string> || std::is_convertible_v<T, std::string_view> ||
    std::is_convertible_v<T, const char*> || std::is_convertible_v<T, bool> ||
    std::is_convertible_v<T, long> || std::is_constructible_v<std::string, T> ||
    std::is_constructible_v<std::string_view, T> || std::is_constructible_v<Value, T>;

/// All ways out of a value but `reveal`, none of which may compile.
template <typename T>
concept Leaks = Printable<T> || Textual<T> || Comparable<T> || Ordered<T> || Hashable<T> ||
    Writable<T> || Digestible<T> || Convertible<T>;

struct Opaque {
  int inside = 0;
};

TEST(Sensitive, HasNoWayOutThatCompiles) {
  static_assert(!Leaks<secret<std::string>> && !Leaks<secret<int>> && !Leaks<secret<Opaque>>);
  static_assert(!Leaks<pii<std::string>> && !Leaks<pii<int>> && !Leaks<pii<double>>);
  static_assert(!Leaks<pan> && !Leaks<email> && !Leaks<safe_id>);
  static_assert(!Leaks<hashed<pan>> && !Leaks<hashed<email>> && !Leaks<hashed<std::string>>);
  // The same questions find what does leak.
  static_assert(Printable<std::string> && Comparable<std::string> && Hashable<std::string>);
  static_assert(Writable<std::string_view> && Digestible<std::string> && Convertible<int>);
}

TEST(Sensitive, IsMadeOnPurposeOnly) {
  static_assert(!std::is_convertible_v<std::string, secret<std::string>>);
  static_assert(!std::is_convertible_v<std::string, pii<std::string>>);
  static_assert(!std::is_convertible_v<std::string_view, pan>);
  static_assert(!std::is_convertible_v<std::string_view, email>);
  static_assert(!std::is_convertible_v<std::string_view, safe_id>);
  static_assert(!std::is_convertible_v<long, safe_id>);
  static_assert(!std::is_convertible_v<email, hashed<email>>);
  static_assert(!std::is_constructible_v<pan, email> && !std::is_constructible_v<email, pan>);
}

TEST(Sensitive, OfALiteralHoldsItsText) {
  static_assert(std::is_same_v<decltype(secret("x")), secret<std::string>>);
  static_assert(std::is_same_v<decltype(pii("x")), pii<std::string>>);
  static_assert(std::is_same_v<decltype(hashed("x")), hashed<std::string>>);
  static_assert(std::is_same_v<decltype(hashed(email("x"))), hashed<email>>);
  EXPECT_EQ(secret("hush").reveal(), "hush");
  EXPECT_EQ(email("a@b.example").reveal(), "a@b.example");
}

TEST(Sensitive, TellsALoggerItsClassAndNoMoreThanThePolicyMayNeed) {
  const secret<std::string> key("hush");
  EXPECT_EQ(sensitive_value(key).sensitive_class, SensitiveClass::credential);
  EXPECT_EQ(sensitive_value(key).value.text(), "");
  EXPECT_FALSE(sensitive_value(key).hash_asked);

  const pii<int> age(42);
  EXPECT_EQ(sensitive_value(age).sensitive_class, SensitiveClass::personal);
  EXPECT_EQ(sensitive_value(age).value.integer(), 42);

  const email address("a@b.example");
  EXPECT_EQ(sensitive_value(address).sensitive_class, SensitiveClass::email);
  EXPECT_EQ(sensitive_value(address).value.text(), "a@b.example");

  const pan card("4111 1111-1111.1111");
  EXPECT_EQ(sensitive_value(card).sensitive_class, SensitiveClass::pan);
  EXPECT_EQ(sensitive_value(card).value.text(), "4111111111111111");
}

TEST(Sensitive, HashedKeepsTheClassOfWhatItHolds) {
  const hashed<pan> card(pan("4111111111111111"));
  EXPECT_EQ(sensitive_value(card).sensitive_class, SensitiveClass::pan);
  EXPECT_EQ(sensitive_value(card).value.text(), "4111111111111111");
  EXPECT_TRUE(sensitive_value(card).hash_asked);

  const hashed<secret<std::string>> key(secret("hush"));
  EXPECT_EQ(sensitive_value(key).sensitive_class, SensitiveClass::credential);
  EXPECT_EQ(sensitive_value(key).value.text(), "hush");

  const hashed<std::string> device("d-17");
  EXPECT_EQ(sensitive_value(device).sensitive_class, SensitiveClass::personal);
}

TEST(Sensitive, APanThatIsNoneIsNothing) {
  EXPECT_EQ(pan("411111111111").reveal(), "411111111111");
  EXPECT_EQ(pan("41111111111").reveal(), "");
  EXPECT_EQ(pan("41111111111111111111").reveal(), "");
  EXPECT_EQ(pan("4111111111111111x").reveal(), "");
  EXPECT_EQ(pan("").reveal(), "");
}

TEST(Sensitive, ASafeIdIsSafeOnlyWhereItIsAnId) {
  constexpr safe_id kOrder("4532015112830366");
  static_assert(kOrder.is_vouched_for());
  EXPECT_EQ(sensitive_value(kOrder).sensitive_class, SensitiveClass::safe);
  EXPECT_EQ(sensitive_value(kOrder).value.text(), "4532015112830366");
  EXPECT_EQ(sensitive_value(safe_id(4532015112830366)).value.integer(), 4532015112830366);
  EXPECT_TRUE(safe_id(7).is_vouched_for());

  EXPECT_EQ(sensitive_value(safe_id("a b")).sensitive_class, SensitiveClass::none);
  EXPECT_FALSE(safe_id("").is_vouched_for());
  EXPECT_FALSE(safe_id("a@b.example").is_vouched_for());
  EXPECT_FALSE(safe_id("password=x").is_vouched_for());
  EXPECT_TRUE(safe_id(std::string(128, 'a')).is_vouched_for());
  EXPECT_FALSE(safe_id(std::string(129, 'a')).is_vouched_for());
}

TEST(Sensitive, NamesWhatNoPolicyMayKeep) {
  static_assert(is_always_erased(SensitiveClass::pin) && is_always_erased(SensitiveClass::cvv));
  static_assert(is_always_erased(SensitiveClass::password));
  static_assert(is_always_erased(SensitiveClass::userinfo));
  static_assert(!is_always_erased(SensitiveClass::pan) && !is_always_erased(SensitiveClass::email));
}

TEST(Sensitive, OverwritesWhereItStood) {
  // A text of this length stands in the value itself, so that its memory may be looked at.
  alignas(pii<std::string>) unsigned char memory[sizeof(pii<std::string>)];
  const auto holds_it = [&] {
    const void* const bytes = memory;
    return std::string_view(static_cast<const char*>(bytes), sizeof memory).find("hushhush") !=
           std::string_view::npos;
  };
  auto* const one = new (memory) pii<std::string>("hushhush");
  EXPECT_TRUE(holds_it());

  pii<std::string> other(std::move(*one));

  EXPECT_FALSE(holds_it());
  EXPECT_EQ(other.reveal(), "hushhush");
  *one = std::move(other);
  EXPECT_EQ(one->reveal(), "hushhush");
  EXPECT_EQ(other.reveal(), "");  // NOLINT(bugprone-use-after-move): just that is promised
  one->~pii();
  EXPECT_FALSE(holds_it());
}

TEST(Sensitive, IsAValueThatCanBeCopied) {
  const secret<int> one(7);
  secret<int> two(8);
  two = one;
  EXPECT_EQ(two.reveal(), 7);
  pan card("4111111111111111");
  card = pan("5555555555554444");
  EXPECT_EQ(card.reveal(), "5555555555554444");
  secret<int>& same = two;
  two = std::move(same);
  EXPECT_EQ(two.reveal(), 7);
}

}  // namespace
}  // namespace aloft
