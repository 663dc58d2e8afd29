// SPDX-License-Identifier: Apache-2.0
// Spans of transfers on easy handles that the user made, against real sockets.
#include <aloft/integrations/curl.hpp>

#include "http_client/raw_server.hpp"
#include "integrations/fixture.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <string>

namespace aloft::integrations {
namespace {

using http_client::ClosedPort;
using http_client::RawConnection;
using http_client::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

List list_of(std::initializer_list<const char*> lines) {
  curl_slist* list = nullptr;
  for (const char* line : lines) list = curl_slist_append(list, line);
  return List(list);
}

/// How often a line occurs in a request.
int count(std::string_view text, std::string_view part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class CurlSpans : public IntegrationTest {
 protected:
  /// Answers each request with `answer` and keeps its head.
  RawServer::Serve answering(std::string answer) {
    return [this, answer = std::move(answer)](RawConnection& connection) {
      for (std::string head; !(head = connection.receive_request()).empty();) {
        seen_ = head;
        if (!connection.send(answer)) return;
      }
    };
  }
  CURL* easy(const std::string& url) {
    handle_.reset(curl_easy_init());
    curl_easy_setopt(handle_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(handle_.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_.get(), CURLOPT_NOPROXY, "*");
    return handle_.get();
  }

  std::string seen_;
  std::unique_ptr<CURL, FreeEasy> handle_;
};

constexpr const char* kHello = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

TEST_F(CurlSpans, RecordMethodTemplateStatusAndBytesButNotTheQuery) {
  const RawServer server(answering(kHello));
  CURL* handle = easy(server.url("/v1/scores/4711?card=secret"));

  CurlSpan call(*root, handle, {.url = "http://fraud.internal/v1/scores/{id}"});
  EXPECT_EQ(call.perform(), CURLE_OK);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.name, "fraud.internal");
  EXPECT_EQ(span.kind, SpanKind::remote);
  EXPECT_EQ(span.http_method, "GET");
  EXPECT_EQ(span.http_url, "http://fraud.internal/v1/scores/{id}");
  EXPECT_EQ(span.http_status, 200);
  EXPECT_EQ(span.http_content_length, 5);
  EXPECT_FALSE(span.error || span.fault);
  EXPECT_NE(span.metadatum("curl/first_byte_us"), "");
  expect_nowhere(span, "secret");
  expect_nowhere(span, "4711");
}

TEST_F(CurlSpans, SendBothTraceHeadersBesideTheCallersList) {
  const RawServer server(answering(kHello));
  CURL* handle = easy(server.url());
  const List list = list_of({"X-Mine: kept", "Accept:"});

  CurlSpan call(*root, handle, {.url = "http://fraud.internal/", .headers = list.get()});
  const TraceContext ids = call.span().context();
  EXPECT_EQ(call.perform(), CURLE_OK);

  const std::string xray(write_xray_header(ids).view());
  const std::string w3c(write_traceparent(ids).view());
  EXPECT_THAT(seen_, HasSubstr("x-amzn-trace-id: " + xray + "\r\n"));
  EXPECT_THAT(seen_, HasSubstr("traceparent: " + w3c + "\r\n"));
  EXPECT_THAT(seen_, HasSubstr("X-Mine: kept\r\n"));
  EXPECT_THAT(seen_, Not(HasSubstr("Accept")));
}

TEST_F(CurlSpans, SendOnlyTheHeaderThatIsAskedFor) {
  const RawServer server(answering(kHello));
  CURL* handle = easy(server.url());

  EXPECT_EQ(
      CurlSpan(*root, handle, {.url = "http://a/", .propagation = Propagation::w3c}).perform(),
      CURLE_OK);
  EXPECT_THAT(seen_, HasSubstr("traceparent: "));
  EXPECT_THAT(seen_, Not(HasSubstr("x-amzn-trace-id")));

  EXPECT_EQ(
      CurlSpan(*root, handle, {.url = "http://a/", .propagation = Propagation::none}).perform(),
      CURLE_OK);
  EXPECT_THAT(seen_, Not(HasSubstr("traceparent")));
}

TEST_F(CurlSpans, ReplaceTraceHeadersOfTheCallersListAndLeaveTheListAsItWas) {
  const RawServer server(answering(kHello));
  CURL* handle = easy(server.url());
  const List list = list_of({"X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793",
                             "X-First: 1", "TRACEPARENT;", "X-Last: 2"});

  EXPECT_EQ(CurlSpan(*root, handle, {.url = "http://a/", .headers = list.get()}).perform(),
            CURLE_OK);
  EXPECT_THAT(seen_, Not(HasSubstr("5759e988")));
  EXPECT_THAT(seen_, Not(HasSubstr("X-Amzn-Trace-Id")));
  EXPECT_THAT(seen_, Not(HasSubstr("TRACEPARENT")));
  EXPECT_THAT(seen_, HasSubstr("X-First: 1\r\nX-Last: 2\r\n"));
  EXPECT_EQ(count(seen_, "x-amzn-trace-id: "), 1);

  EXPECT_STREQ(list->next->data, "X-First: 1");
  EXPECT_EQ(curl_easy_perform(handle), CURLE_OK);  // the handle has the caller's list again
  EXPECT_THAT(seen_, HasSubstr("5759e988"));
  EXPECT_THAT(seen_, Not(HasSubstr("x-amzn-trace-id: ")));
}

TEST_F(CurlSpans, PropagateTheDecisionOfATraceThatIsNotSampled) {
  const RawServer server(answering(kHello));
  Span dropped = dropped_root();

  EXPECT_EQ(CurlSpan(dropped, easy(server.url()), {.url = "http://a/"}).perform(), CURLE_OK);

  EXPECT_THAT(seen_, HasSubstr("x-amzn-trace-id: Root=1-67891233-000000000000000000000007"));
  EXPECT_THAT(seen_, HasSubstr("Sampled=0\r\n"));
}

TEST_F(CurlSpans, OfATelemetryThatIsOffSendNothing) {
  const RawServer server(answering(kHello));
  const List list = list_of({"X-Mine: kept"});
  Span none;

  EXPECT_EQ(
      CurlSpan(none, easy(server.url()), {.url = "http://a/", .headers = list.get()}).perform(),
      CURLE_OK);

  EXPECT_THAT(seen_, HasSubstr("X-Mine: kept"));
  EXPECT_THAT(seen_, Not(HasSubstr("trace")));
}

TEST_F(CurlSpans, LeaveTheHandleAloneWhereThereIsNothingToSend) {
  const RawServer server(answering(kHello));
  CURL* handle = easy(server.url());
  const List forgotten = list_of({"X-Mine: kept"});
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, forgotten.get());
  Span none;

  EXPECT_EQ(CurlSpan(none, handle, {.url = "http://a/"}).perform(), CURLE_OK);
  EXPECT_THAT(seen_, HasSubstr("X-Mine: kept"));
  EXPECT_EQ(curl_easy_perform(handle), CURLE_OK);
  EXPECT_THAT(seen_, HasSubstr("X-Mine: kept"));
}

TEST_F(CurlSpans, MarkAnErrorOfTheCallerAThrottleAndAFaultByStatus) {
  const RawServer missing(answering("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"));
  const RawServer busy(answering("HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n"));
  const RawServer broken(answering("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"));
  for (const RawServer* server : {&missing, &busy, &broken}) {
    CURL* handle = easy(server->url());
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    EXPECT_EQ(CurlSpan(*root, handle, {.url = "http://a/"}).perform(), CURLE_HTTP_RETURNED_ERROR);
  }

  const auto spans = children();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_TRUE(spans[0].error && !spans[0].throttle && !spans[0].fault);
  EXPECT_TRUE(spans[1].error && spans[1].throttle && !spans[1].fault);
  EXPECT_TRUE(!spans[2].error && spans[2].fault);
  EXPECT_TRUE(spans[0].exceptions.empty());
}

TEST_F(CurlSpans, MarkAFaultOfTheReasonWhenNobodyAnswers) {
  const ClosedPort closed;
  CURL* handle = easy(closed.url());

  EXPECT_EQ(CurlSpan(*root, handle, {.url = "http://a/"}).perform(), CURLE_COULDNT_CONNECT);

  const aloft::testing::SpanCopy span = child();
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.http_status, 0);
  EXPECT_EQ(span.http_method, "GET");
  EXPECT_EQ(span.annotation("curl_code"), "7");
  ASSERT_EQ(span.exceptions.size(), 1U);
  EXPECT_EQ(span.exceptions[0].type, "unavailable");
  EXPECT_EQ(span.exceptions[0].message, curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

TEST_F(CurlSpans, KeepTheStatusOfAnAnswerThatBreaksOff) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello");
  });

