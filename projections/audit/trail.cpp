#include "projections/audit/trail.hpp"

#include <utility>

#include "domain/fold/names.hpp"
#include "domain/fold/store.hpp"

namespace audit {
namespace {

constexpr std::size_t hash_kept = 16;
constexpr std::size_t terms_most = 4096;

std::string prefix_of(Tag tag, std::string_view value) {
  std::string key(1, static_cast<char>(tag));
  return key.append(kernel::text(kernel::sha256(value)).substr(0, hash_kept));
}

// Seven bits a byte, the lowest first; all but the last with the eighth set.
void write_step(std::string& out, std::uint64_t step) {
  for (; step >= 0x80; step >>= 7) out.push_back(static_cast<char>(step | 0x80));
  out.push_back(static_cast<char>(step));
}

std::uint64_t read_step(std::string_view& in) {
  std::uint64_t step = 0;
  for (int shift = 0; !in.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    step |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return step;
}

}  // namespace

void TrailFold::add(Tag tag, std::string_view value, kernel::CommitNumber number) {
  std::string name(1, static_cast<char>(tag));
  name += value;
  auto at = terms_.find(name);
  if (at == terms_.end())
    at = terms_.emplace(std::move(name), Term{.prefix = prefix_of(tag, value)}).first;
  auto& term = at->second;
  if (!term.open) {
    term.open = true;
    term.first = number;
  } else if (number != term.last) {  // and not another fact of the same commit
    write_step(term.steps, number - term.last);
  }
  term.last = number;
}

void TrailFold::apply(const fold::CommitView& commit, fold::Batch& batch) {
  if (!commit.actor.empty()) add(Tag::actor, commit.actor, commit.number);
  for (const auto& fact : commit.facts) {
    add(Tag::type, fact.type, commit.number);
    add(Tag::context, fold::context_of(fact.aggregate), commit.number);
  }
  // Few commits share these.
  const auto put = [&](Tag tag, std::string_view value) {
    if (value.empty()) return;
    batch.push_back(
        {TrailFamilies::trail, prefix_of(tag, value).append(fold::ordered(commit.number)), ""});
  };
  put(Tag::correlation, commit.correlation);
  put(Tag::causation, commit.causation);
}

void TrailFold::flush(fold::Batch& batch) {
  for (auto& [name, term] : terms_) {
    if (!term.open) continue;
    batch.push_back(
        {TrailFamilies::trail,
         term.prefix + fold::ordered(term.first),
         std::exchange(term.steps, {})});
    term.open = false;
  }
  if (terms_.size() > terms_most) terms_.clear();
}

void Trail::scan(
    Tag tag,
    std::string_view value,
    kernel::CommitNumber from,
    const std::function<bool(kernel::CommitNumber)>& visit) const {
  const auto prefix = prefix_of(tag, value);
  auto begin = prefix + fold::ordered(from);
  // The entry before may reach to there.
  store_.scan_back(TrailFamilies::trail, prefix, begin, [&](std::string_view key, auto) {
    begin = key;
    return false;
  });
  store_.scan(
      TrailFamilies::trail, prefix, begin, [&](std::string_view key, std::string_view steps) {
        for (auto number = fold::from_ordered(key.substr(prefix.size()));;) {
          if (number >= from && !visit(number)) return false;
          if (steps.empty()) return true;
          number += read_step(steps);
        }
      });
}

}  // namespace audit
