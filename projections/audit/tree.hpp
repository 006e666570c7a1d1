// The Merkle tree over the log: one leaf for each commit, hashed as RFC 6962 (2.1) says, stored as
// the tiles of c2sp.org/tlog-tiles.
//
//   leaf index = the commit's number
//   entry "LR2", big-endian, 53 bytes:
//     version 0x02 (1)  number (8)  time in µs since 1970 (8)  length (4)  SHA-256 (32)
//   where length and SHA-256 are those of the commit's bytes as its block holds them. Nothing of
//   the log's store enters it, so a log that is restored into another store keeps its leaves. leaf
//   = SHA-256(0x00 entry)   node = SHA-256(0x01 left right)   empty tree = SHA-256("")
//
// A tile holds up to 256 hashes: those of leaves at level 0, above it those of full tiles of the
// level below. What is stored of one that is not full is a prefix of what it will be.
//
// Concurrency: a Tree reads from any thread, beside the one thread that folds.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/store.hpp"
#include "domain/kernel/crypto.hpp"
#include "schemas/types.hpp"

namespace audit {

using kernel::CommitNumber;
using kernel::Digest;

struct Families {
  // tiles        level (1) index (8)  -> the tile's hashes, one after the other
  // entries      index (8)            -> up to 256 entries, each behind its length (2)
  // checkpoints  size (8)             -> the signed checkpoint, as it was published
  // meta         see below
  static constexpr fold::Family tiles = 1, entries = 2, checkpoints = 3, meta = 4;
  static constexpr std::array names{"tiles", "entries", "checkpoints", "meta"};
};
// Of meta: which log this is, "<deployment>/<incarnation>"; the checkpoint that readers are given;
// the newest one, which may wait for witnesses; the key it is verified with.
inline constexpr std::string_view log_key = "log", published_key = "published",
                                  pending_key = "pending", vkey_key = "vkey";

inline constexpr std::uint64_t tile_width = 256;
inline constexpr unsigned tile_height = 8;  // levels of nodes in a tile
inline constexpr std::size_t hash_size = 32;
inline constexpr std::size_t entry_size = 53;
inline constexpr std::size_t framed_entry_size = 2 + entry_size;  // in a bundle

std::string entry_of(CommitNumber number, schemas::Time at, std::string_view commit);
Digest leaf_hash(std::string_view entry);
Digest node_hash(const Digest& left, const Digest& right);

std::string tile_key(unsigned level, std::uint64_t index);
Digest hash_at(std::string_view hashes, std::size_t index);

// What the tiles must hold is not there, or is not what was signed; a sentence.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Tree {
 public:
  explicit Tree(const fold::Reads& store) : store_{store} {}

  // Of so many leaves; all of them must be in the store. These throw Refused when they are not.
  Digest root(std::uint64_t size) const;
  // Audit path and consistency proof (RFC 6962, 2.1.1 and 2.1.2): index < size, old_size <= size.
  std::vector<Digest> inclusion(std::uint64_t index, std::uint64_t size) const;
  std::vector<Digest> consistency(std::uint64_t old_size, std::uint64_t size) const;

  Digest leaf(CommitNumber number) const { return subtree(0, number); }

 private:
  // MTH(D[begin:end]); `begin` is a multiple of a power of two that is not less than end - begin.
  Digest range(std::uint64_t begin, std::uint64_t end) const;
  // Of 2^height leaves.
  Digest subtree(unsigned height, std::uint64_t index) const;

  const fold::Reads& store_;
};

// Of n > 1 leaves, how many are in the left half: the largest power of two below n.
std::uint64_t split(std::uint64_t n);

// How many entries hold the index of the first leaf that is not in them: size of the tree in the
// store, by its cursor.
std::uint64_t size_of(const fold::Reads& store);

}  // namespace audit
