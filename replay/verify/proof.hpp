// What an auditor holds in hand: proofs (c2sp.org/tlog-proof) and the entries of the tree ("LR2",
// 53 bytes, big-endian):
//
//   version 0x02 (1)  number (8)  time in µs since 1970 (8)  length (4)  SHA-256 (32)
//
// where length and SHA-256 are those of a commit's bytes as the log holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/verify/note.hpp"

namespace verify {

inline constexpr std::size_t entry_size = 53;

struct Entry {
  std::uint64_t number = 0;
  std::int64_t time_us = 0;
  std::uint32_t length = 0;
  Digest hash{};

  bool operator==(const Entry&) const = default;
};
Entry parse_entry(std::string_view bytes);  // throws NotVerified
// Of the commit of this number. Throws NotVerified when the bytes are no commit.
Entry entry_of(std::uint64_t number, std::string_view commit);
std::string to_bytes(const Entry& entry);

struct Proof {
  std::uint64_t index = 0;
  std::vector<Digest> path;
  std::string checkpoint;  // the note
};
Proof parse_proof(std::string_view text);  // throws NotVerified

// One hash a line, each ended by a newline. Throws NotVerified.
std::vector<Digest> parse_hashes(std::string_view lines);

}  // namespace verify
