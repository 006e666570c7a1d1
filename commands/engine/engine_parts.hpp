// What the engine keeps of a command on its way. Private to engine.cpp, which decides and answers,
// and engine_log.cpp, which writes blocks, follows what became of them, and takes the lead.
#pragma once

#include "commands/engine/engine.hpp"

namespace engine {

// What a block adds around its commits, and around each, generously.
inline constexpr std::size_t block_overhead = 1024;
inline constexpr std::size_t commit_overhead = 32;

struct Engine::Pending {
  Command command;
  CommandId id{};
  Reply reply;                 // empty once the client has waited too long and was told so
  std::vector<Owned> repeats;  // the same command again, answered with it
  std::vector<Owned> others;   // with its key and not to be answered with it; decided after it
  std::chrono::microseconds since{};
  std::vector<std::string> streams;  // to load
  bool writing = false;              // its commit waits for its block
  bool decided = false;              // its answer, which writes nothing, waits for its proof
  bool given_up = false;  // the client was told that nothing was written, so nothing may be

  // Whether one answer will do for both: not the refusal that was decided before the other came.
  bool answers(const Pending& other) const {
    return command.digest == other.command.digest && command.if_match == other.command.if_match &&
           !decided && !given_up;
  }
};

struct Engine::Gathered {
  std::string bytes;
  Owned pending;
  Answer answer;
};

struct Engine::Block {
  std::string bytes;
  fold::Head after;  // the head once this block is stored
  std::vector<Gathered> commits;
  bool opening = false;
  bool unanswered = false;            // to be sent again
  std::chrono::microseconds sent{};   // the last time
  std::chrono::microseconds since{};  // the first time
  bool overdue = false;               // and people were told
};

struct Engine::Waiting {
  Owned pending;
  Answer answer;
  CommitNumber rests_on = 0;               // every commit below must be acknowledged
  std::optional<std::uint64_t> proven_by;  // the head must have reached this sequence
  bool asked = false;                      // a look that will prove it is under way
};

struct Engine::Recent {
  CommitNumber number = 0;
  std::string digest;
  Answer answer;
};

}  // namespace engine
