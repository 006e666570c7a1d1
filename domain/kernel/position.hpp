// Where a commit stands in the log, and the opaque token by which clients name it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kernel {

// Commits are numbered from 0 without gaps. A fold that has applied commits 0..n stands at position
// n.
using CommitNumber = std::uint64_t;

// A position as clients see it: which incarnation of the log, and which commit. A log restored from
// a backup is a new incarnation, so that a token from before cannot be mistaken for one of today's.
struct Position {
  std::string incarnation;  // 8 lower-case hexadecimal digits
  CommitNumber commit = 0;
  auto operator<=>(const Position&) const = default;
};

// "5f0c2a91-1204". Clients must treat it as opaque.
std::string to_token(const Position& position);
std::optional<Position> parse_position(std::string_view token);

}  // namespace kernel
