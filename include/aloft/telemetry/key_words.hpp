// SPDX-License-Identifier: Apache-2.0
// The words by which a key tells what its value is; telemetry/key_class.hpp asks them.
//
// A word is written in lower case and without separators: `card_number`, `cardNumber`,
// `Card-Number` and `card.number` are all "cardnumber". Most words must begin where a word of the
// key begins, so that `shipping` is no PIN. A few long ones count glued to what is before them, as
// people write them: `dbpassword`, `clientsecret`, `accesstoken`.
//
// Thread-safety: constants.
#pragma once

#include <aloft/core/sensitive_class.hpp>
#include <aloft/core/text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

/// What a value must look like to be taken for what its key says.
enum class ValueShape : std::uint8_t {
  any,        ///< whatever is there
  token,      ///< at least three bytes, a letter or digit among them
  signature,  ///< at least sixteen bytes without a blank: the word is also used for other things
  line,       ///< a header: everything to the end of the line or the quotation
  pin,        ///< 4 to 12 digits
  cvv,        ///< 3 or 4 digits
  card,       ///< 12 digits or more, valid or not
  email,      ///< with an `@`
  phone,      ///< 7 to 15 digits and the separators of phone numbers
  ssn,        ///< nine digits with or without separators
  account,    ///< at least four digits, and letters
  harmless,   ///< none: the key looks like a secret's and is not
  numbered,   ///< as `token`, but only under a key with a number: `track2`, not `track`
  tail,       ///< none: the word before it decides, as in `password_hash`
};

enum class WordStart : std::uint8_t { of_word, anywhere };

/// Its text stands in it: without pointers the table needs no relocations in a program.
struct KeyWord {
  static constexpr std::size_t kMaxBytes = 20;

  constexpr KeyWord() noexcept = default;
  template <std::size_t N>
  consteval KeyWord(const char (&word)[N], SensitiveClass says, ValueShape value,
                    WordStart begins = WordStart::of_word) noexcept
      : size(N - 1), sensitive_class(says), shape(value), start(begins) {
    static_assert(N - 1 >= 2 && N - 1 <= kMaxBytes);
    for (std::size_t i = 0; i + 1 < N; ++i) bytes[i] = word[i];
  }
  constexpr std::string_view word() const noexcept { return {bytes, size}; }

  char bytes[kMaxBytes]{};
  std::uint8_t size = 0;
  SensitiveClass sensitive_class = SensitiveClass::none;
  ValueShape shape = ValueShape::any;
  WordStart start = WordStart::of_word;
};

constexpr std::size_t kEndings = 26 * 26;
/// Of a text that ends in two letters.
constexpr std::size_t ending_of(std::string_view text) noexcept {
  const auto index = [](char letter) {
    return static_cast<std::size_t>(static_cast<unsigned char>(letter) | 0x20U) - 'a';
  };
  return index(text[text.size() - 2]) * 26 + index(text.back());
}

/// Words sorted by their last two letters, so that most keys are dismissed by two bytes.
template <std::size_t N>
struct KeyWords {
  std::array<KeyWord, N> words;
  std::array<std::uint8_t, kEndings + 1> first{};

  consteval explicit KeyWords(const KeyWord (&unsorted)[N]) {
    static_assert(N < 256);
    std::array<std::uint8_t, kEndings> next{};
    for (const KeyWord& word : unsorted) ++first[ending_of(word.word()) + 1];
    for (std::size_t at = 0; at < kEndings; ++at) {
      next[at] = first[at];
      first[at + 1] = static_cast<std::uint8_t>(first[at + 1] + first[at]);
    }
    for (const KeyWord& word : unsorted) words[next[ending_of(word.word())]++] = word;
  }
};

