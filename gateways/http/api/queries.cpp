#include "gateways/http/api/queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "gateways/http/api/cursors.hpp"
#include "gateways/http/router.hpp"
#include "projections/views/index.hpp"
#include "schemas/types.hpp"

namespace http {
namespace {

constexpr std::size_t longest_key = 400;  // Two composite ids; nothing longer is ever stored.

}  // namespace

std::optional<std::string> key_of(std::span<const schemas::Given> path) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-' || c == '~';
  };
  std::string key;
  for (const auto& [name, value] : path) {
    if (!std::ranges::all_of(value, fits)) return std::nullopt;
    if (!key.empty()) key += '~';
    key += value;
  }
  if (key.size() > longest_key) return std::nullopt;
  return key;
}

Problem not_an_id() {
  return {
      .code = "malformed", .detail = "Ids consist of letters, digits, '_', '-' and '~'; send one."};
}

void add_position(Response& response, const std::optional<kernel::Position>& position) {
  if (position) response.add("Construct-Position", kernel::to_token(*position));
}

void add_set_aside_keys(Response& response, std::uint64_t keys) {
  if (keys > 0) response.add("Construct-Quarantined-Keys", keys);
}

void add_standing(Response& response, const views::Moment& moment) {
  add_position(response, moment.position());
  add_set_aside_keys(response, moment.set_aside_keys());
}

std::string quarantined_member(const std::vector<std::string_view>& keys) {
  std::string member;
  for (const auto key : keys) {
    member += member.empty() ? ",\"quarantined\":[" : ",";
    schemas::write_text(member, key);
  }
  return member.empty() ? member : member += ']';
}

void end_page(std::string& body, std::string_view next_cursor) {
  body += "],\"next_cursor\":";
  if (next_cursor.empty())
    body += "null";
  else
    schemas::write_text(body, next_cursor);
  body += '}';
}

Response read_failed(const Reading& reading, const std::string& correlation) {
  try {
    throw;
  } catch (const schemas::Corrupt&) {
    throw;
  } catch (const std::runtime_error& error) {
    reading.log(fmt::format("a read failed: {} (correlation {})", error.what(), correlation));
    return refuse({.code = "unavailable"}, correlation);
  }
}

std::optional<Problem> follow_cursor(
    Parameters& parameters,
    const Reading& reading,
    std::string_view scope,
    std::string_view version,
    std::string& after) {
  const auto token = parameters.get("cursor");
  if (!token) return std::nullopt;
  auto cursor = read_cursor(reading.digest, scope, *token);
  if (!cursor) {
    parameters.fault(
        "cursor",
        "send the next_cursor of an answer to this very list with these filters, unchanged");
    return std::nullopt;
  }
  if (cursor->version != version || cursor->incarnation != reading.incarnation())
    return Problem{.code = "cursor_expired"};
  after = std::move(cursor->key);
  return std::nullopt;
}

void follow_when_fresh(
    const Reading& reading, const Freshness& freshness, LiveRequest request, Reply reply) {
  auto& view = *request.query.view;
  auto correlation = request.correlation;
  when_fresh(
      view,
      freshness,
      std::move(correlation),
      std::move(reply),
      [&live = reading.live, request = std::move(request)](Reply fresh) {
        live.follow(request, std::move(fresh));
      });
}

RowEndpoint::RowEndpoint(const RowRoute& route, View view, const Reading& reading)
    : Endpoint{"GET " + route.pattern}, route_{route}, view_{std::move(view)}, reading_{reading} {
  for (const auto& parameter : route.query.parameters) known_.push_back(parameter.name);
}

