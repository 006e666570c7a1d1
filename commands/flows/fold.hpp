// The fold that runs flows: the log in, instances and an outbox out.
//
//   instances  <flow> 00 <instance>  -> construct::FlowInstance
//   outbox     command id (16 bytes) -> construct::FlowStep, until its commit is in the log
//   follows    <stream>              -> <flow> 00 <instance> 0A …, the instances that hear it
//   stuck      <flow> 00 <instance>  -> the name of what it is stuck in
//
// A command's commit clears it from the outbox, whoever sent it, so a fold from the beginning of
// the log ends with the outbox of those that nobody has sent.
//
// Concurrency: one thread, but readers of the store.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "commands/flows/errand.hpp"
#include "commands/flows/flow.hpp"
#include "domain/fold/fold.hpp"
#include "domain/fold/overlay.hpp"

namespace flows {

struct FlowsFamilies {
  static constexpr fold::Family instances = 1, outbox = 2, follows = 3, stuck = 4;
  static constexpr std::array names{"instances", "outbox", "follows", "stuck"};
};

// Where an instance is kept.
std::string instance_key(std::string_view flow, std::string_view instance);

// As whom flows send their commands: their ids derive from it, so it never changes.
inline constexpr std::string_view sender = "flows";

class FlowsFold final : public ErrandFold {
 public:
  // `flows` outlives the fold.
  FlowsFold(const fold::Store& store, const std::vector<FlowType>& flows);

  void apply(const fold::CommitView& commit, fold::Batch& batch) override;
  void flush(fold::Batch& batch) override { written_.flush(batch); }

  fold::Family outbox() const override { return FlowsFamilies::outbox; }
  Errand errand_of(std::string_view bytes) const override;
  std::string with_held(std::string_view bytes, bool held) const override;

 private:
  struct Instance;  // one that is being changed

  void resolve(const fold::CommitView& commit, const Heard& heard);
  void hear(
      const FlowType& flow, const Hears& hears, const fold::FactView& fact, const Heard& heard);
  std::vector<std::string> instances_of(
      const FlowType& flow, const Hears& hears, const fold::FactView& fact, const Heard& heard);
  std::optional<Instance> find(const FlowType& flow, std::string name);
  void perform(Instance& instance, const Steps& steps, const Heard& heard);
  void send(Instance& instance, const Send& step, const Heard& heard);
  void forget(Instance& instance, const std::string& step);
  void follow(Instance& instance, const std::string& stream);
  void set_stuck(Instance& instance, std::optional<std::string> name);
  void end(Instance& instance);
  void save(Instance& instance, const Heard& heard);

  const std::vector<FlowType>& flows_;
  std::unordered_map<std::string_view, std::vector<std::pair<const FlowType*, const Hears*>>>
      by_fact_;
  fold::Overlay written_;
  // For what the commit under way leads to:
  std::string_view correlation_;
  std::string causation_;
};

}  // namespace flows