/// What every signal looks for.
inline constexpr KeyWords kSecretWords{{
    // Longer words come before the words that they end in.
    {"password", SensitiveClass::password, ValueShape::any, WordStart::anywhere},
    {"passwd", SensitiveClass::password, ValueShape::any, WordStart::anywhere},
    {"pwd", SensitiveClass::password, ValueShape::any},
    {"passphrase", SensitiveClass::password, ValueShape::any, WordStart::anywhere},
    {"passcode", SensitiveClass::password, ValueShape::any, WordStart::anywhere},
    {"passwordconfirmation", SensitiveClass::password, ValueShape::any, WordStart::anywhere},
    {"nextpagetoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"nexttoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"pagetoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"continuationtoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"resumetoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"startingtoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"starttoken", SensitiveClass::none, ValueShape::harmless, WordStart::anywhere},
    {"token", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"secret", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"apikey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"secretkey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"accesskey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"privatekey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"signingkey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"accountkey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"encryptionkey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"masterkey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"hmackey", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"jwt", SensitiveClass::credential, ValueShape::signature},
    {"xamzsignature", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"signature", SensitiveClass::credential, ValueShape::signature, WordStart::anywhere},
    {"xamzcredential", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"credential", SensitiveClass::credential, ValueShape::signature, WordStart::anywhere},
    {"authorization", SensitiveClass::credential, ValueShape::line, WordStart::anywhere},
    {"cookie", SensitiveClass::credential, ValueShape::line, WordStart::anywhere},
    {"trackdata", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"track", SensitiveClass::credential, ValueShape::numbered},
    {"pin", SensitiveClass::pin, ValueShape::pin},
    {"pinnumber", SensitiveClass::pin, ValueShape::pin},
    {"pincode", SensitiveClass::pin, ValueShape::pin},
    {"pinblock", SensitiveClass::pin, ValueShape::token},
    {"cvv", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"cvc", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"csc", SensitiveClass::cvv, ValueShape::cvv},
    {"cvn", SensitiveClass::cvv, ValueShape::cvv},
    {"cvvcode", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"cvccode", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"securitycode", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"cardcode", SensitiveClass::cvv, ValueShape::cvv, WordStart::anywhere},
    {"pan", SensitiveClass::pan, ValueShape::card},
    {"cardnumber", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"ccnumber", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"accountnumber", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"cardnum", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"ccnum", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"cardno", SensitiveClass::pan, ValueShape::card, WordStart::anywhere},
    {"ssn", SensitiveClass::ssn, ValueShape::ssn},
    {"socialsecurity", SensitiveClass::ssn, ValueShape::ssn},
    {"socialsecuritynumber", SensitiveClass::ssn, ValueShape::ssn},
    {"hash", SensitiveClass::none, ValueShape::tail},
    {"value", SensitiveClass::none, ValueShape::tail},
    {"raw", SensitiveClass::none, ValueShape::tail},
    {"plain", SensitiveClass::none, ValueShape::tail},
    {"plaintext", SensitiveClass::none, ValueShape::tail},
    {"confirm", SensitiveClass::none, ValueShape::tail},
    {"confirmation", SensitiveClass::none, ValueShape::tail},
    {"repeat", SensitiveClass::none, ValueShape::tail},
    {"again", SensitiveClass::none, ValueShape::tail},
    {"old", SensitiveClass::none, ValueShape::tail},
    {"new", SensitiveClass::none, ValueShape::tail},
}};

