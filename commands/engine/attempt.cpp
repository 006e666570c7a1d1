#include "commands/engine/attempt.hpp"

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <stdexcept>

namespace engine {
namespace {

// A context whose commands take each other along in a circle would never end.
constexpr int depth_max = 8;

}  // namespace

std::string stream_of(const schemas::Table& command, std::string_view id) {
  return fmt::format("{}/{}/{}", command.context, command.aggregate, id);
}

std::string address_in(const schemas::Table& command, std::string_view body) {
  // The body was made by the schema's own reader, so it need not be verified again.
  const auto* table = flatbuffers::GetRoot<flatbuffers::Table>(body.data());
  return table->GetPointer<const flatbuffers::String*>(command.address().slot)->str();
}

Attempt::Outcome Attempt::run(const schemas::Table& command, const std::string& body) {
  lead_ = stream_of(command, address_in(command, body));
  return decide(command, lead_, body, 0);
}

Attempt::Touched* Attempt::touch(const std::string& stream) {
  const auto known = touched_.find(stream);
  if (known == touched_.end()) {
    auto* entry = cache_.find(stream);
    if (!entry) return nullptr;
    return &touched_.emplace(stream, Touched{entry, entry->version, nullptr}).first->second;
  }
  auto& touched = known->second;
  if (!touched.copy && touched.version != touched.entry->version) {
    touched.copy = touched.entry->aggregate->copy();
    for (const auto& fact : facts_)
      if (fact.aggregate == stream) touched.copy->evolve(fact.type, fact.data.data, now_);
  }
  return &touched;
}

Attempt::Outcome Attempt::decide(
    const schemas::Table& command, const std::string& stream, const std::string& body, int depth) {
  if (depth > depth_max) throw std::logic_error(command.name + " takes commands along without end");
  auto* touched = touch(stream);
  if (!touched) {
    missing_.push_back(stream);
    return Outcome::missing;
  }
  const auto& aggregate = touched->copy ? *touched->copy : *touched->entry->aggregate;
  auto verdict = aggregate.decide(command.name, body, touched->version, now_);
  if (auto* refusal = std::get_if<Refusal>(&verdict)) {
    refusal_ = std::move(*refusal);
    refused_by_ = stream;
    return Outcome::refused;
  }
  auto& facts = std::get<std::vector<Decided>>(verdict);
  // "Nothing to do" takes nothing along: what it asked for was done before.
  if (facts.empty()) return Outcome::decided;
  const auto steps = aggregate.together(command.name, body);
  record(stream, *touched, std::move(facts));

  auto outcome = Outcome::decided;
  for (const auto& step : steps) {
    const auto& table = *schemas::platform().table(step.command);
    const auto next = decide(table, stream_of(table, step.id), step.body, depth + 1);
    // Go on past what is missing, so that all of it is loaded in one go; only then is a refusal the
    // first one.
    if (next == Outcome::missing)
      outcome = next;
    else if (next == Outcome::refused && outcome != Outcome::missing)
      return next;
  }
  return outcome;
}

void Attempt::record(const std::string& stream, Touched& touched, std::vector<Decided> facts) {
  for (auto& decided : facts) {
    if (touched.copy) touched.copy->evolve(decided.type, decided.data, now_);
    construct::Fact& fact = facts_.emplace_back();
    fact.aggregate = stream;
    fact.version = ++touched.version;
    fact.type = decided.type;
    fact.data.data = std::move(decided.data);
  }
}

void Attempt::evolve(CommitNumber number) {
  for (auto& [stream, touched] : touched_) {
    if (touched.copy)
      touched.entry->aggregate = std::move(touched.copy);
    else
      for (const auto& fact : facts_)
        if (fact.aggregate == stream)
          touched.entry->aggregate->evolve(fact.type, fact.data.data, now_);
    if (touched.version != touched.entry->version) touched.entry->needs_folded = number + 1;
    touched.entry->version = touched.version;
  }
}

}  // namespace engine
