#include "gateways/http/api/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "domain/fold/names.hpp"
#include "gateways/http/router.hpp"
#include "gateways/http/target.hpp"
#include "schemas/model.hpp"

namespace http {
namespace {

// The members of an accepted command's answer, without the braces around them.
void write_members(std::string& out, const engine::Accepted& accepted) {
  out += "\"position\":";
  schemas::write_text(out, kernel::to_token(accepted.position));
  out += ",\"stream\":";
  schemas::write_text(out, accepted.stream);
  fmt::format_to(std::back_inserter(out), ",\"version\":{},\"events\":[", accepted.version);
  for (const auto& event : accepted.events) {
    if (out.back() == '"') out += ',';
    schemas::write_text(out, event);
  }
  out += ']';
}

Problem to_problem(const engine::Rejected& rejected, const Terms&) {
  Problem problem{.code = rejected.code, .numbers = rejected.details};
  if (!rejected.stream.empty()) problem.texts.emplace_back("stream", rejected.stream);
  return problem;
}

Problem to_problem(const engine::Stale& stale, const Terms&) {
  return {
      .code = "stale_version",
      .numbers = {{"version", static_cast<std::int64_t>(stale.version)}},
      .texts = {{"stream", stale.stream}}};
}

Problem to_problem(engine::Failure failure, const Terms& terms) {
  switch (failure) {
    case engine::Failure::key_reused:
      return {.code = "idempotency_key_reused"};
    case engine::Failure::too_large:
      return {.code = "command_too_large"};
    case engine::Failure::unavailable:
    case engine::Failure::overloaded:
    case engine::Failure::too_early:  // only timers' commands, which do not come this way, are due
      return {.code = "unavailable"};
    case engine::Failure::damaged:
      return {.code = "damaged"};
    case engine::Failure::outcome_unknown:
      return {.code = "outcome_unknown", .texts = {{"idempotency_key", terms.key}}};
  }
  return {.code = "internal"};
}

// Where the log stood when this was decided; a failure does not know.
std::string position_of(const engine::Rejected& rejected) {
  return kernel::to_token(rejected.position);
}
std::string position_of(const engine::Stale& stale) { return kernel::to_token(stale.position); }
std::string position_of(engine::Failure) { return {}; }

}  // namespace

Answers::Answers(const Routes& routes) {
  for (const auto& route : routes.rows()) {
    if (parameters_of(route.pattern).size() != 1 || !route.pattern.ends_with('}')) continue;
    for (const auto& field : route.row->fields)
      if (field.meaning == schemas::Meaning::coined_id)
        row_paths_.try_emplace(field.identifies, route.pattern.substr(0, route.pattern.find('{')));
  }
}

std::string Answers::location(std::string_view stream) const {
  const auto kind = fold::kind_of(stream);
  if (kind.empty()) return {};
  const auto id = encode_segment(fold::id_of(stream));
  const auto row = row_paths_.find(fold::type_of(stream));
  return row != row_paths_.end() ? row->second + id : fmt::format("/streams/{}/{}", kind, id);
}

Response Answers::to_response(const engine::Answer& answer, const Terms& terms) const {
  Response response;
  if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
    response.status = accepted->created ? 201 : 200;
    response.content_type = content::json;
    response.body += '{';
    write_members(response.body, *accepted);
    response.body += '}';
    response.add("Construct-Position", kernel::to_token(accepted->position));
    response.add("ETag", make_etag(accepted->version, accepted->position.commit));
    if (accepted->created) response.add("Location", location(accepted->stream));
    if (accepted->replayed) response.add("Idempotent-Replayed", "true");
    add_terms(response, terms);
    return response;
  }
  std::visit(
      [&]<class T>(const T& refused) {
        if constexpr (!std::is_same_v<T, engine::Accepted>) {
          auto problem = to_problem(refused, terms);
          problem.correlation_id = terms.correlation;
          response = http::to_response(problem);
          if (const auto position = position_of(refused); !position.empty())
            response.add("Construct-Position", position);
        }
      },
      answer);
  add_terms(response, terms);
  return response;
}

Answers::Line Answers::to_line(const engine::Answer& answer, const Terms& terms) const {
  if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
    Line line{.status = accepted->created ? 201u : 200u};
    fmt::format_to(std::back_inserter(line.text), "{{\"status\":{},\"id\":", line.status);
    schemas::write_text(line.text, terms.key);
    line.text += ',';
    write_members(line.text, *accepted);
    line.text += accepted->replayed ? ",\"replayed\":true}" : "}";
    return line;
  }
  Line line{};
  std::visit(
      [&]<class T>(const T& refused) {
        if constexpr (!std::is_same_v<T, engine::Accepted>) {
          auto problem = to_problem(refused, terms);
          problem.correlation_id = terms.correlation;
          problem.texts.emplace_back("id", terms.key);
          if (auto position = position_of(refused); !position.empty())
            problem.texts.emplace_back("position", std::move(position));
          line = {status_of(problem.code), to_json(problem)};
        }
      },
      answer);
  return line;
}

void add_terms(Response& response, const Terms& terms) {
  if (!terms.key.empty()) response.add("Idempotency-Key", terms.key);
  response.add("Construct-Correlation-Id", terms.correlation);
}

}  // namespace http
