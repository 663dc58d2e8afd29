// SPDX-License-Identifier: Apache-2.0
#include "http_server/request_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

/// Ours: what one read takes beyond a head, bodies and pipelined requests included.
constexpr std::size_t kReadAheadBytes = 64 * 1024;

std::string_view view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

ReadStatus classify(const beast::error_code& code, bool target_known) {
  using beast::http::error;
  if (!code) return ReadStatus::ok;
  if (code == asio::error::operation_aborted) return ReadStatus::cancelled;
  if (code == error::end_of_stream) return ReadStatus::end;
  if (code == error::partial_message) return ReadStatus::lost;
  if (code == error::header_limit || code == error::buffer_overflow) {
    return target_known ? ReadStatus::long_header : ReadStatus::long_target;
  }
  if (code == error::body_limit) return ReadStatus::long_body;
  if (code == error::bad_version) return ReadStatus::bad_version;
  const bool ours = code.category() == beast::http::make_error_code(error::bad_method).category();
  return ours ? ReadStatus::bad_syntax : ReadStatus::lost;
}

}  // namespace

struct RequestReader::Parser {
  using Message = beast::http::request_parser<beast::http::string_body>;

  Parser(asio::ip::tcp::socket& the_socket, const ServerOptions& the_options)
      : socket(the_socket),
        options(the_options),
        buffer(the_options.header_limit_bytes + kReadAheadBytes) {}

  asio::ip::tcp::socket& socket;
  const ServerOptions& options;
  beast::flat_buffer buffer;
  std::optional<Message> message;
};

RequestReader::RequestReader(asio::ip::tcp::socket& socket, const ServerOptions& options)
    : parser_(std::make_unique<Parser>(socket, options)) {}
RequestReader::~RequestReader() = default;

void RequestReader::read_head(Callback callback) {
  Parser& parser = *parser_;
  parser.message.emplace();
  parser.message->header_limit(static_cast<std::uint32_t>(parser.options.header_limit_bytes));
  parser.message->body_limit(parser.options.body_limit_bytes);
  beast::http::async_read_header(
      parser.socket, parser.buffer, *parser.message,
      [&parser, callback = std::move(callback)](const beast::error_code& code, std::size_t) {
        callback(classify(code, !parser.message->get().target().empty()));
      });
}

void RequestReader::read_body(Callback callback) {
  Parser& parser = *parser_;
  beast::http::async_read(
      parser.socket, parser.buffer, *parser.message,
      [callback = std::move(callback)](const beast::error_code& code, std::size_t) {
        callback(classify(code, true));
      });
}

bool RequestReader::has_buffered() const noexcept { return parser_->buffer.size() > 0; }

bool RequestReader::complete() const noexcept { return parser_->message->is_done(); }

bool RequestReader::keep_alive() const noexcept { return parser_->message->keep_alive(); }

RequestLine RequestReader::line() const noexcept {
  const auto& message = parser_->message->get();
  return {view(message.method_string()), view(message.target()), message.version()};
}

RequestReader::Fields RequestReader::copy_headers(http::Headers& headers, std::size_t limit) const {
  for (const auto& field : parser_->message->get()) {
    if (headers.size() == limit) return Fields::too_many;
    if (!headers.try_add(view(field.name_string()), view(field.value()))) return Fields::invalid;
  }
  return Fields::ok;
}

std::string RequestReader::take_body() { return std::move(parser_->message->get().body()); }

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
