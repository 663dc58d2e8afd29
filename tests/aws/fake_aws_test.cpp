// SPDX-License-Identifier: Apache-2.0
// The wire against the strict fake endpoint, which judges key, token, scope and date of each
// request and keeps its own ledger. It also has the signature made again from the bytes that came.
#include <aloft/aws/clock_skew.hpp>
#include <aloft/aws/signing.hpp>
#include <aloft/aws/xray_wire.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include "aws/fixture.hpp"

#include <deque>
#include <future>
#include <set>

namespace aloft::aws {
namespace {

using delivery::Answer;
using delivery::Failure;
using testing::FakeAws;
using testing::Fault;

/// "20150830T123600Z" as a time, by way of the reader of ISO 8601.
WallTime time_of(std::string_view date) {
  const std::string text(date);
  const std::string iso = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 5) +
                          ":" + text.substr(11, 2) + ":" + text.substr(13);
  return parse_iso_time(iso).value_or(WallTime());
}

/// Signs what came and compares.
bool is_signed(const testing::FakeAwsRequest& came) {
  http_client::ClientRequest request{
      .method = http::parse_method(came.method).value_or(http::Method::get),
      .url = "http://" + std::string(came.headers.get("host").value_or("")) + came.target,
      .body = came.body};
  const std::string all(came.headers.get("authorization").value_or(""));
  const std::size_t names = all.find("SignedHeaders=") + 14;
  const std::string signed_names = ";" + all.substr(names, all.find(',', names) - names) + ";";
  for (const http::HeaderField field : came.headers) {
    const bool counts = field.name != "host" &&
                        signed_names.find(";" + std::string(field.name) + ";") != std::string::npos;
    if (counts && !request.headers.try_add(field.name, field.value)) return false;
  }
  Credentials who = example_credentials();
  who.session_token = Secret(came.headers.get("x-amz-security-token").value_or(""));
  who.access_key_id = all.substr(all.find("Credential=") + 11, 11);
  const Result<Signer> signer = Signer::create({.region = "eu-west-1", .service = "xray"});
  if (!signer) return false;
  const WallTime at = time_of(came.headers.get("x-amz-date").value_or(""));
  return signer->sign(request, who, at) && request.headers.get("authorization") == all;
}

/// Gives what it is told to, one after the other, and then the last again.
class Rotation final : public CredentialsProvider {
 public:
  explicit Rotation(std::deque<Credentials> all) : all_(std::move(all)) {}
  Result<Credentials> fetch(Deadline) override {
    const Credentials next = all_.front();
    if (all_.size() > 1) all_.pop_front();
    return next;
  }

 private:
  std::deque<Credentials> all_;
};

class FakeAwsWireTest : public ::testing::Test {
 protected:
  FakeAwsWireTest() {
    Result<FakeAws> made = FakeAws::create({.verify = is_signed});
    EXPECT_TRUE(made);
    fake_.emplace(std::move(*made));
    use({example_credentials()});
    for (int i = 1; i <= 4; ++i) {
      records_.push_back({.payload = document(i)});
    }
    for (const delivery::Record& record : records_) pointers_.push_back(&record);
  }