  EXPECT_EQ(CurlSpan(*root, easy(server.url()), {.url = "http://a/"}).perform(),
            CURLE_PARTIAL_FILE);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.http_status, 200);
  EXPECT_TRUE(span.fault);
  ASSERT_EQ(span.exceptions.size(), 1U);
  EXPECT_EQ(span.exceptions[0].type, "data_loss");
}

TEST_F(CurlSpans, CountTheBytesOfARequest) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_until("body=1");
    connection.send(kHello);
  });
  CURL* handle = easy(server.url());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "body=1");

  EXPECT_EQ(CurlSpan(*root, handle, {.url = "http://a/"}).perform(), CURLE_OK);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.http_method, "POST");
  EXPECT_EQ(span.annotation("request_bytes"), "6");
  expect_nowhere(span, "body=1");
}

TEST_F(CurlSpans, EndWithTheirTransferInAMultiHandle) {
  const RawServer server(answering(kHello));
  const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
  CURL* handle = easy(server.url());
  CurlSpan call(*root, handle, {.url = "http://fraud.internal/v1"});
  ASSERT_EQ(curl_multi_add_handle(multi.get(), handle), CURLM_OK);

  int running = 1;
  while (running > 0) {
    ASSERT_EQ(curl_multi_perform(multi.get(), &running), CURLM_OK);
    if (running > 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi.get(), &left);
  ASSERT_NE(message, nullptr);
  ASSERT_EQ(message->msg, CURLMSG_DONE);
  call.finish(message->data.result);
  EXPECT_FALSE(call.span().recording());
  curl_multi_remove_handle(multi.get(), handle);

  EXPECT_THAT(seen_, HasSubstr("x-amzn-trace-id: "));
  EXPECT_EQ(child().http_status, 200);
}

TEST_F(CurlSpans, OfATransferThatIsGivenUpAreFaults) {
  const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  CURL* handle = easy(silent.url());
  {
    CurlSpan call(*root, handle, {.url = "http://a/"});
    curl_multi_add_handle(multi.get(), handle);
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    curl_multi_remove_handle(multi.get(), handle);
  }

  const aloft::testing::SpanCopy span = child();
  EXPECT_TRUE(span.fault);
  ASSERT_EQ(span.exceptions.size(), 1U);
  EXPECT_EQ(span.exceptions[0].type, "dropped");
}

}  // namespace
}  // namespace aloft::integrations
