#include "projections/audit/trail.hpp"

#include <fmt/format.h>

#include "domain/fold/names.hpp"
#include "domain/fold/store.hpp"

namespace audit {
namespace {

constexpr std::size_t hash_kept = 16;

std::string prefix_of(Tag tag, std::string_view value) {
  std::string key(1, static_cast<char>(tag));
  return key.append(kernel::text(kernel::sha256(value)).substr(0, hash_kept));
}

}  // namespace

void TrailFold::apply(const fold::Commit& commit, fold::Batch& batch) {
  const auto number = fold::ordered(commit.number);
  const auto add = [&](Tag tag, std::string_view value) {
    if (!value.empty()) batch.push_back({TrailFamilies::trail, prefix_of(tag, value) + number, ""});
  };
  const auto& content = commit.content;
  add(Tag::actor, content.actor);
  add(Tag::correlation, content.correlation);
  add(Tag::causation, content.causation);
  for (const auto& fact : content.facts) {
    add(Tag::type, fact.type);
    add(Tag::context, fold::context_of(fact.aggregate));
  }
}

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