  void use(std::deque<Credentials> credentials) {
    Result<CachedCredentials> cached = CachedCredentials::create(
        std::make_unique<Rotation>(std::move(credentials)), {.refusal_interval = 0s});
    ASSERT_TRUE(cached);
    Result<AwsClient> client = AwsClient::create(
        {}, settings_of({{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_XRAY", fake_->url()}}),
        std::make_shared<CachedCredentials>(std::move(*cached)));
    ASSERT_TRUE(client) << client.error().to_string();
    wire_ = xray_wire(std::move(*client));
  }
  Answer send() {
    std::promise<Answer> box;
    wire_->send(pointers_, patience(), [&](Answer answer) { box.set_value(std::move(answer)); });
    return box.get_future().get();
  }
  /// The fake refuses trace ids that are too old or too new, so they carry the time.
  static std::string document(int number) {
    const auto seconds = Clock::system().now().wall.time_since_epoch() / std::chrono::seconds(1);
    std::array<char, 16> hex{};
    text::write_hex(static_cast<std::uint64_t>(seconds), hex.data());
    const std::string epoch(hex.data() + 8, 8);
    const std::string second = std::to_string(seconds);
    return R"({"trace_id":"1-)" + epoch + R"(-000000000000000000000001","id":"000000000000000)" +
           std::to_string(number) + R"(","name":"shop","start_time":)" + second +
           R"(.1,"end_time":)" + second + ".2}";
  }

  std::optional<FakeAws> fake_;
  std::vector<delivery::Record> records_;
  std::vector<const delivery::Record*> pointers_;
  std::unique_ptr<delivery::Wire> wire_;
};

TEST_F(FakeAwsWireTest, PutsDocumentsThatTheLedgerHasOnce) {
  const Answer answer = send();

  EXPECT_EQ(answer.failure, std::nullopt) << answer.message;
  EXPECT_TRUE(answer.refusals.empty()) << answer.message;
  EXPECT_EQ(fake_->ledger().spans.size(), 4u);
  EXPECT_EQ(fake_->ledger().duplicates(), 0u);
}

TEST_F(FakeAwsWireTest, CorrectsAClockThatIsTwoHoursOff) {
  for (const Nanoseconds ahead : {Nanoseconds(2h), Nanoseconds(-3h)}) {
    fake_->skew(ahead);
    EXPECT_EQ(send().failure, std::nullopt);
  }
}

TEST_F(FakeAwsWireTest, TakesNewCredentialsWhenTheOldOnesAreRotatedAway) {
  Credentials next = example_credentials();
  next.access_key_id = "AKIDROTATED";
  next.session_token = Secret("token");
  use({example_credentials(), next});
  ASSERT_EQ(send().failure, std::nullopt);

  fake_->rotate("AKIDROTATED", "token");

  EXPECT_EQ(send().failure, std::nullopt);
}

TEST_F(FakeAwsWireTest, NamesTheDocumentsThatCameBack) {
  fake_->next({Fault::unprocessed});

  const Answer answer = send();

  EXPECT_EQ(answer.failure, std::nullopt);
  ASSERT_EQ(answer.refusals.size(), 2u);
  std::set<std::size_t> refused;
  for (const delivery::Refusal& refusal : answer.refusals) {
    EXPECT_TRUE(refusal.again);
    EXPECT_EQ(refusal.reason, Reason::throttled);
    refused.insert(refusal.index);
  }
  EXPECT_EQ(fake_->ledger().spans.size(), 2u);
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const std::string id = "000000000000000" + std::to_string(i + 1);
    bool taken = false;
    for (const auto& [span, times] : fake_->ledger().spans) {
      taken |= span.find(id) != std::string::npos;
    }
    EXPECT_NE(taken, refused.count(i) == 1) << i;
  }
}

TEST_F(FakeAwsWireTest, SendsAllAgainWhenADocumentComesBackWithoutName) {
  fake_->next({Fault::unprocessed_nameless});

  const Answer answer = send();

  EXPECT_EQ(answer.failure, Failure::throttled);
}

TEST_F(FakeAwsWireTest, JudgesEachFault) {
  struct Case {
    Fault fault;
    Failure failure;
    bool maybe_received;
  };
  for (const Case& one : {Case{Fault::throttle, Failure::throttled, false},
                          Case{Fault::server_error, Failure::transient, false},
                          Case{Fault::unavailable, Failure::transient, false},
                          Case{Fault::reset_after, Failure::transient, true},
                          Case{Fault::reset_before, Failure::transient, true},
                          Case{Fault::half_answer, Failure::transient, true}}) {
    fake_->next({one.fault});

    const Answer answer = send();

    EXPECT_EQ(answer.failure, one.failure) << static_cast<int>(one.fault);
    EXPECT_EQ(answer.maybe_received, one.maybe_received) << static_cast<int>(one.fault);
  }
}

TEST_F(FakeAwsWireTest, GivesUpOnCredentialsThatNobodyTakes) {
  fake_->rotate("AKIDOTHERS", "");

  const Answer answer = send();

  EXPECT_EQ(answer.failure, Failure::unauthorized);
  EXPECT_TRUE(fake_->ledger().spans.empty());
}

}  // namespace
}  // namespace aloft::aws
