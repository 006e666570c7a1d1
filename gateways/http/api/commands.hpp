// Commands on their way to the engine: one per request, or one per line.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "commands/engine/port.hpp"
#include "gateways/http/api/answers.hpp"
#include "gateways/http/api/digest.hpp"
#include "gateways/http/api/endpoint.hpp"

namespace http {

// What all command endpoints need.
struct Intake {
  engine::Port& engine;
  const schemas::Schema& schema;
  Digest digest;
  Answers answers;
  std::function<std::chrono::system_clock::time_point()> now;

  // Reads a body as this command. Nothing of a body with a fault goes any further.
  std::variant<engine::Command, Problem> read(
      const schemas::Table& type,
      std::string_view body,
      std::span<const schemas::Given> given,
      const Terms& terms) const;
};

// Takes one command per request. With several commands, the body decides: see Routes::one_of.
class CommandEndpoint final : public Endpoint {
 public:
  CommandEndpoint(const CommandRoute& route, Intake& intake);
  void handle(const Call& call, Reply reply) override;

 private:
  // The command the body is for; null with `problem` told.
  const schemas::Table* choose(std::string_view body, Problem& problem) const;

  Intake& intake_;
  std::vector<const schemas::Table*> commands_;
  std::vector<std::vector<std::string_view>> own_fields_;  // of each
};

// Takes many commands in one request, {"context":…,"command":…,"id":…,"body":{…}} per line.
class BulkEndpoint final : public Endpoint {
 public:
  explicit BulkEndpoint(Intake& intake) : Endpoint{"POST /commands"}, intake_{intake} {}

  // Whatever arrives here is no stream of lines.
  void handle(const Call& call, Reply reply) override;

  std::unique_ptr<Lines> lines(const Request& head);

 private:
  Intake& intake_;
};

}  // namespace http
