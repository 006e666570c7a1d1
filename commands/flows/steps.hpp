// What a flow wants done: values that the runtime makes durable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands/engine/step.hpp"
#include "schemas/types.hpp"

namespace flows {

using schemas::Time;

// A command. The step's name is for ever: the command's id derives from the flow, the instance and
// the name, so that whoever sends it, and however often, it is done once. A command with a due time
// is a timer: it is sent then, and may be forgotten, or be given another time, before.
struct Send {
  std::string step;
  engine::Step command;
  std::optional<Time> due;
};
struct Forget {
  std::string step;
};
struct Follow {
  std::string stream;
};
struct Stuck {
  std::string name;
};
struct Unstuck {};
struct End {};

using Step = std::variant<Send, Forget, Follow, Stuck, Unstuck, End>;
using Steps = std::vector<Step>;

template <class Command>
Step send(std::string step, const Command& command) {
  return Send{std::move(step), engine::step(command), std::nullopt};
}
template <class Command>
Step later(Time due, std::string step, const Command& command) {
  return Send{std::move(step), engine::step(command), due};
}
// Drops a timer that has not fired; harmless when it has.
inline Step forget(std::string step) { return Forget{std::move(step)}; }
// From now on the instance hears this aggregate's facts. It always hears those of the aggregate
// that began it.
template <class Schema, class Id>
Step follow(const Id& id) {
  return Follow{
      std::string{Schema::context}.append("/").append(Schema::name).append("/") + id.text()};
}
// It needs somebody's help: shown, counted and alerted under this name until unstuck() or end().
inline Step stuck(std::string name) { return Stuck{std::move(name)}; }
inline Step unstuck() { return Unstuck{}; }
// It is over: timers that have not fired are dropped, and it hears nothing more.
inline Step end() { return End{}; }

}  // namespace flows
