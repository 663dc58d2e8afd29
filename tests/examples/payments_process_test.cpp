// SPDX-License-Identifier: Apache-2.0
// The program as a process: start, refusals to start, stop, and its books at the end.
#include <aloft/testing_http/fake_aws.hpp>

#include "examples/support/payments_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace examples_test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(PaymentsProcess, SaysOneReadyLineAndThenItsLogOnStdout) {
  PaymentsService service;
  service.charge("demo-acme", kGoodCharge);
  const std::string ready = "payments ready: http://127.0.0.1:" + std::to_string(service.port());

  const Ending ending = service.stop();

  EXPECT_EQ(service.ready_line(), ready);
  EXPECT_THAT(ending.exit.out, ::testing::StartsWith(ready + "\n{\"timestamp\""));
  EXPECT_THAT(ending.exit.out, HasSubstr("\"message\":\"charge accepted\""));
  EXPECT_THAT(ending.exit.out, HasSubstr("\"tenant_id\":\"acme\""));
  EXPECT_THAT(ending.exit.out, HasSubstr("\"trace_id\":\"1-"));
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

TEST(PaymentsProcess, SendsItsLinesToCloudWatchLogs) {
  auto aws = aloft::testing::FakeAws::create();
  ASSERT_TRUE(aws);
  PaymentsService service({.variables = {{"ALOFT_LOGS_EXPORTER", "cloudwatch"},
                                         {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", aws->url()},
                                         {"AWS_REGION", "eu-west-1"},
                                         {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                                         {"AWS_SECRET_ACCESS_KEY", "nobodys"}}});
  service.charge("demo-acme", kGoodCharge);
  service.charge("demo-globex", kDeclinedCharge);

  const Ending ending = service.stop();

  const aloft::testing::FakeAwsLedger ledger = aws->ledger();
  std::size_t charges = 0;
  for (const aloft::testing::FakeLogEvent& event : ledger.log_events) {
    EXPECT_EQ(event.group, "/aloft/payments");
    EXPECT_THAT(event.message, HasSubstr("\"trace_id\":\"1-"));
    charges += event.message.find("\"message\":\"charge ") != std::string::npos ? 1u : 0u;
  }
  EXPECT_EQ(charges, 2u);
  const std::string lines = std::to_string(ledger.log_events.size());
  EXPECT_THAT(ending.exit.err, HasSubstr("payments wrote lines: " + lines + " accepted = " + lines +
                                         " acknowledged"));
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
