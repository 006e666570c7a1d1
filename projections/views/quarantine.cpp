#include "projections/views/quarantine.hpp"

#include "domain/fold/fold.hpp"
#include "projections/views/view.hpp"

namespace views {
namespace {

constexpr std::string_view count_key = "set_aside";
constexpr std::string_view resumed_key = "resumed";
constexpr std::string_view key_prefix = "key/";
constexpr std::string_view fact_prefix = "fact/";

std::string header_key(std::string_view key) { return std::string{key_prefix}.append(key); }

std::string facts_of(std::string_view key) {
  return std::string{fact_prefix}.append(key).append(1, '\0');
}

std::string fact_key(std::string_view key, const construct::SetAsideFact& fact) {
  return facts_of(key) + fold::ordered(fact.commit) + fold::ordered(fact.index);
}

std::uint64_t number(const fold::Reads& store, std::string_view key) {
  const auto bytes = store.get(fold::cursor_family, key);
  return bytes ? fold::from_ordered(*bytes) : 0;
}

template <class Visit>
void each_key(const fold::Reads& store, fold::Family family, Visit&& visit) {
  store.scan(family, key_prefix, "", [&](std::string_view key, std::string_view value) {
    visit(key.substr(key_prefix.size()), value);
    return true;
  });
}

}  // namespace

std::vector<SetAside> set_aside(const fold::Reads& store, const ViewType& view) {
  std::vector<SetAside> keys;
  each_key(store, quarantine_family(view), [&](std::string_view key, std::string_view value) {
    construct::SetAsideKey header;
    decode(value, header);
    keys.push_back({std::string{key}, header.why, header.facts, header.first_commit, header.since});
  });
  return keys;
}

std::uint64_t count_set_aside(const fold::Reads& store) { return number(store, count_key); }

// An id may have parts itself, so a row's key does not tell which of its parts are the aggregate's
// id: each beginning is looked up, and a row may be marked that need not be.
bool is_set_aside(const fold::Reads& store, const ViewType& view, std::string_view row_key) {
  const auto held = [&, family = quarantine_family(view)](std::string_view key) {
    return store.get(family, header_key(key)).has_value();
  };
  if (view.whole) return held(whole_view);
  for (auto end = row_key.find('~'); end != std::string_view::npos;
       end = row_key.find('~', end + 1))
    if (held(row_key.substr(0, end))) return true;
  return held(row_key);
}

kernel::CommitNumber resumed_before(const fold::Reads& store) { return number(store, resumed_key); }

Quarantine::Quarantine(const ViewType& view, const fold::Store& store)
    : store_{store},
      family_{quarantine_family(view)},
      written_{store, family_ + 1},
      count_{count_set_aside(store)} {}

bool Quarantine::holds(std::string_view key) const {
  return !empty() && written_.get(family_, header_key(key)).has_value();
}

void Quarantine::begin(
    const std::string& key, const construct::SetAsideFact& fact, std::string why) {
  put(key,
      construct::SetAsideKey{
          .why = std::move(why), .facts = 1, .first_commit = fact.commit, .since = fact.at});
  put(key, fact);
  count(count_ + 1);
}

void Quarantine::append(const std::string& key, const construct::SetAsideFact& fact) {
  auto held = header(key);
  ++held.facts;
  put(key, held);
  put(key, fact);
}

std::vector<std::string> Quarantine::keys() const {
  std::vector<std::string> found;
  each_key(store_, family_, [&](std::string_view key, auto) { found.emplace_back(key); });
  return found;
}

void Quarantine::each(
    const std::string& key,
    const std::function<void(const construct::SetAsideFact&)>& visit) const {
  construct::SetAsideFact fact;
  store_.scan(family_, facts_of(key), "", [&](auto, std::string_view value) {
    decode(value, fact);
    visit(fact);
    return true;
  });
}

void Quarantine::explain(const std::string& key, std::string why) {
  auto held = header(key);
  held.why = std::move(why);
  put(key, held);
}

void Quarantine::release(const std::string& key) {
  store_.scan(family_, facts_of(key), "", [&](std::string_view fact, auto) {
    written_.put(family_, std::string{fact}, std::nullopt);
    return true;
  });
  written_.put(family_, header_key(key), std::nullopt);
  count(count_ - 1);
  const auto cursor = fold::read_cursor(store_);
  written_.put(
      fold::cursor_family, std::string{resumed_key}, fold::ordered(cursor ? cursor->head.next : 0));
}

construct::SetAsideKey Quarantine::header(std::string_view key) const {
  construct::SetAsideKey header;
  decode(written_.get(family_, header_key(key)).value(), header);
  return header;
}

void Quarantine::put(const std::string& key, const construct::SetAsideKey& header) {
  written_.put(family_, header_key(key), encode(header));
}

void Quarantine::put(const std::string& key, const construct::SetAsideFact& fact) {
  written_.put(family_, fact_key(key, fact), encode(fact));
}

void Quarantine::count(std::uint64_t keys) {
  count_ = keys;
  written_.put(
      fold::cursor_family,
      std::string{count_key},
      keys == 0 ? std::nullopt : std::optional{fold::ordered(keys)});
}

}  // namespace views
