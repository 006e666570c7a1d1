#include "projections/audit/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "domain/fold/fold.hpp"

namespace audit {
namespace {

constexpr char entry_version = 2;
constexpr char leaf_prefix = 0, node_prefix = 1;

// Of a power of two of hashes that stand one after the other.
Digest combine(std::string_view hashes) {
  if (hashes.size() == hash_size) return hash_at(hashes, 0);
  const auto half = hashes.size() / 2;
  return node_hash(combine(hashes.substr(0, half)), combine(hashes.substr(half)));
}

}  // namespace

std::string entry_of(CommitNumber number, schemas::Time at, std::string_view commit) {
  std::string entry(1, entry_version);
  entry += fold::ordered(number);
  entry += fold::ordered(static_cast<std::uint64_t>(at.time_since_epoch().count()));
  entry +=
      fold::ordered(commit.size()).substr(4);  // a block, and so a commit, has far less than 4 GiB
  entry += kernel::text(kernel::sha256(commit));
  return entry;
}

Digest leaf_hash(std::string_view entry) {
  std::string bytes(1, leaf_prefix);
  return kernel::sha256(bytes.append(entry));
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<char, 1 + 2 * hash_size> bytes{node_prefix};
  std::ranges::copy(kernel::text(left), bytes.begin() + 1);
  std::ranges::copy(kernel::text(right), bytes.begin() + 1 + hash_size);
  return kernel::sha256({bytes.data(), bytes.size()});
}

std::string tile_key(unsigned level, std::uint64_t index) {
  return static_cast<char>(level) + fold::ordered(index);
}

Digest hash_at(std::string_view hashes, std::size_t index) {
  Digest digest;
  std::ranges::copy(hashes.substr(index * hash_size, hash_size), digest.begin());
  return digest;
}

std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

std::uint64_t size_of(const fold::Reads& store) {
  const auto cursor = fold::read_cursor(store);
  return cursor ? cursor->head.next : 0;
}

Digest Tree::root(std::uint64_t size) const {
  return size == 0 ? kernel::sha256("") : range(0, size);
}

std::vector<Digest> Tree::inclusion(std::uint64_t index, std::uint64_t size) const {
  std::vector<Digest> path;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const auto middle = begin + split(end - begin);
    if (index < middle) {
      path.push_back(range(middle, end));
      end = middle;
    } else {
      path.push_back(range(begin, middle));
      begin = middle;
    }
  }
  std::ranges::reverse(path);
  return path;
}

// SUBPROOF of RFC 6962 from the root down. `whole`: the subtree is the whole old tree still, whose
// root the verifier has.
std::vector<Digest> Tree::consistency(std::uint64_t old_size, std::uint64_t size) const {
  std::vector<Digest> proof;
  if (old_size == 0) return proof;
  std::uint64_t begin = 0, end = size;
  bool whole = true;
  while (old_size != end) {
    const auto middle = begin + split(end - begin);
    if (old_size <= middle) {
      proof.push_back(range(middle, end));
      end = middle;
    } else {
      proof.push_back(range(begin, middle));
      begin = middle;
      whole = false;
    }
  }
  if (!whole) proof.push_back(range(begin, end));
  std::ranges::reverse(proof);
  return proof;
}

Digest Tree::range(std::uint64_t begin, std::uint64_t end) const {
  const auto count = end - begin;
  if (std::has_single_bit(count))
    return subtree(static_cast<unsigned>(std::countr_zero(count)), begin / count);
  const auto middle = begin + split(count);
  return node_hash(range(begin, middle), range(middle, end));
}

Digest Tree::subtree(unsigned height, std::uint64_t index) const {
  const auto level = height / tile_height;
  const auto width = std::uint64_t{1} << height % tile_height;  // in hashes of that level
  const auto first = index * width;
  const auto tile = store_.get(Families::tiles, tile_key(level, first / tile_width));
  const auto at = first % tile_width * hash_size, size = width * hash_size;
  if (!tile || tile->size() < at + size)
    throw Refused(fmt::format(
        "tile {} of level {} is not there or too short; stop the process, remove the store, and it "
        "is made again from the log",
        first / tile_width,
        level));
  return combine(std::string_view{*tile}.substr(at, size));
}

}  // namespace audit
