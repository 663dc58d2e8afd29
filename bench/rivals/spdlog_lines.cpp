// SPDX-License-Identifier: Apache-2.0
#include "rivals/spdlog_lines.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <iterator>
#include <memory>
#include <string>

namespace aloft::bench {
namespace {

/// A quoted text with its escapes. Most need none, and are copied at once.
void put_text(fmt::memory_buffer& out, std::string_view text) {
  out.push_back('"');
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + plain, text.data() + i);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(text[i]);
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
    plain = i + 1;
  }
  out.append(text.data() + plain, text.data() + text.size());
  out.push_back('"');
}

void put(fmt::memory_buffer& out, std::string_view bytes) {
  out.append(bytes.data(), bytes.data() + bytes.size());
}

void put_member(fmt::memory_buffer& out, std::string_view key, std::string_view value) {
  put(out, key);
  put_text(out, value);
}

/// What stands behind `"message":`.
void put_line(fmt::memory_buffer& out, std::string_view message) {
  put_text(out, message);
  put_member(out, ",\"service\":", kService);
  put_member(out, ",\"logger\":", kLoggerName);
  put_member(out, ",\"request_id\":", kRequest);
  put_member(out, ",\"tenant_id\":", kTenant);
  put_member(out, ",\"user_id\":", kUser);
  put_member(out, ",\"fields\":{\"charge_id\":", kChargeId);
  fmt::format_to(std::back_inserter(out), ",\"amount_minor\":{}", kAmount);
  put_member(out, ",\"currency\":", kCurrency);
  fmt::format_to(std::back_inserter(out), ",\"retried\":{},\"took\":{}}}", false, kTook);
}

std::shared_ptr<spdlog::logger> make(SpdlogMode mode, const char* path) {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  std::shared_ptr<spdlog::logger> log;
  if (mode == SpdlogMode::asynchronous) {
    spdlog::init_thread_pool(8'192, 1);
    log = std::make_shared<spdlog::async_logger>(std::string(kLoggerName), sink,
                                                 spdlog::thread_pool());
  } else {
    log = std::make_shared<spdlog::logger>(std::string(kLoggerName), sink);
  }
  log->set_pattern(R"({"timestamp":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":%v})",
                   spdlog::pattern_time_type::utc);
  return log;
}

}  // namespace

void write_with_spdlog(SpdlogMode mode, const char* path, std::uint64_t lines) {
  const std::shared_ptr<spdlog::logger> log = make(mode, path);
  fmt::memory_buffer out;
  for (std::uint64_t i = 0; i < lines; ++i) {
    out.clear();
    put_line(out, "charge accepted");
    log->info(spdlog::string_view_t(out.data(), out.size()));
  }
  log->flush();
  spdlog::shutdown();  // the queue is written first
}

}  // namespace aloft::bench
