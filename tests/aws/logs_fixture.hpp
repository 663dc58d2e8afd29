// SPDX-License-Identifier: Apache-2.0
// A wire of CloudWatch Logs against the strict fake.
#pragma once

#include <aloft/aws/client.hpp>
#include <aloft/aws/cloudwatch_logs_wire.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include "aws/fixture.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aloft::aws {

class LogsWireTest : public ::testing::Test {
 protected:
  using Answer = delivery::Answer;
  using Failure = delivery::Failure;
  using FakeAws = testing::FakeAws;
  using Fault = testing::Fault;

  explicit LogsWireTest(testing::FakeAwsOptions options = {}) {
    Result<FakeAws> made = FakeAws::create(std::move(options));
    EXPECT_TRUE(made);
    fake_.emplace(std::move(*made));
  }

  Platform platform() { return {Clock::system(), Random::system(), said_}; }
  std::function<Result<AwsClient>()> clients(const std::string& url) {
    const Settings settings =
        settings_of({{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url}});
    return [settings]() -> Result<AwsClient> {
      Result<CachedCredentials> cached =
          CachedCredentials::create(fixed_credentials(example_credentials()));
      if (!cached) return unexpected(cached.error());
      return AwsClient::create({.service = Service::logs}, settings,
                               std::make_shared<CachedCredentials>(std::move(*cached)));
    };
  }
  Result<std::unique_ptr<delivery::Wire>> make(CloudWatchLogsOptions options) {
    return cloudwatch_logs_wire(std::move(options), clients(fake_->url()), platform());
  }
  void open(CloudWatchLogsOptions options = {.group = "/aloft/payments"}) {
    auto made = make(std::move(options));
    ASSERT_TRUE(made) << made.error().to_string();
    wire_ = std::move(*made);
  }

  void add(Nanoseconds ago, std::string text) {
    records_.push_back({.payload = std::move(text), .time = Clock::system().now().wall - ago});
  }
  Answer send() {
    std::vector<const delivery::Record*> pointers;
    for (const delivery::Record& record : records_) pointers.push_back(&record);
    std::promise<Answer> box;
    wire_->send(pointers, patience(), [&](Answer answer) { box.set_value(std::move(answer)); });
    return box.get_future().get();
  }
  Answer create() {
    std::promise<Answer> box;
    wire_->create_missing(patience(), [&](Answer answer) { box.set_value(std::move(answer)); });
    return box.get_future().get();
  }
  testing::FakeLogGroup group(const std::string& name = "/aloft/payments") const {
    const testing::FakeAwsLedger ledger = fake_->ledger();
    const auto found = ledger.log_groups.find(name);
    return found == ledger.log_groups.end() ? testing::FakeLogGroup{} : found->second;
  }
  std::vector<std::string> reported() const {
    std::vector<std::string> messages;
    for (const auto& report : said_.reports()) messages.push_back(report.message);
    return messages;
  }
  std::uint64_t calls(const std::string& operation) const {
    const testing::FakeAwsLedger ledger = fake_->ledger();
    const auto found = ledger.log_calls.find(operation);
    return found == ledger.log_calls.end() ? 0 : found->second;
  }

  testing::MemoryDiagnostics said_;
  std::optional<FakeAws> fake_;
  std::vector<delivery::Record> records_;
  std::unique_ptr<delivery::Wire> wire_;
};

}  // namespace aloft::aws
