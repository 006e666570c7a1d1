#include "gateways/http/api/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateways/http/api/members.hpp"
#include "schemas/model.hpp"

namespace http {
namespace {

// Until callers sign in, all of them are one.
constexpr std::string_view everybody = "anonymous";

constexpr std::size_t members_looked_at = 64;

// One command that the engine has not answered.
struct Pending {
  Reply reply;
  Terms terms;
  engine::Answer answer;
};

Response refuse_command(Problem problem, const Terms& terms) {
  problem.correlation_id = terms.correlation;
  auto response = to_response(problem);
  add_terms(response, terms);
  return response;
}

std::string join(const std::vector<std::string_view>& names) {
  std::string joined;
  for (const auto name : names) joined.append(joined.empty() ? "" : ", ").append(name);
  return joined;
}

}  // namespace

std::variant<engine::Command, Problem> Intake::read(
    const schemas::Table& type,
    std::string_view body,
    std::span<const schemas::Given> given,
    const Terms& terms) const {
  auto parsed = schemas::read_json(type, body, given);
  if (!parsed.ok())
    return Problem{
        .code = "malformed",
        .detail = fmt::format("The body is not a {}; correct each of `fields`.", type.name),
        .fields = std::move(parsed.faults)};
  engine::Command command{.type = &type, .body = std::move(parsed.bytes)};
  command.digest = digest(type.name, schemas::canonical_json(type, command.body));
  command.client = everybody;
  command.actor = everybody;
  command.key = terms.key;
  command.key_is_new = terms.key_is_new;
  command.if_match = terms.if_match;
  command.correlation = terms.correlation;
  return command;
}

CommandEndpoint::CommandEndpoint(const CommandRoute& route, Intake& intake)
    : Endpoint{route.method + ' ' + route.pattern}, intake_{intake}, commands_{route.commands} {
  for (std::size_t i = 0; i < commands_.size(); ++i)
    own_fields_.push_back(own_fields(commands_, i));
}

const schemas::Table* CommandEndpoint::choose(std::string_view body, Problem& problem) const {
  if (commands_.size() == 1) return commands_.front();
  problem = {.code = "malformed"};
  const auto members = members_of(body, members_looked_at);
  if (!members) {
    problem.detail = "The body is not a JSON object; send one.";
    return nullptr;
  }
  const schemas::Table* chosen = nullptr;
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    const bool fits = std::ranges::any_of(own_fields_[i], [&](std::string_view field) {
      return std::ranges::find(*members, field, &Member::name) != members->end();
    });
    if (!fits) continue;
    chosen = commands_[i];
    ++fitting;
  }
  if (fitting == 1) return chosen;
  problem.detail = "The body must be one of several commands, and its fields must tell which:";
  for (std::size_t i = 0; i < commands_.size(); ++i)
    problem.detail +=
        fmt::format("{} {} has {}", i ? ";" : "", commands_[i]->name, join(own_fields_[i]));
  problem.detail += ". Send the fields of exactly one.";
  return nullptr;
}

void CommandEndpoint::handle(const Call& call, Reply reply) {
  const auto& request = call.request;
  auto terms = read_terms(request, intake_.now());
  for (const auto& parameter : request.query)
    terms.faults.push_back(
        {"query/" + parameter.name, "commands take no query parameters; leave it out"});
  if (!terms.faults.empty())
    return reply(refuse_command({.code = "malformed", .fields = terms.faults}, terms));
  if (!request.body.empty() && !has_content_type(request, content::json))
    return reply(refuse_command({.code = "unsupported_media_type"}, terms));

  Problem problem;
  const auto* type = choose(request.body, problem);
  if (!type) return reply(refuse_command(std::move(problem), terms));
  auto read = intake_.read(*type, request.body, call.path, terms);
  if (auto* fault = std::get_if<Problem>(&read))
    return reply(refuse_command(std::move(*fault), terms));

  auto pending = std::make_shared<Pending>(std::move(reply), std::move(terms));
  intake_.engine.submit(
      std::get<engine::Command>(std::move(read)), [this, pending](engine::Answer answer) {
        // The engine's thread has better to do than to write JSON.
        pending->answer = std::move(answer);
        pending->reply.run([this, pending] {
          pending->reply(intake_.answers.to_response(pending->answer, pending->terms));
        });
      });
}

}  // namespace http
