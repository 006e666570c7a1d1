#include "commands/engine/remote.hpp"

#include <fmt/format.h>

#include "domain/kernel/match.hpp"
#include "schemas/construct.hpp"

namespace engine {
namespace {

using construct::AnswerKind;

kernel::Position position_of(const construct::CommandAnswer& answer) {
  return {answer.incarnation, answer.commit};
}

void set_position(construct::CommandAnswer& answer, const kernel::Position& position) {
  answer.incarnation = position.incarnation;
  answer.commit = position.commit;
}

}  // namespace

std::string to_bytes(const Command& command) {
  construct::CommandRequest request;
  request.command = command.type->name;
  request.client = command.client;
  request.body.data = command.body;
  request.key = command.key;
  request.digest.data = command.digest;
  request.if_match = command.if_match;
  request.recorded = command.recorded;
  request.due = command.due;
  request.correlation = command.correlation;
  request.causation = command.causation;
  request.actor = command.actor;
  return encode(request);
}

Command read_command(std::string_view bytes, const std::optional<std::string>& client) {
  construct::CommandRequest request;
  decode(bytes, request);
  const auto* type = schemas::platform().table(request.command);
  if (!type || type->role != schemas::Role::command)
    throw schemas::Corrupt(fmt::format("there is no command {}", request.command));
  Command command{.type = type, .body = std::move(request.body.data)};
  command.client = client.value_or(std::move(request.client));
  command.key = std::move(request.key);
  command.digest = std::move(request.digest.data);
  command.if_match = request.if_match;
  command.recorded = request.recorded;
  command.due = request.due;
  command.correlation = std::move(request.correlation);
  command.causation = std::move(request.causation);
  command.actor = std::move(request.actor);
  return command;
}

std::string to_bytes(const Answer& answer) {
  construct::CommandAnswer made;
  std::visit(
      kernel::Overloaded{
          [&](const Accepted& accepted) {
            made.kind = AnswerKind::accepted;
            set_position(made, accepted.position);
            made.stream = accepted.stream;
            made.version = accepted.version;
            made.events = accepted.events;
            made.created = accepted.created;
            made.replayed = accepted.replayed;
          },
          [&](const Rejected& rejected) {
            made.kind = AnswerKind::rejected;
            set_position(made, rejected.position);
            made.stream = rejected.stream;
            made.code = rejected.code;
            for (const auto& [what, value] : rejected.details) {
              auto& number = made.numbers.emplace_back();
              number.what = what;
              number.value = value;
            }
          },
          [&](const Stale& stale) {
            made.kind = AnswerKind::stale;
            set_position(made, stale.position);
            made.stream = stale.stream;
            made.version = stale.version;
          },
          [&](const Failure& failure) {
            made.kind = AnswerKind::failure;
            made.failure = static_cast<std::uint8_t>(failure);
          }},
      answer);
  return encode(made);
}

Answer read_answer(std::string_view bytes) {
  construct::CommandAnswer answer;
  decode(bytes, answer);
  switch (answer.kind) {
    case AnswerKind::accepted:
      return Accepted{
          .position = position_of(answer),
          .stream = std::move(answer.stream),
          .version = answer.version,
          .events = std::move(answer.events),
          .created = answer.created,
          .replayed = answer.replayed};
    case AnswerKind::rejected: {
      Rejected rejected{std::move(answer.code), std::move(answer.stream), {}, position_of(answer)};
      for (auto& number : answer.numbers)
        rejected.details.emplace_back(std::move(number.what), number.value);
      return rejected;
    }
    case AnswerKind::stale:
      return Stale{std::move(answer.stream), answer.version, position_of(answer)};
    case AnswerKind::failure:
      if (answer.failure <= static_cast<std::uint8_t>(Failure::overloaded))
        return static_cast<Failure>(answer.failure);
  }
  return Failure::outcome_unknown;  // a newer engine's; the same key tells how it ended
}

void Remote::submit(Command command, Reply reply) {
  ask_(to_bytes(command), [reply = std::move(reply)](const std::optional<std::string>& answer) {
    if (!answer) return reply(Failure::outcome_unknown);
    if (answer->empty()) return reply(Failure::unavailable);
    try {
      reply(read_answer(*answer));
    } catch (const schemas::Corrupt&) {
      reply(Failure::outcome_unknown);
    }
  });
}

void serve(
    Port& port,
    const std::optional<std::string>& client,
    std::string_view request,
    std::function<void(std::string)> respond) {
  Command command;
  try {
    command = read_command(request, client);
  } catch (const schemas::Corrupt&) {
    return respond(to_bytes(Answer{Failure::damaged}));
  }
  port.submit(std::move(command), [respond = std::move(respond)](const Answer& answer) {
    respond(to_bytes(answer));
  });
}

}  // namespace engine
