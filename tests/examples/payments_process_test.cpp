// SPDX-License-Identifier: Apache-2.0
// The program as a process: start, refusals to start, stop, and its books at the end.
#include "examples/support/payments_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace examples_test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(PaymentsProcess, SaysOneReadyLineAndNothingElseOnStdout) {
  PaymentsService service;
  service.charge("demo-acme", kGoodCharge);
  const std::string ready = "payments ready: http://127.0.0.1:" + std::to_string(service.port());

  const Ending ending = service.stop();

  EXPECT_EQ(service.ready_line(), ready);
  EXPECT_EQ(ending.exit.out, ready + "\n");
}

TEST(PaymentsProcess, StopsWithinFiveSecondsOfSigterm) {
  PaymentsService service;
  service.charge("demo-acme", kGoodCharge);

  const Ending ending = service.stop();

  EXPECT_EQ(ending.exit.code, 0);
  EXPECT_LT(ending.exit.took, std::chrono::seconds(5));
}

TEST(PaymentsProcess, BalancesItsBooksAgainstTheReceivers) {
  PaymentsService service;
  service.charge("demo-acme", kGoodCharge);
  service.charge("demo-globex", kDeclinedCharge);
  service.charge("demo-initech", "{}");
  service.get("demo-acme", "/v1/charges");
  service.get("", "/v1/charges");

  const Ending ending = service.stop();

  EXPECT_THAT(ending.documents, SizeIs(5));
  EXPECT_EQ(count_spans(ending.documents), 4u + 3u + 2u + 1u + 1u);
  EXPECT_THAT(ending.exit.err, ::testing::EndsWith(books_of("payments", 5, 11)));
}

TEST(PaymentsProcess, ChargesTheSameWhenNobodyListens) {
  const std::string nobody = "127.0.0.1:" + std::to_string(unused_port());
  PaymentsService service({.variables = {{"AWS_XRAY_DAEMON_ADDRESS", nobody}}});

  const Reply reply = service.charge("demo-acme", kGoodCharge);
  const Ending ending = service.stop();

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(ending.exit.code, 0);
  EXPECT_THAT(ending.exit.err, HasSubstr("nobody listens at the X-Ray daemon's address"));
  EXPECT_THAT(ending.exit.err,
              HasSubstr("4 accepted = 0 acknowledged + 0 sent + 0 durable + 4 dropped + "
                        "0 rejected + 0 unknown + 0 in flight"));
}

TEST(PaymentsProcess, ServesWithTracingSwitchedOff) {
  PaymentsService service({.variables = {{"ALOFT_ENABLED", "0"}}});

  const Reply reply = service.charge("demo-acme", kGoodCharge);
  const Ending ending = service.stop();

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.header("x-amzn-trace-id"), "");
  EXPECT_THAT(ending.datagrams, SizeIs(0));
}

TEST(PaymentsProcess, NamesATakenPortAndItsRemedy) {
  PaymentsService first;
  const std::string port = std::to_string(first.port());

  Process second({payments_program(), "--listen", "127.0.0.1:" + port});
  const Exit exit = second.wait();

  EXPECT_EQ(exit.code, 2);
  EXPECT_EQ(exit.out, "");
  EXPECT_THAT(exit.err, HasSubstr(port));
  EXPECT_THAT(exit.err, HasSubstr("choose another port"));
}

TEST(PaymentsProcess, RefusesAnUnknownFlag) {
  Process program({payments_program(), "--colour"});
  const Exit exit = program.wait();

  EXPECT_EQ(exit.code, 2);
  EXPECT_EQ(exit.err, "payments: argument 1 is not a flag of this program; try --help\n");
}

TEST(PaymentsProcess, RefusesADaemonAddressThatIsNone) {
  Process program({payments_program(), "--listen", "127.0.0.1:0"},
                  {{"AWS_XRAY_DAEMON_ADDRESS", "not an address"}});
  const Exit exit = program.wait();

  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.err, HasSubstr("payments: "));
}

TEST(PaymentsProcess, ExplainsItselfWhenAsked) {
  Process program({payments_program(), "--help"});
  const Exit exit = program.wait();

  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, HasSubstr("usage: payments [--listen ADDR:PORT]"));
}

}  // namespace
}  // namespace examples_test
