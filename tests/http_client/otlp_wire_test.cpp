// SPDX-License-Identifier: Apache-2.0
// The wire against a real server on loopback.
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>
#include <aloft/http_client/otlp_wire.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/telemetry/format/otlp.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace aloft::http_client {
namespace {

using delivery::Answer;
using delivery::Failure;
using delivery::Record;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string inflate_all(const std::string& packed) {
  z_stream stream{};
  std::string out(1 << 20, '\0');
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in = packed;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

/// Takes whatever comes, and answers what it is told, 200 when nothing is left.
class Receiver {
 public:
  Receiver() {
    auto server = http_server::Server::create(
        {.workers = 2, .body_limit_bytes = 8 << 20},
        [this](http::Context&, const http::Request& request) { return take(request); });
    EXPECT_TRUE(server);
    server_ = std::make_unique<http_server::Server>(std::move(*server));
    EXPECT_TRUE(server_->start());
  }
  void will_answer(http::Response response) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(response));
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/v1/traces";
  }
  std::vector<http::Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  http::Response take(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (answers_.empty()) return http::Response::content(200, "application/x-protobuf", "");
    http::Response answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  mutable std::mutex mutex_;
  std::vector<http::Request> requests_;
  std::deque<http::Response> answers_;
  std::unique_ptr<http_server::Server> server_;
};

class OtlpWireTest : public ::testing::Test {
 protected:
  void make(OtlpOptions options) {
    auto wire = OtlpWire::create(std::move(options), {.service_name = "payments"});
    ASSERT_TRUE(wire) << wire.error().to_string();
    wire_ = std::move(*wire);
  }
  OtlpOptions options() const {
    OtlpOptions options;
    options.url = receiver_.url();
    return options;
  }
  Answer send(const std::vector<Record>& records,
              Deadline deadline = Deadline::after(Clock::system(), seconds(20))) {
    std::vector<const Record*> batch;
    for (const Record& record : records) batch.push_back(&record);
    std::promise<Answer> promise;
    wire_->send(batch, deadline, [&](Answer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }

  Receiver receiver_;
  std::unique_ptr<OtlpWire> wire_;
};

const std::vector<Record> kTwo = {{.payload = "\x12\x01x", .count = 1},
                                  {.payload = "\x12\x01y\x12\x01z", .count = 2}};
const std::string kBody =
    OtlpEnvelope({.service_name = "payments"}).open(9) + "\x12\x01x\x12\x01y\x12\x01z";

TEST_F(OtlpWireTest, JoinsPayloadsBehindTheEnvelope) {
  OtlpOptions plain = options();
  plain.gzip = false;
  plain.headers = {{"api-key", "abc"}};
  make(plain);

  const Answer answer = send(kTwo);

  EXPECT_FALSE(answer.failure) << answer.message;
  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, http::Method::post);
  EXPECT_EQ(requests[0].path(), "/v1/traces");
  EXPECT_EQ(requests[0].headers.get("content-type"), "application/x-protobuf");
  EXPECT_EQ(requests[0].headers.get("api-key"), "abc");
  EXPECT_FALSE(requests[0].headers.has("content-encoding"));
  EXPECT_EQ(requests[0].body, kBody);
}

TEST_F(OtlpWireTest, SendsTheSameGzipped) {
  make(options());

  for (int i = 0; i < 3; ++i) EXPECT_FALSE(send(kTwo).failure);

  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 3u);
  for (const http::Request& request : requests) {
    EXPECT_EQ(request.headers.get("content-encoding"), "gzip");
    EXPECT_EQ(inflate_all(request.body), kBody);
  }
  EXPECT_EQ(wire_->stats().requests, 3u);
  EXPECT_EQ(wire_->stats().body_bytes, 3 * kBody.size());
}

TEST_F(OtlpWireTest, GzipsBodiesOfAnySize) {
  make(options());
  std::mt19937_64 random(7);
  std::string noise;
  while (noise.size() < 300'000) noise += static_cast<char>(random());

  // Below and above what is read and written at once, alike and unlike; then the small one again.
  for (const std::string& payload : {std::string(1, 'x'), std::string(65'536, 'x'),
                                     std::string(500'000, 'x'), noise, std::string(1, 'x')}) {
    const std::vector<Record> records{{.payload = payload}, {.payload = payload.substr(0, 9)}};
    EXPECT_FALSE(send(records).failure);
  }

  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 5u);
  EXPECT_TRUE(inflate_all(requests[1].body).ends_with("xxx"));
  EXPECT_TRUE(inflate_all(requests[3].body).ends_with(noise + noise.substr(0, 9)));
  EXPECT_EQ(inflate_all(requests[4].body), inflate_all(requests[0].body));
}

TEST_F(OtlpWireTest, TellsTrueCountsOfAPartialSuccess) {
  make(options());
  receiver_.will_answer(http::Response::content(200, "application/x-protobuf", "\x0a\x02\x08\x02"));

  const Answer answer = send(kTwo);

  EXPECT_FALSE(answer.failure);
  ASSERT_EQ(answer.refusals.size(), 2u);
  EXPECT_EQ(answer.refusals[0].count, 1u);
  EXPECT_EQ(answer.refusals[1].count, 1u);
  EXPECT_EQ(wire_->stats().partial, 1u);
}

TEST_F(OtlpWireTest, CountsAnAnswerThatIsNone) {
  make(options());
  receiver_.will_answer(http::Response::text(200, "welcome to nginx"));

  EXPECT_FALSE(send(kTwo).failure);
  EXPECT_EQ(wire_->stats().unreadable, 1u);
}

TEST_F(OtlpWireTest, PassesOnWhatARefusalMeans) {
  make(options());
  receiver_.will_answer(http::Response::text(503, "").with("retry-after", "3"));
  receiver_.will_answer(http::Response::text(400, "bad"));

  const Answer busy = send(kTwo);
  const Answer wrong = send(kTwo);

  EXPECT_EQ(busy.failure, Failure::transient);
  EXPECT_EQ(busy.retry_after, seconds(3));
  EXPECT_EQ(wrong.failure, Failure::poison);
}

TEST_F(OtlpWireTest, KnowsThatNothingWasReceivedWhereNobodyListens) {
  OtlpOptions nobody = options();
  nobody.url = "http://127.0.0.1:1/v1/traces";
  make(nobody);

  const Answer answer = send(kTwo);

  EXPECT_EQ(answer.failure, Failure::transient);
  EXPECT_EQ(answer.reason, Reason::unavailable);
  EXPECT_FALSE(answer.maybe_received);
}

TEST_F(OtlpWireTest, KnowsThatItMayHaveBeenReceivedWhenNoAnswerCame) {
  std::promise<void> release;
  auto released = release.get_future().share();
  auto slow = http_server::Server::create({}, [released](http::Context&, const http::Request&) {
    released.wait();
    return http::Response::empty(200);
  });
  ASSERT_TRUE(slow);
  ASSERT_TRUE(slow->start());
  OtlpOptions slow_options = options();
  slow_options.url = "http://127.0.0.1:" + std::to_string(slow->port()) + "/v1/traces";
  slow_options.timeout = milliseconds(500);
  make(slow_options);

  const Answer answer = send(kTwo, Deadline::never());
  release.set_value();

  EXPECT_EQ(answer.failure, Failure::transient);
  EXPECT_TRUE(answer.maybe_received);
}

TEST_F(OtlpWireTest, LetsACallerSignTheWholeRequest) {
  OtlpOptions with_signer = options();
  with_signer.decorate = [](ClientRequest& request) -> Result<void> {
    return request.headers.set("authorization", "bytes " + std::to_string(request.body.size()));
  };
  make(with_signer);

  EXPECT_FALSE(send(kTwo).failure);

  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].headers.get("authorization"),
            "bytes " + std::to_string(requests[0].body.size()));
}

TEST_F(OtlpWireTest, SendsNothingThatCouldNotBeSigned) {
  OtlpOptions without = options();
  without.decorate = [](ClientRequest&) -> Result<void> {
    return fail(ErrorCode::permission_denied, "there are no credentials");
  };
  make(without);

  const Answer answer = send(kTwo);

  EXPECT_EQ(answer.failure, Failure::unauthorized);
  EXPECT_EQ(answer.message, "there are no credentials");
  EXPECT_TRUE(receiver_.requests().empty());
}

TEST_F(OtlpWireTest, TakesAsManySpansAsTheEndpointOfAws) {
  make(options());

  EXPECT_EQ(wire_->limits().batch_count, 10'000u);
  EXPECT_EQ(aws_otlp_limits().batch_count, 10'000u);
}

TEST_F(OtlpWireTest, LeavesRoomForTheEnvelope) {
  OtlpOptions small = options();
  small.limits.batch_bytes = 10'000;
  small.limits.record_bytes = 10'000;
  make(small);

  EXPECT_LT(wire_->limits().batch_bytes, 10'000u);
  EXPECT_GT(wire_->limits().batch_bytes, 9'000u);
  EXPECT_LE(wire_->limits().record_bytes, wire_->limits().batch_bytes);
  EXPECT_EQ(aws_otlp_limits().batch_bytes, 5'000'000u);
}

TEST_F(OtlpWireTest, HasNothingToCreate) {
  make(options());
  std::promise<Answer> promise;

  wire_->create_missing(Deadline::never(), [&](Answer answer) { promise.set_value(answer); });

  EXPECT_FALSE(promise.get_future().get().failure);
}

TEST_F(OtlpWireTest, AnswersEveryRequestWhenItEnds) {
  std::promise<void> release;
  auto released = release.get_future().share();
  auto slow = http_server::Server::create({}, [released](http::Context&, const http::Request&) {
    released.wait();
    return http::Response::empty(200);
  });
  ASSERT_TRUE(slow);
  ASSERT_TRUE(slow->start());
  OtlpOptions slow_options = options();
  slow_options.url = "http://127.0.0.1:" + std::to_string(slow->port()) + "/v1/traces";
  make(slow_options);
  std::promise<Answer> promise;
  const Record* batch[] = {&kTwo[0]};
  wire_->send(batch, Deadline::never(), [&](Answer answer) { promise.set_value(answer); });

  wire_.reset();

  EXPECT_EQ(promise.get_future().get().failure, Failure::transient);
  release.set_value();
}

TEST(OtlpWire, RefusesOptionsThatCannotWork) {
  const auto refused = [](auto change) {
    OtlpOptions options;
    change(options);
    const auto wire = OtlpWire::create(options, {.service_name = "s"});
    EXPECT_FALSE(wire);
    return wire ? ErrorCode::internal : wire.error().code;
  };

  for (const char* url : {"", "localhost:4318", "grpc://a:4317", "http://user:pass@a/v1/traces"}) {
    EXPECT_EQ(refused([&](OtlpOptions& o) { o.url = url; }), ErrorCode::invalid_argument) << url;
  }
  EXPECT_EQ(refused([](OtlpOptions& o) {
              o.headers = {{"a b", "c"}};
            }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](OtlpOptions& o) {
              o.headers = {{"host", "c"}};
            }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](OtlpOptions& o) { o.timeout = Nanoseconds(0); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](OtlpOptions& o) { o.in_flight_limit = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](OtlpOptions& o) { o.limits.batch_count = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](OtlpOptions& o) { o.limits.batch_bytes = 1; }), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aloft::http_client
