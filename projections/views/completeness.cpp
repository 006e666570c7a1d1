#include "projections/views/completeness.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "projections/views/view.hpp"

namespace views {
namespace {

// Beside the cursor, which says how far; this says what was in it.
constexpr std::string_view completeness_key = "completeness";

// The same on every machine and in every build, since it is stored.
static_assert(std::endian::native == std::endian::little, "words are hashed as they are in memory");
class Hash {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15u;
    state_ ^= state_ >> 32;
  }
  void add(std::string_view text) {
    add(text.size());
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t)))
      add(word(text));
    if (!text.empty()) add(word(text));
  }
  // Every bit of what was added shows in every bit.
  std::uint64_t value() const {
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

 private:
  static std::uint64_t word(std::string_view text) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
    return bytes;
  }

  std::uint64_t state_ = 0x243f6a8885a308d3u;
};

}  // namespace

void Completeness::add(
    std::string_view stream, std::uint64_t version, kernel::CommitNumber commit) {
  Hash hash;
  hash.add(stream);
  hash.add(version);
  hash.add(commit);
  digest += hash.value();
  ++facts;
}

Completeness read_completeness(const fold::Reads& store) {
  Completeness completeness;
  if (const auto cursor = fold::read_cursor(store); cursor && cursor->head.next > 0)
    completeness.position = cursor->head.next - 1;
  if (const auto stored = store.get(fold::cursor_family, completeness_key)) {
    completeness.facts = fold::from_ordered(*stored);
    completeness.digest = fold::from_ordered(stored->substr(sizeof(std::uint64_t)));
  }
  return completeness;
}

fold::Change to_change(const Completeness& completeness) {
  return {
      fold::cursor_family,
      std::string{completeness_key},
      fold::ordered(completeness.facts) + fold::ordered(completeness.digest)};
}

void Audit::apply(const fold::CommitView& commit, fold::Batch&) {
  for (const auto& fact : commit.facts)
    if (view_.facts.contains(fact.type)) found_.add(fact.aggregate, fact.version, commit.number);
  found_.position = commit.number;
}

}  // namespace views
