#include "projections/audit/trail.hpp"

#include <algorithm>

#include "domain/fold/names.hpp"
#include "domain/fold/store.hpp"

namespace audit {
namespace {

constexpr std::size_t hash_kept = 16;
constexpr std::size_t prefixes_most = 4096;

std::string prefix_of(Tag tag, std::string_view value) {
  std::string key(1, static_cast<char>(tag));
  return key.append(kernel::text(kernel::sha256(value)).substr(0, hash_kept));
}

}  // namespace

const std::string& TrailFold::prefix_of(Tag tag, std::string_view value) {
  std::string name(1, static_cast<char>(tag));
  name += value;
  if (const auto known = prefixes_.find(name); known != prefixes_.end()) return known->second;
  if (prefixes_.size() >= prefixes_most) prefixes_.clear();
  return prefixes_.emplace(std::move(name), audit::prefix_of(tag, value)).first->second;
}

void TrailFold::apply(const fold::CommitView& commit, fold::Batch& batch) {
  const auto number = fold::ordered(commit.number);
  const auto add = [&](std::string prefix) {
    batch.push_back({TrailFamilies::trail, prefix.append(number), ""});
  };
  if (!commit.actor.empty()) add(prefix_of(Tag::actor, commit.actor));
  // Few commits share these.
  if (!commit.correlation.empty()) add(audit::prefix_of(Tag::correlation, commit.correlation));
  if (!commit.causation.empty()) add(audit::prefix_of(Tag::causation, commit.causation));
  for (const auto& fact : commit.facts) {
    add(prefix_of(Tag::type, fact.type));
    add(prefix_of(Tag::context, fold::context_of(fact.aggregate)));
  }
}

// The store finds the next key's place beside the last one's.
void TrailFold::flush(fold::Batch& batch) { std::ranges::sort(batch, {}, &fold::Change::key); }

void Trail::scan(
    Tag tag,
    std::string_view value,
    kernel::CommitNumber from,
    const std::function<bool(kernel::CommitNumber)>& visit) const {
  const auto prefix = prefix_of(tag, value);
  store_.scan(
      TrailFamilies::trail, prefix, prefix + fold::ordered(from), [&](std::string_view key, auto) {
        return visit(fold::from_ordered(key.substr(prefix.size())));
      });
}

}  // namespace audit
