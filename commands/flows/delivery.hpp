// Bringing to the engine what flows and effects have to say.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "commands/engine/port.hpp"
#include "commands/engine/step.hpp"
#include "commands/flows/errands.hpp"

namespace flows {

// A command nobody waits for but the log: its answer is recorded, whatever it is.
struct Message {
  engine::Step command;
  std::string_view sender;  // "flows"; scopes the key
  std::string key;
  std::optional<Time> due;
  std::string correlation, causation, actor;
};
engine::Command to_command(Message message);

// When to try again after such an answer, in case the log does not tell meanwhile that it is done.
std::chrono::microseconds again_after(const engine::Answer& answer, unsigned tries);
// What an answer says that no trying again will mend; empty otherwise.
std::string_view hopeless(const engine::Answer& answer);

// Sends the commands of flows.
Errands::Try sending_through(engine::Port& engine, std::function<void(const std::string&)> alarm);

}  // namespace flows
