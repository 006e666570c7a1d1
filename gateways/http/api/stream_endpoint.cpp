#include "gateways/http/api/stream_endpoint.hpp"

#include <fmt/format.h>

#include <iterator>

#include "domain/kernel/crypto.hpp"
#include "gateways/http/api/cursors.hpp"
#include "schemas/model.hpp"
#include "schemas/notation.hpp"

namespace http {
namespace {

const std::vector<std::string> known{"limit", "cursor", "min_position"};

// Streams are never rebuilt into something else, so their cursors end with the log's incarnation
// only.
constexpr std::string_view cursor_version = "1";

}  // namespace

StreamEndpoint::StreamEndpoint(
    StreamSource& source, const schemas::Schema& schema, const Reading& reading)
    : Endpoint{fmt::format("GET {}", pattern)},
      source_{source},
      schema_{schema},
      reading_{reading} {
  for (const auto& table : schema.tables())
    if (table.role == schemas::Role::fact) kinds_.insert(table.context + '/' + table.aggregate);
}

void StreamEndpoint::handle(const Call& call, Reply reply) {
  const auto& request = call.request;
  Query query{.correlation = correlation_of(request, reading_.now())};
  query.stream = fmt::format("{}/{}", call.path[0].value, call.path[1].value);
  if (!kinds_.contains(query.stream))
    return reply(refuse(
        {.code = "not_found",
         .detail =
             fmt::format("There is no kind of aggregate {}; /docs lists them.", query.stream)},
        query.correlation));
  const auto id = key_of(call.path.subspan(2));
  if (!id) return reply(refuse(not_an_id(), query.correlation));
  query.stream.append("/").append(*id);
  Parameters parameters{request, known};
  query.limit = parameters.limit();
  const auto freshness = parameters.freshness(reading_.incarnation());
  auto problem = follow_cursor(parameters, reading_, query.stream, cursor_version, query.after);
  if (auto fault = parameters.problem()) problem = std::move(fault);
  if (problem) return reply(refuse(std::move(*problem), query.correlation));
  answer_when_fresh(
      source_, freshness, std::move(query), std::move(reply), [this](const Query& asked) {
        return answer(asked);
      });
}

Response StreamEndpoint::answer(const Query& query) const try {
  const auto after = schemas::parse_unsigned(query.after).value_or(0);
  const auto page = source_.read(query.stream, after, query.limit + 1);
  const auto incarnation = page.position ? page.position->incarnation : reading_.incarnation();
  if (page.facts.empty() && after == 0) {
    auto missing = refuse({.code = "not_found"}, query.correlation);
    add_position(missing, page.position);
    return missing;
  }
  Response response{.content_type = content::json, .body = "{\"items\":["};
  add_position(response, page.position);
  std::string next;
  for (std::size_t i = 0; i < page.facts.size(); ++i) {
    if (i == query.limit || response.body.size() > page_bytes_most) {
      const auto last = std::to_string(page.facts[i - 1].version);
      next = write_cursor(
          reading_.digest,
          query.stream,
          {std::string{cursor_version}, reading_.incarnation(), last});
      break;
    }
    if (i > 0) response.body += ',';
    response.body += '{';
    write_members(response.body, schema_, page.facts[i], incarnation);
    response.body += '}';
  }
  end_page(response.body, next);
  return response;
} catch (const std::runtime_error&) {
  return read_failed(reading_, query.correlation);
}

void write_members(
    std::string& out,
    const schemas::Schema& schema,
    const StoredFact& fact,
    const std::string& incarnation) {
  const auto member = [&out](std::string_view name, std::string_view text) {
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    schemas::write_text(out, text);
  };
  fmt::format_to(std::back_inserter(out), "\"version\":{}", fact.version);
  member("position", kernel::to_token({incarnation, fact.position}));
  member("type", fact.type);
  member("time", schemas::format_time(fact.time));
  member("actor", fact.actor);
  member("command", fact.command);
  member("command_id", kernel::to_uuid(fact.command_id));
  member("correlation_id", fact.correlation);
  member("causation_id", fact.causation);
  out += ",\"data\":";
  // A fact of a newer build: what it is can be told, what it holds cannot.
  if (const auto* table = schema.table(fact.type))
    schemas::write_json(out, *table, fact.data);
  else
    out += "null";
}

}  // namespace http
