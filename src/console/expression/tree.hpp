// SPDX-License-Identifier: Apache-2.0
// How the operands of an expression are joined: AND, OR, `!`, in any depth that the parser allows.
// What an operand is, the language knows: here it is a number.
//
//   bool holds = tree.evaluate(root, [&](std::uint32_t operand) { return terms[operand] …; });
//
// Thread-safety: plain value; evaluation is pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aloft::console::expression {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFF'FFFF;

enum class NodeKind : std::uint8_t { operand, negation, all, any };

class Tree {
 public:
  NodeId add_operand(std::uint32_t operand) {
    nodes_.push_back({NodeKind::operand, operand, kNoNode, kNoNode});
    return last();
  }
  NodeId add_negation(NodeId of) {
    nodes_.push_back({NodeKind::negation, 0, of, kNoNode});
    return last();
  }
  /// @param children  at least one, each in no other list.
  NodeId add_list(NodeKind kind, std::span<const NodeId> children) {
    if (children.size() == 1) return children.front();
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
      nodes_[children[i]].sibling = children[i + 1];
    }
    nodes_.push_back({kind, 0, children.front(), kNoNode});
    return last();
  }

  /// As deep as the parser allowed; looks at an operand only when the outcome depends on it.
  template <typename Holds>
  bool evaluate(NodeId id, const Holds& holds) const {
    const Node& node = nodes_[id];
    switch (node.kind) {
      case NodeKind::operand:
        return holds(node.operand);
      case NodeKind::negation:
        return !evaluate(node.child, holds);
      case NodeKind::all:
      case NodeKind::any:
        break;
    }
    const bool decides = node.kind == NodeKind::any;
    for (NodeId child = node.child; child != kNoNode; child = nodes_[child].sibling) {
      if (evaluate(child, holds) == decides) return decides;
    }
    return !decides;
  }

 private:
  struct Node {
    NodeKind kind = NodeKind::operand;
    std::uint32_t operand = 0;
    NodeId child = kNoNode;    // the first
    NodeId sibling = kNoNode;  // the next child of the same list
  };
  NodeId last() const noexcept { return static_cast<NodeId>(nodes_.size() - 1); }

  std::vector<Node> nodes_;
};

}  // namespace aloft::console::expression
