// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/json_reader.hpp>

#include <simdjson.h>

#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

struct JsonDocument::Parsed {
  simdjson::dom::parser parser;
  simdjson::dom::element root;

  simdjson::simdjson_result<simdjson::dom::element> at(std::string_view pointer) const noexcept {
    return pointer.empty()
               ? simdjson::simdjson_result<simdjson::dom::element>(simdjson::dom::element(root))
               : root.at_pointer(pointer);
  }
};

namespace {

Unexpected missing(std::string_view pointer) {
  return fail(ErrorCode::not_found, "field " + std::string(pointer) + " is missing");
}

Unexpected mistyped(std::string_view pointer, std::string_view wanted) {
  return fail(ErrorCode::invalid_argument,
              "field " + std::string(pointer) + " is not " + std::string(wanted));
}

template <typename T, typename Element>
Result<T> read(Element&& element, std::string_view pointer, std::string_view wanted) {
  if (element.error() != simdjson::SUCCESS) return missing(pointer);
  T value{};
  if (element.value_unsafe().get(value) != simdjson::SUCCESS) return mistyped(pointer, wanted);
  return value;
}

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<Parsed> parsed) noexcept : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view json, JsonLimits limits) {
  if (json.size() > limits.bytes) {
    return fail(ErrorCode::resource_exhausted,
                "the document has more than " + std::to_string(limits.bytes) + " bytes");
  }
  // simdjson copies from where it points, also nothing from nowhere.
  if (json.empty()) return fail(ErrorCode::invalid_argument, "the document is not valid JSON");
  auto parsed = std::make_unique<Parsed>();
  if (parsed->parser.allocate(json.size() + 1, limits.depth) != simdjson::SUCCESS) {
    return fail(ErrorCode::resource_exhausted, "no memory for the document");
  }
  const simdjson::error_code error =
      parsed->parser.parse(json.data(), json.size(), true).get(parsed->root);
  if (error == simdjson::DEPTH_ERROR) {
    return fail(ErrorCode::resource_exhausted,
                "the document is nested deeper than " + std::to_string(limits.depth));
  }
  if (error != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "the document is not valid JSON");
  }
  return JsonDocument(std::move(parsed));
}

Result<std::string_view> JsonDocument::text(std::string_view pointer) const {
  return read<std::string_view>(parsed_->at(pointer), pointer, "a string");
}

Result<std::int64_t> JsonDocument::integer(std::string_view pointer) const {
  return read<std::int64_t>(parsed_->at(pointer), pointer, "an integer of 64 bits");
}

Result<double> JsonDocument::number(std::string_view pointer) const {
  return read<double>(parsed_->at(pointer), pointer, "a number");
}

Result<bool> JsonDocument::boolean(std::string_view pointer) const {
  return read<bool>(parsed_->at(pointer), pointer, "true or false");
}

Result<std::size_t> JsonDocument::size(std::string_view pointer) const {
  const auto element = parsed_->at(pointer);
  if (element.error() != simdjson::SUCCESS) return missing(pointer);
  simdjson::dom::array array;
  if (element.value_unsafe().get(array) == simdjson::SUCCESS) return array.size();
  simdjson::dom::object object;
  if (element.value_unsafe().get(object) == simdjson::SUCCESS) return object.size();
  return mistyped(pointer, "an array or an object");
}

Result<std::vector<JsonText>> JsonDocument::texts(std::string_view pointer) const {
  const auto element = parsed_->at(pointer);
  if (element.error() != simdjson::SUCCESS) return missing(pointer);
  simdjson::dom::object object;
  if (element.value_unsafe().get(object) != simdjson::SUCCESS) {
    return mistyped(pointer, "an object");
  }
  std::vector<JsonText> members;
  for (const simdjson::dom::key_value_pair& member : object) {
    JsonText& text = members.emplace_back(JsonText{member.key, {}});
    if (member.value.get(text.text) != simdjson::SUCCESS) {
      return mistyped(pointer, "an object of strings");
    }
  }
  return members;
}

bool JsonDocument::has(std::string_view pointer) const noexcept {
  return parsed_->at(pointer).error() == simdjson::SUCCESS;
}

bool JsonDocument::is_object() const noexcept { return parsed_->root.is_object(); }

}  // namespace http
}  // namespace v0
}  // namespace aloft
