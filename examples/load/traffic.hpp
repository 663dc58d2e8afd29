// SPDX-License-Identifier: Apache-2.0
// What the three tenants do all day: mostly charges that go through, some that are declined or
// wrong, and now and then a look at what there is.
//
//   Traffic traffic("http://127.0.0.1:8080", Random::system());
//   ClientRequest request = traffic.next();
//   traffic.learn(answer);
//
// Thread-safety: none.
#pragma once

#include <aloft/core/random.hpp>
#include <aloft/http_client/client.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace load {

class Traffic {
 public:
  /// @param url  of the service, e.g. "http://127.0.0.1:8080".
  Traffic(std::string url, aloft::Random& random);

  aloft::http_client::ClientRequest next();
  /// Remembers the id of a charge that was made, to ask for it later.
  void learn(const aloft::http_client::ClientResponse& answer);

 private:
  struct Tenant {
    std::string_view key;
    std::string last_charge;  // empty until one went through
  };

  aloft::http_client::ClientRequest charge(std::string_view card, std::uint64_t amount_minor);
  aloft::http_client::ClientRequest get(std::string_view target) const;
  /// A number below `limit`.
  std::uint64_t below(std::uint64_t limit);

  std::string url_;
  aloft::Random& random_;
  std::array<Tenant, 3> tenants_;
  std::size_t current_ = 0;  // which tenant asked last
  unsigned turn_ = 0;        // where in the round of 20 requests
};

}  // namespace load