/// What logs look for as well, by their redaction policy. Asked first.
inline constexpr KeyWords kPersonalWords{{
    {"email", SensitiveClass::email, ValueShape::email},
    {"emails", SensitiveClass::email, ValueShape::email},
    {"emailaddress", SensitiveClass::email, ValueShape::email},
    {"mail", SensitiveClass::email, ValueShape::email},
    {"phone", SensitiveClass::phone, ValueShape::phone},
    {"telephone", SensitiveClass::phone, ValueShape::phone},
    {"cellphone", SensitiveClass::phone, ValueShape::phone},
    {"phonenumber", SensitiveClass::phone, ValueShape::phone},
    {"telephonenumber", SensitiveClass::phone, ValueShape::phone},
    {"phoneno", SensitiveClass::phone, ValueShape::phone},
    {"mobile", SensitiveClass::phone, ValueShape::phone},
    {"mobilenumber", SensitiveClass::phone, ValueShape::phone},
    {"msisdn", SensitiveClass::phone, ValueShape::phone},
    {"tel", SensitiveClass::phone, ValueShape::phone},
    {"cell", SensitiveClass::phone, ValueShape::phone},
    {"fax", SensitiveClass::phone, ValueShape::phone},
    {"faxnumber", SensitiveClass::phone, ValueShape::phone},
    {"ssnnumber", SensitiveClass::ssn, ValueShape::ssn},
    {"socialsecurityno", SensitiveClass::ssn, ValueShape::ssn},
    {"itin", SensitiveClass::ssn, ValueShape::ssn},
    {"tin", SensitiveClass::ssn, ValueShape::ssn},
    {"ein", SensitiveClass::ssn, ValueShape::ssn},
    {"taxid", SensitiveClass::ssn, ValueShape::ssn},
    {"accountnumber", SensitiveClass::account, ValueShape::account},
    {"accountno", SensitiveClass::account, ValueShape::account},
    {"acctnumber", SensitiveClass::account, ValueShape::account},
    {"acctno", SensitiveClass::account, ValueShape::account},
    {"bankaccount", SensitiveClass::account, ValueShape::account},
    {"routingnumber", SensitiveClass::account, ValueShape::account},
    {"routingno", SensitiveClass::account, ValueShape::account},
    {"iban", SensitiveClass::account, ValueShape::account},
    {"sortcode", SensitiveClass::account, ValueShape::account},
    {"firstname", SensitiveClass::personal, ValueShape::any},
    {"lastname", SensitiveClass::personal, ValueShape::any},
    {"middlename", SensitiveClass::personal, ValueShape::any},
    {"maidenname", SensitiveClass::personal, ValueShape::any},
    {"fullname", SensitiveClass::personal, ValueShape::any},
    {"givenname", SensitiveClass::personal, ValueShape::any},
    {"familyname", SensitiveClass::personal, ValueShape::any},
    {"surname", SensitiveClass::personal, ValueShape::any},
    {"customername", SensitiveClass::personal, ValueShape::any},
    {"cardholder", SensitiveClass::personal, ValueShape::any},
    {"cardholdername", SensitiveClass::personal, ValueShape::any},
    {"accountholder", SensitiveClass::personal, ValueShape::any},
    {"nameoncard", SensitiveClass::personal, ValueShape::any},
    {"dateofbirth", SensitiveClass::personal, ValueShape::any},
    {"birthdate", SensitiveClass::personal, ValueShape::any},
    {"birthday", SensitiveClass::personal, ValueShape::any},
    {"dob", SensitiveClass::personal, ValueShape::any},
    {"homeaddress", SensitiveClass::personal, ValueShape::any},
    {"streetaddress", SensitiveClass::personal, ValueShape::any},
    {"billingaddress", SensitiveClass::personal, ValueShape::any},
    {"shippingaddress", SensitiveClass::personal, ValueShape::any},
    {"mailingaddress", SensitiveClass::personal, ValueShape::any},
    {"postaladdress", SensitiveClass::personal, ValueShape::any},
    {"addressline", SensitiveClass::personal, ValueShape::any},
    {"passport", SensitiveClass::personal, ValueShape::account},
    {"passportnumber", SensitiveClass::personal, ValueShape::account},
    {"passportno", SensitiveClass::personal, ValueShape::account},
    {"driverslicense", SensitiveClass::personal, ValueShape::account},
    {"driverlicense", SensitiveClass::personal, ValueShape::account},
    {"drivinglicence", SensitiveClass::personal, ValueShape::account},
    {"licensenumber", SensitiveClass::personal, ValueShape::account},
    {"licencenumber", SensitiveClass::personal, ValueShape::account},
    {"nationalid", SensitiveClass::personal, ValueShape::account},
    {"diagnosis", SensitiveClass::personal, ValueShape::any},
    {"salary", SensitiveClass::personal, ValueShape::any},
    {"sessionid", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"sessid", SensitiveClass::credential, ValueShape::token, WordStart::anywhere},
    {"sid", SensitiveClass::credential, ValueShape::signature},
    {"bearer", SensitiveClass::credential, ValueShape::token},
    {"auth", SensitiveClass::credential, ValueShape::signature},
    {"otp", SensitiveClass::pin, ValueShape::pin},
    {"csrf", SensitiveClass::credential, ValueShape::signature},
}};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