std::optional<Problem> RowEndpoint::read_key(
    const Call& call, Parameters& parameters, Query& query) const {
  std::vector<schemas::Given> given{call.path.begin(), call.path.end()};
  for (const auto& [name, index] : route_.query.parameters) {
    const auto value = parameters.get(name);
    if (!value) continue;
    given.emplace_back(name, *value);
    query.index = index;
  }
  if (given.size() != 1 && !route_.query.parameters.empty()) {
    for (const auto& [name, index] : route_.query.parameters)
      parameters.fault(name, "exactly one of these parameters says which row; send one");
    return std::nullopt;
  }
  auto key = key_of(given);
  if (!key) return not_an_id();
  query.key = std::move(*key);
  return std::nullopt;
}

void RowEndpoint::handle(const Call& call, Reply reply) {
  const auto& request = call.request;
  Query query{.correlation = correlation_of(request, reading_.now())};
  Parameters parameters{request, known_};
  const auto wrong_key = read_key(call, parameters, query);
  auto freshness = parameters.freshness(reading_.incarnation());
  const bool live = wants_events(request);
  const auto last_event =
      live ? parameters.last_event(reading_.incarnation(), freshness) : std::nullopt;
  if (auto problem = parameters.problem())
    return reply(refuse(std::move(*problem), query.correlation));
  if (wrong_key) return reply(refuse(*wrong_key, query.correlation));
  if (live) {
    LiveQuery followed{
        .id = fmt::format("{} {} {}", route_.pattern, query.index, query.key),
        .view = &view_.reader,
        .shape = LiveQuery::Shape::row,
        .key = query.key,
        .by_index = !query.index.empty(),
        .look = [this, query](const views::Moment& moment) {
          auto row = find(moment, query);
          return row ? std::vector{std::move(*row)} : std::vector<SeenRow>{};
        }};
    return follow_when_fresh(
        reading_,
        freshness,
        {std::move(followed), last_event, query.correlation},
        std::move(reply));
  }
  query.if_none_match = joined_header(request, "If-None-Match");
  answer_when_fresh(
      view_.reader, freshness, std::move(query), std::move(reply), [this](const Query& asked) {
        return answer(asked);
      });
}

std::optional<SeenRow> RowEndpoint::find(const views::Moment& moment, const Query& query) const {
  if (!query.index.empty()) {
    const auto prefix = views::index_part(query.key);
    auto last = moment.scan(
        {.table = route_.query.table,
         .index = query.index,
         .prefix = prefix,
         .limit = 1,
         .order = views::Order::descending});
    if (last.empty()) return std::nullopt;
    return SeenRow{route_.row, std::move(last.front().row)};
  }
  if (route_.query.make) {
    auto made = route_.query.make(moment, query.key);
    if (!made) return std::nullopt;
    return SeenRow{.type = route_.row, .row = std::move(*made), .stored = false};
  }
  if (auto row = moment.get(route_.query.table, query.key))
    return SeenRow{route_.row, std::move(*row)};
  if (!route_.query.make_other) return std::nullopt;
  auto other = route_.query.make_other(moment, query.key);
  if (!other) return std::nullopt;
  return SeenRow{.type = route_.other_row, .row = std::move(*other), .stored = false};
}

Response RowEndpoint::answer(const Query& query) const try {
  Response response{.content_type = content::json};
  std::optional<SeenRow> found;
  bool set_aside = false;
  view_.reader.read([&](const views::Moment& moment) {
    add_standing(response, moment);
    found = find(moment, query);
    set_aside = !found && query.index.empty() && moment.is_set_aside(query.key);
  });
  if (!found) {
    auto missing = refuse({.code = set_aside ? "quarantined" : "not_found"}, query.correlation);
    missing.head += response.head;
    return missing;
  }
  const auto etag = make_etag(found->row);
  response.add("ETag", etag);
  if (found->row.set_aside) response.add("Construct-Quarantined", "true");
  if (names_etag(query.if_none_match, etag)) {
    response.status = 304;
    response.content_type = {};
  } else {
    schemas::write_json(response.body, *found->type, found->row.bytes);
  }
  return response;
} catch (const std::runtime_error&) {
  return read_failed(reading_, query.correlation);
}

}  // namespace http
