#include "commands/flows/delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "commands/flows/fold.hpp"
#include "schemas/json.hpp"

namespace flows {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The commit is in the log and on its way back to the fold.
constexpr seconds until_the_log_tells{30};
constexpr seconds hopeless_pause{60};
constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{2'000};

}  // namespace

engine::Command to_command(Message message) {
  const auto* type = schemas::platform().table(message.command.command);
  if (!type || type->role != schemas::Role::command)
    throw std::logic_error(fmt::format("there is no command {}", message.command.command));
  engine::Command command{.type = type, .body = std::move(message.command.body)};
  command.client = message.sender;
  command.key = std::move(message.key);
  command.digest = fold::text(fold::sha256(schemas::canonical_json(*type, command.body)));
  command.recorded = true;
  command.due = message.due;
  command.correlation = std::move(message.correlation);
  command.causation = std::move(message.causation);
  command.actor = std::move(message.actor);
  return command;
}

microseconds again_after(const engine::Answer& answer, unsigned tries) {
  const auto* failure = std::get_if<engine::Failure>(&answer);
  if (!failure) return until_the_log_tells;
  if (!hopeless(answer).empty()) return hopeless_pause;
  return std::min<microseconds>(first_pause * (1U << std::min(tries, 6U)), longest_pause);
}

std::string_view hopeless(const engine::Answer& answer) {
  const auto* failure = std::get_if<engine::Failure>(&answer);
  if (!failure) return {};
  switch (*failure) {
    case engine::Failure::key_reused:
      return "it was sent before with another body";
    case engine::Failure::too_large:
      return "it does not fit into a block of the log";
    case engine::Failure::damaged:
      return "the history of its aggregate cannot be read";
    case engine::Failure::unavailable:
    case engine::Failure::overloaded:
    case engine::Failure::outcome_unknown:
    case engine::Failure::too_early:
      return {};
  }
  return {};
}

Errands::Try sending_through(engine::Port& engine, std::function<void(const std::string&)> alarm) {
  return [&engine, alarm = std::move(alarm)](
             const std::string&, const std::string& bytes, unsigned tries, Errands::Done done) {
    construct::FlowStep step;
    decode(bytes, step);
    auto command = to_command(
        {.command = {step.command, {}, std::move(step.body.data)},
         .sender = sender,
         .key = step.key,
         .due = step.due,
         .correlation = std::move(step.correlation),
         .causation = std::move(step.causation),
         .actor = fmt::format("flow:{}/{}", step.flow, step.instance)});
    engine.submit(
        std::move(command),
        [alarm, key = std::move(step.key), tries, done = std::move(done)](
            const engine::Answer& answer) {
          if (const auto why = hopeless(answer); !why.empty())
            alarm(
                fmt::format("the command {} cannot be done: {}; see docs/OPERATIONS.md", key, why));
          done(again_after(answer, tries));
        });
  };
}

}  // namespace flows
