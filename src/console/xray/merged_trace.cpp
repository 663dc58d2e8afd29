// SPDX-License-Identifier: Apache-2.0
#include "console/xray/merged_trace.hpp"

#include "console/datagram.hpp"
#include "console/document.hpp"

#include <aloft/core/json_writer.hpp>

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace aloft::console::xray {
namespace {

namespace dom = simdjson::dom;

struct Piece {
  std::unique_ptr<dom::parser> parser;  // holds the tree below
  dom::object root;
  std::string_view text;
  bool subsegment = false;
  bool placed = false;  // inside another document
};

std::uint64_t id_of(dom::object object, std::string_view key, bool& found) {
  std::string_view text;
  const auto id =
      object[key].get(text) == simdjson::SUCCESS ? parse_segment_id(text) : std::nullopt;
  found = id.has_value();
  return id.value_or(0);
}

void append_key(std::string_view key, std::string& out) {
  json::Buffer escaped(kMaxDatagramBytes * 6);
  json::append_escaped(escaped, key);
  out.append("\"").append(escaped.view()).append("\":");
}

class Merging {
 public:
  explicit Merging(const TraceDetail& detail) {
    for (std::size_t i = 0; i < detail.ends.size(); ++i) add(detail.document(i));
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!pieces_[i].subsegment) continue;
      bool found = false;
      const std::uint64_t parent = id_of(pieces_[i].root, "parent_id", found);
      if (found) children_[parent].push_back(i);
      const std::uint64_t id = id_of(pieces_[i].root, "id", found);
      if (found) alone_.emplace(id, i);
    }
  }

  std::vector<MergedSegment> segments() {
    std::vector<MergedSegment> out;
    for (const bool subsegments : {false, true}) {
      for (std::size_t i = 0; i < pieces_.size(); ++i) {
        // Segments first: what they take in is no orphan. A piece of a chain of orphans is only a
        // head when its own parent is not there.
        if (pieces_[i].subsegment != subsegments || pieces_[i].placed) continue;
        if (subsegments && parent_is_there(i)) continue;
        append(out, i);
      }
    }
    // Circles: each document is nobody's or everybody's child.
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!pieces_[i].placed) append(out, i);
    }
    return out;
  }

 private:
  void add(std::string_view text) {
    Piece piece;
    piece.parser = std::make_unique<dom::parser>();
    piece.text = text;
    dom::element element;
    if (piece.parser->parse(text.data(), text.size()).get(element) != simdjson::SUCCESS ||
        element.get(piece.root) != simdjson::SUCCESS) {
      return;
    }
    std::string_view type;
    piece.subsegment = piece.root["type"].get(type) == simdjson::SUCCESS && type == "subsegment";
    remember_ids(piece.root);
    pieces_.push_back(std::move(piece));
  }

  // Bounded by the depth that documents were accepted with.
  void remember_ids(dom::object span) {
    bool found = false;
    const std::uint64_t id = id_of(span, "id", found);
    if (found) known_.insert(id);
    dom::array inner;
    if (span["subsegments"].get(inner) != simdjson::SUCCESS) return;
    for (const dom::element element : inner) {
      dom::object child;
      if (element.get(child) == simdjson::SUCCESS) remember_ids(child);
    }
  }

  bool parent_is_there(std::size_t index) {
    bool found = false;
    const std::uint64_t parent = id_of(pieces_[index].root, "parent_id", found);
    return found && known_.count(parent) != 0;
  }

  void append(std::vector<MergedSegment>& out, std::size_t index) {
    Piece& piece = pieces_[index];
    piece.placed = true;
    MergedSegment segment;
    segment.own = piece.text;
    std::string_view id;
    if (piece.root["id"].get(id) == simdjson::SUCCESS) segment.id = id;
    if (children_.empty()) {
      segment.document = piece.text;
    } else {
      write(piece.root, 0, segment.document);
    }
    out.push_back(std::move(segment));
  }

  void write(dom::object span, std::size_t depth, std::string& out) {
    out += '{';
    bool first = true;
    std::optional<dom::array> inner;
    for (const dom::key_value_pair field : span) {
      dom::array list;
      if (field.key == "subsegments" && field.value.get(list) == simdjson::SUCCESS) {
        inner = list;
        continue;
      }
      if (!first) out += ',';
      first = false;
      append_key(field.key, out);
      out += simdjson::minify(field.value);
    }
    write_children(span, inner, depth, first, out);
    out += '}';
  }

  // A span that also travelled alone, and had ended then, is written in that form.
  dom::object latest_form(dom::object embedded) {
    bool found = false;
    const auto alone = alone_.find(id_of(embedded, "id", found));
    if (!found || alone == alone_.end() || pieces_[alone->second].placed) return embedded;
    Piece& piece = pieces_[alone->second];
    piece.placed = true;
    return piece.root["end_time"].is_number() ? piece.root : embedded;
  }

  void write_children(dom::object span, const std::optional<dom::array>& inner, std::size_t depth,
                      bool first, std::string& out) {
    const std::size_t before = out.size();
    if (!first) out += ',';
    out += "\"subsegments\":[";
    const std::size_t empty = out.size();
    if (inner) {
      for (const dom::element element : *inner) {
        dom::object child;
        if (element.get(child) != simdjson::SUCCESS) continue;
        if (out.size() != empty) out += ',';
        write(latest_form(child), depth + 1, out);
      }
    }
    bool found = false;
    const auto adopted = children_.find(id_of(span, "id", found));
    if (found && adopted != children_.end() && depth < kMaxDepth) {
      for (const std::size_t index : adopted->second) {
        if (std::exchange(pieces_[index].placed, true)) continue;
        if (out.size() != empty) out += ',';
        write(pieces_[index].root, depth + 1, out);
      }
    }
    if (out.size() == empty) {
      out.resize(before);
    } else {
      out += ']';
    }
  }

  std::vector<Piece> pieces_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> children_;  // by the parent's id
  std::unordered_map<std::uint64_t, std::size_t> alone_;  // subsegments by their own id
  std::unordered_set<std::uint64_t> known_;
};

}  // namespace

std::vector<MergedSegment> merge_segments(const TraceDetail& detail) {
  return Merging(detail).segments();
}

}  // namespace aloft::console::xray
