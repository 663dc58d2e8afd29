// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/trace-your-own-libraries.md that needs no server of its own.
#include <aloft/integrations/curl.hpp>
#include <aloft/integrations/postgres.hpp>
#include <aloft/integrations/sqlite.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include "http_client/raw_server.hpp"
#include "integrations/guide_kv.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace aloft::integrations;
using aloft::Span;
using aloft::testing::MemoryExporter;
using aloft::testing::SpanCopy;
using std::chrono::seconds;

CURLcode ask_for_score(Span& request, CURL* easy, curl_slist* headers) {
  CurlSpan call(request, easy,
                {.url = "https://fraud.internal/v1/scores/{id}", .headers = headers});
  return call.perform();
}

void finish_what_is_done(CURLM* multi) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CurlSpan* call = nullptr;  // you set it with CURLOPT_PRIVATE
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
    call->finish(message->data.result);
  }
}

std::int64_t count_entries(Span& request, sqlite3_stmt* statement) {
  std::int64_t count = 0;
  SqliteSpan run(request, statement, {.statement_text = true});
  while (run.step() == SQLITE_ROW) count += sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return count;
}

PGresult* total_of(Span& request, PGconn* connection, const char* id) {
  return traced_exec_params(
      request, connection,
      {.command = "SELECT total FROM entry WHERE id = $1", .param_count = 1, .values = &id});
}

void read_all(Span& request, PGconn* connection) {
  PostgresSpan query(request, connection, "SELECT total FROM entry");
  if (PQsendQuery(connection, "SELECT total FROM entry") == 0) return query.fail();
  while (PGresult* result = query.next_result()) PQclear(result);
}

TEST(GuideToYourOwnLibraries, TracesATransferInBothKindsOfHandle) {
  const aloft::http_client::RawServer server([](aloft::http_client::RawConnection& connection) {
    connection.receive_request();
    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  MemoryExporter memory;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "shop", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  Span request = telemetry->tracer().start("request");
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, server.url().c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  EXPECT_EQ(ask_for_score(request, easy, nullptr), CURLE_OK);
  {
    CurlSpan call(request, easy, {.url = "https://fraud.internal/v1/scores/{id}"});
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &call);
    CURLM* multi = curl_multi_init();
    curl_multi_add_handle(multi, easy);
    for (int running = 1; running > 0;) {
      curl_multi_perform(multi, &running);
      if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    finish_what_is_done(multi);
    curl_multi_remove_handle(multi, easy);
    curl_multi_cleanup(multi);
  }
  curl_easy_cleanup(easy);
  request.end();
  telemetry->flush(seconds(1));

  int answered = 0;
  for (const SpanCopy& span : memory.spans()) answered += span.http_status == 204 ? 1 : 0;
  EXPECT_EQ(answered, 2);
}

TEST(GuideToYourOwnLibraries, TracesAStatement) {
  MemoryExporter memory;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "shop", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  Span request = telemetry->tracer().start("request");
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_prepare_v2(database, "SELECT 7", -1, &statement, nullptr), SQLITE_OK);

  EXPECT_EQ(count_entries(request, statement), 7);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  request.end();
  telemetry->flush(seconds(1));

  EXPECT_EQ(memory.span("memory").sql.sanitized_query, "SELECT ?");
}

TEST(GuideToYourOwnLibraries, RecordsAFailureOfAConnectionThatNeverWas) {
  MemoryExporter memory;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "shop", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  Span request = telemetry->tracer().start("request");
  PGconn* connection = PQconnectdb("host=/nowhere password=secret");
  PQclear(total_of(request, connection, "secret"));
  read_all(request, connection);
  PQfinish(connection);
  request.end();
  telemetry->flush(seconds(1));

  ASSERT_EQ(memory.spans().size(), 3U);
  EXPECT_TRUE(memory.spans()[1].fault);
  EXPECT_TRUE(memory.spans()[2].fault);
}

TEST(KvSpan, RecordsTheOperationAndNeitherKeyNorValue) {
  MemoryExporter memory;
  auto telemetry = aloft::Telemetry::create({.service_name = "shop",
                                             .exporter = memory.exporter(),
                                             .pipeline = {.threading = aloft::Threading::manual}});
  Span request = telemetry->tracer().start("request");
  KvClient client{.cluster = "sessions"};
  std::string value;

  EXPECT_EQ(shop::get(request, client, "secret key", value), KV_OK);
  request.end();
  telemetry->flush(seconds(1));

  const SpanCopy span = memory.span("sessions");
  EXPECT_EQ(span.kind, aloft::SpanKind::remote);
  EXPECT_EQ(span.annotation("kv_operation"), "get");
  EXPECT_EQ(span.annotation("value_bytes"), "12");
  EXPECT_FALSE(span.fault);
  for (const auto& [key, text] : span.annotations) {
    EXPECT_EQ(span.annotation(key).find("secret"), std::string::npos);
  }
}

TEST(KvSpan, IsAFaultWhenTheStoreDoesNotAnswer) {
  MemoryExporter memory;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "shop", .exporter = memory.exporter()});
  Span request = telemetry->tracer().start("request");
  KvClient client{.cluster = "sessions", .next = KV_TIMEOUT};
  std::string value;

  EXPECT_EQ(shop::get(request, client, "key", value), KV_TIMEOUT);
  request.end();
  telemetry->flush(seconds(1));

  EXPECT_EQ(memory.span("sessions").exceptions.at(0).type, "deadline_exceeded");
  EXPECT_EQ(memory.span("sessions").annotation("found"), "false");
}

}  // namespace
