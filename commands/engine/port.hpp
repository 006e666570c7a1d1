// How a gateway hands commands to the engine, and what comes back.
//
// Concurrency: submit() may be called from any thread; the reply is called exactly once, from a
// thread of the engine's, and must return quickly.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/kernel/position.hpp"
#include "schemas/model.hpp"
#include "schemas/types.hpp"

namespace engine {

// One command as a client sent it, checked against its schema.
struct Command {
  const schemas::Table* type = nullptr;  // whose role is command
  std::string body;                      // its FlatBuffer, made by schemas::read_json
  std::string client;  // who may repeat it: idempotency keys are scoped to their client
  std::string key;     // the client's Idempotency-Key, or a fresh UUID
  bool key_is_new =
      false;           // the key was generated for this very command, so nobody can have used it
  std::string digest;  // of the canonical body and the address, keyed; 32 bytes
  std::optional<std::uint64_t> if_match;  // the version the client saw
  // Nobody waits for the answer but a fold: whatever it is, a commit tells it, if need be one
  // without facts that carries the rejection. The repeat of a refusal is then answered with it.
  bool recorded = false;
  std::optional<schemas::Time> due;  // of a timer's command: not before
  std::string correlation;
  std::string causation;
  std::string actor;
};

// The facts are durable: fsynced in the log before this is said.
struct Accepted {
  kernel::Position position;
  std::string stream;               // "inventory/StockItem/sku-1"
  std::uint64_t version = 0;        // of that aggregate, after the facts
  std::vector<std::string> events;  // names of the facts, empty when there was nothing to do
  bool created = false;             // the aggregate began with this command
  bool replayed = false;            // an earlier delivery of the command did it; this is its answer
};

// What the log records when a flow's command found nothing to do.
inline constexpr std::string_view nothing_to_do = "nothing_to_do";

// The domain says no. Unless it is to be recorded, nothing was written, and a repeat is decided
// anew.
struct Rejected {
  std::string code;    // "inventory/insufficient_stock", "not_found"
  std::string stream;  // the aggregate that refused
  std::vector<std::pair<std::string, std::int64_t>> details;  // {"available", 3}
  kernel::Position position;                                  // the log's end when it was decided
};

// The client saw another version of the aggregate than the one its If-Match names.
struct Stale {
  std::string stream;
  std::uint64_t version = 0;
  kernel::Position position;
};

enum class Failure : std::uint8_t {
  key_reused,       // the same key came with another body before; nothing was written
  too_large,        // the facts do not fit into one block; nothing was written
  unavailable,      // nobody leads who would take it; nothing was written
  damaged,          // the aggregate's history cannot be read; an operator is needed
  outcome_unknown,  // the log did not answer in time; the same key tells how it ended
  too_early,        // it is not due yet by the engine's clock; nothing was written
  overloaded,       // too many commands wait; nothing was written
};

using Answer = std::variant<Accepted, Rejected, Stale, Failure>;
using Reply = std::function<void(Answer)>;

class Port {
 public:
  virtual ~Port() = default;
  virtual void submit(Command command, Reply reply) = 0;
};

}  // namespace engine
