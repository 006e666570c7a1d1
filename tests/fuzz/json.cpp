// The body of a command, as any client may send it: a line with the command's name, then the body.
// What is taken is JSON to another reader too, and is the same command when it is written and read
// again; what is refused says why.

#include "schemas/json.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

namespace {

const schemas::Table& command_named(std::string_view name) {
  static const auto commands = [] {
    std::vector<const schemas::Table*> all;
    for (const auto& table : schemas::platform().tables())
      if (table.role == schemas::Role::command) all.push_back(&table);
    return all;
  }();
  const auto* table = schemas::platform().table(name);
  if (table && table->role == schemas::Role::command) return *table;
  return *commands[std::hash<std::string_view>{}(name) % commands.size()];
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = fuzz::text(data, size);
  const auto& command = command_named(fuzz::first_line(body));
  const auto parsed = schemas::read_json(command, body);
  if (!parsed.ok()) {
    for (const auto& fault : parsed.faults)
      fuzz::require(!fault.message.empty(), "a fault says what is wanted");
    return 0;
  }
  fuzz::require(
      body.empty() || nlohmann::json::accept(body), "what is taken is JSON to another reader");
  std::string written;
  schemas::write_json(written, command, parsed.bytes);
  fuzz::require(nlohmann::json::accept(written), "what is written is JSON to another reader");
  const auto again = schemas::read_json(command, written);
  fuzz::require(again.ok(), "what is written can be read");
  const auto canonical = schemas::canonical_json(command, parsed.bytes);
  fuzz::require(
      canonical == schemas::canonical_json(command, again.bytes),
      "what is written and read again is the same command");
  fuzz::require(nlohmann::json::accept(canonical), "the canonical form is JSON");
  return 0;
}
