// A transaction: several commands that succeed together, in one commit.
//
// A context whose command takes others along declares, beside its decide,
//   std::vector<engine::Step> together(const State&, const Command&);
// Its own facts come first; then each step is decided in order, by its own context, on the state
// that the earlier ones left, and may take others along in its turn. If any is refused, nothing is
// written and the client gets that refusal.
#pragma once

#include <string>
#include <string_view>

namespace engine {

struct Step {
  std::string_view command;  // the name of its table
  std::string id;            // of the aggregate it addresses
  std::string body;          // its FlatBuffer
};

template <class Command>
Step step(const Command& command) {
  return {Command::type_name, command.aggregate_id(), encode(command)};
}

}  // namespace engine
