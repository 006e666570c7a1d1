#include "commands/flows/fold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "commands/engine/port.hpp"
#include "commands/engine/streams.hpp"
#include "domain/fold/names.hpp"
#include "domain/kernel/match.hpp"

namespace flows {
namespace {

using Families = FlowsFamilies;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

}  // namespace

std::string instance_key(std::string_view flow, std::string_view instance) {
  std::string key{flow};
  key += '\0';
  return key.append(instance);
}

struct FlowsFold::Instance {
  const FlowType& flow;
  std::string name;
  construct::FlowInstance record;

  std::string key() const { return instance_key(flow.name, name); }
  auto waiting(std::string_view step) {
    return std::ranges::find(record.waiting, step, &construct::FlowWaiting::step);
  }
};

FlowsFold::FlowsFold(const fold::Store& store, const std::vector<FlowType>& flows)
    : flows_{flows}, written_{store, Families::names.size() + 1} {
  for (const auto& flow : flows)
    for (const auto& [fact, hears] : flow.facts) by_fact_[fact].emplace_back(&flow, &hears);
}

void FlowsFold::apply(const fold::CommitView& commit, fold::Batch&) {
  correlation_ = commit.correlation;
  causation_ = fold::causation_by(commit.number);
  if (commit.client == sender) resolve(commit, {.position = commit.number, .at = commit.at});
  for (const auto& fact : commit.facts) {
    const auto heard_by = by_fact_.find(fact.type);
    if (heard_by == by_fact_.end()) continue;
    const Heard heard{
        fact.aggregate, fold::id_of(fact.aggregate), fact.version, commit.number, commit.at};
    for (const auto& [flow, hears] : heard_by->second) hear(*flow, *hears, fact, heard);
  }
}

// What became of a command that a flow sent.
void FlowsFold::resolve(const fold::CommitView& commit, const Heard& heard) {
  const std::string id{commit.command_id};
  const auto bytes = written_.get(Families::outbox, id);
  if (!bytes) return;  // A timer that was given another time while it fired.
  construct::FlowStep step;
  decode(*bytes, step);
  written_.put(Families::outbox, id, std::nullopt);
  changed(id, std::nullopt);

  const auto flow = std::ranges::find(flows_, step.flow, &FlowType::name);
  if (flow == flows_.end()) return;
  auto instance = find(*flow, step.instance);
  if (!instance) return;
  std::erase_if(
      instance->record.waiting, [&](const auto& one) { return one.command_id.data == id; });
  if (!step.due) instance->record.done.push_back(step.step);
  // One that was on its way when the instance ended is nobody's concern any more.
  const bool matters = commit.rejection && *commit.rejection != engine::nothing_to_do;
  if (matters && !instance->record.ended) {
    const auto react = flow->refusals.find(step.command);
    if (react != flow->refusals.end())
      perform(
          *instance,
          react->second(instance->record.state.data, step.step, *commit.rejection, heard),
          heard);
    else
      set_stuck(*instance, step.step + "_refused");
  }
  save(*instance, heard);
}

void FlowsFold::hear(
    const FlowType& flow, const Hears& hears, const fold::FactView& fact, const Heard& heard) {
  for (auto& name : instances_of(flow, hears, fact, heard)) {
    auto instance = find(flow, name);
    if (!instance) {
      if (!hears.begins) continue;
      instance.emplace(Instance{flow, std::move(name), {}});
      instance->record.began_at = heard.at;
      if (!hears.key) follow(*instance, std::string{heard.stream});
    }
    if (instance->record.ended) continue;
    perform(*instance, hears.react(instance->record.state.data, fact.data, heard), heard);
    save(*instance, heard);
  }
}

std::vector<std::string> FlowsFold::instances_of(
    const FlowType& flow, const Hears& hears, const fold::FactView& fact, const Heard& heard) {
  if (hears.key) return {hears.key(fact.data, heard)};
  if (hears.begins) return {std::string{heard.id}};
  std::vector<std::string> names;
  const auto followers = written_.get(Families::follows, heard.stream);
  if (!followers) return names;
  const auto prefix = instance_key(flow.name, "");
  for (std::string_view rest = *followers; !rest.empty();) {
    const auto one = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(one.size() + 1);
    if (one.starts_with(prefix)) names.emplace_back(one.substr(prefix.size()));
  }
  return names;
}

std::optional<FlowsFold::Instance> FlowsFold::find(const FlowType& flow, std::string name) {
  const auto bytes = written_.get(Families::instances, instance_key(flow.name, name));
  if (!bytes) return std::nullopt;
  std::optional<Instance> instance{Instance{flow, std::move(name), {}}};
  decode(*bytes, instance->record);
  return instance;
}

void FlowsFold::perform(Instance& instance, const Steps& steps, const Heard& heard) {
  const kernel::Overloaded act{
      [&](const Send& step) { send(instance, step, heard); },
      [&](const Forget& step) { forget(instance, step.step); },
      [&](const Follow& step) { follow(instance, step.stream); },
      [&](const Stuck& step) { set_stuck(instance, step.name); },
      [&](const Unstuck&) { set_stuck(instance, std::nullopt); },
      [&](const End&) { end(instance); }};
  for (const auto& step : steps) std::visit(act, step);
}

void FlowsFold::send(Instance& instance, const Send& step, const Heard& heard) {
  auto& record = instance.record;
  if (step.due)
    forget(instance, step.step);  // A timer may be given another time, which makes it another one.
  else if (
      std::ranges::find(record.done, step.step) != record.done.end() ||
      instance.waiting(step.step) != record.waiting.end())
    return set_stuck(instance, step.step + "_repeated");  // Its name is spent: a fault of the flow.

  construct::FlowStep stored;
  stored.flow = instance.flow.name;
  stored.instance = instance.name;
  stored.step = step.step;
  stored.command = step.command.command;
  stored.body.data = step.command.body;
  stored.key = fmt::format("{}/{}/{}", stored.flow, stored.instance, stored.step);
  if (step.due) stored.key += fmt::format("@{}", micros(*step.due));
  stored.due = step.due;
  stored.asked_at = heard.at;
  stored.correlation = correlation_;
  stored.causation = causation_;
  const std::string id{engine::bytes_of(engine::command_id(sender, stored.key))};
  auto& waiting = record.waiting.emplace_back();
  waiting.step = step.step;
  waiting.command_id.data = id;
  written_.put(Families::outbox, id, encode(stored));
  changed(id, Errand{step.due, heard.at});
}

void FlowsFold::forget(Instance& instance, const std::string& step) {
  const auto found = instance.waiting(step);
  if (found == instance.record.waiting.end()) return;
  written_.put(Families::outbox, found->command_id.data, std::nullopt);
  changed(found->command_id.data, std::nullopt);
  instance.record.waiting.erase(found);
}

void FlowsFold::follow(Instance& instance, const std::string& stream) {
  auto& follows = instance.record.follows;
  if (std::ranges::find(follows, stream) != follows.end()) return;
  follows.push_back(stream);
  auto followers = written_.get(Families::follows, stream).value_or("");
  written_.put(Families::follows, stream, followers.append(instance.key()).append("\n"));
}

void FlowsFold::set_stuck(Instance& instance, std::optional<std::string> name) {
  if (instance.record.stuck == name) return;
  instance.record.stuck = name;
  written_.put(Families::stuck, instance.key(), std::move(name));
}

// Commands that are on their way still arrive, and their commits clear them.
void FlowsFold::end(Instance& instance) {
  auto& record = instance.record;
  record.ended = true;
  set_stuck(instance, std::nullopt);
  for (std::size_t i = record.waiting.size(); i-- > 0;) {
    const auto stored = written_.get(Families::outbox, record.waiting[i].command_id.data);
    construct::FlowStep step;
    if (stored) decode(*stored, step);
    if (step.due) forget(instance, std::string{record.waiting[i].step});
  }
  for (const auto& stream : record.follows) {
    const auto line = instance.key() + '\n';
    auto followers = written_.get(Families::follows, stream).value_or("");
    if (const auto at = followers.find(line); at != std::string::npos)
      followers.erase(at, line.size());
    written_.put(
        Families::follows, stream, followers.empty() ? std::nullopt : std::optional{followers});
  }
  record.follows.clear();
}

void FlowsFold::save(Instance& instance, const Heard& heard) {
  instance.record.changed_at = heard.at;
  written_.put(Families::instances, instance.key(), encode(instance.record));
}

Errand FlowsFold::errand_of(std::string_view bytes) const {
  construct::FlowStep step;
  decode(bytes, step);
  return {step.due, step.asked_at, step.held};
}

std::string FlowsFold::with_held(std::string_view bytes, bool held) const {
  construct::FlowStep step;
  decode(bytes, step);
  step.held = held;
  return encode(step);
}

}  // namespace flows
