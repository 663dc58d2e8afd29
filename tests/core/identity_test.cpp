// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/identity.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace aloft {
namespace {

TEST(Identity, TakesIdsOfTheCharset) {
  const Result<TenantId> tenant = TenantId::parse("acme-Prod_1.eu:7");

  ASSERT_TRUE(tenant);
  EXPECT_EQ(tenant->view(), "acme-Prod_1.eu:7");
}

TEST(Identity, RefusesWhatCouldBreakAHeaderALineOrAUrl) {
  EXPECT_FALSE(TenantId::parse(""));
  EXPECT_FALSE(TenantId::parse("a b"));
  EXPECT_FALSE(TenantId::parse("a\r\nset-cookie: x"));
  EXPECT_FALSE(TenantId::parse("a/b"));
  EXPECT_FALSE(TenantId::parse("grün"));
  EXPECT_FALSE(TenantId::parse(std::string_view("a\0", 2)));
}

TEST(Identity, TakesAtMost128Bytes) {
  EXPECT_TRUE(UserId::parse(std::string(128, 'u')));
  EXPECT_FALSE(UserId::parse(std::string(129, 'u')));
}

TEST(Identity, NamesWhatWasRefusedWithoutQuotingIt) {
  const Result<RequestId> id = RequestId::parse("4111 1111 1111 1111");

  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().to_string(),
            "invalid_argument: request id has a byte outside A-Z a-z 0-9 . _ : - "
            "(use 1 to 128 bytes of A-Z a-z 0-9 . _ : -)");
}

TEST(Identity, KeepsTenantsAndUsersApart) {
  EXPECT_FALSE((std::is_convertible_v<TenantId, UserId>));
}

}  // namespace
}  // namespace aloft
