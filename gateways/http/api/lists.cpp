#include "gateways/http/api/lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "gateways/http/api/cursors.hpp"
#include "gateways/http/router.hpp"
#include "schemas/json_faults.hpp"
#include "schemas/types.hpp"

namespace http {
namespace {

// What a client writes for a value of the field, as indexes have it; absent when it is none.
std::optional<std::string> read_part(const schemas::Field& field, std::string_view text) {
  using schemas::Kind;
  const auto number = [](std::int64_t value) { return views::index_part(value); };
  if (field.meaning == schemas::Meaning::time) {
    const auto time = schemas::parse_time(text);
    return time ? std::optional{number(*time)} : std::nullopt;
  }
  switch (field.type.kind) {
    case Kind::text: {
      const bool is_id = !field.identifies.empty();
      const bool fits = is_id ? schemas::is_reference_id(text)
                              : !text.empty() && text.size() < views::index_text_most;
      return fits ? std::optional{views::index_part(text)} : std::nullopt;
    }
    case Kind::enumeration: {
      const auto* value = field.type.enumeration->value(text);
      return value ? std::optional{number(value->number)} : std::nullopt;
    }
    case Kind::boolean:
      if (text != "true" && text != "false") return std::nullopt;
      return number(text == "true" ? 1 : 0);
    default: {
      const auto value = schemas::parse_integer(text);
      return value ? std::optional{number(*value)} : std::nullopt;
    }
  }
}

std::string wanted_value(const schemas::Field& field) {
  if (field.type.kind != schemas::Kind::text) return schemas::wanted_item(field) + " is required";
  if (!field.identifies.empty())
    return "an id is required: letters A-Z or a-z, digits, '_', '-' and '~'";
  return fmt::format("a text of 1 to {} bytes is required", views::index_text_most - 1);
}

}  // namespace

ListEndpoint::ListEndpoint(const ListRoute& route, View view, const Reading& reading)
    : Endpoint{"GET " + route.pattern},
      route_{route},
      view_{std::move(view)},
      reading_{reading},
      known_{route.query.filters},
      in_address_{parameters_of(route.pattern).size()} {
  if (!route.query.sorts.empty()) known_.emplace_back("sort");
  known_.insert(known_.end(), {"limit", "cursor", "min_position"});
}

std::vector<ListEndpoint::Part> ListEndpoint::read_filters(
    const Call& call, Parameters& parameters) const {
  std::vector<Part> parts;
  const auto read = [&](std::string_view name, std::string_view text, std::string_view place) {
    const auto& field = *route_.row->field(name);
    auto part = read_part(field, text);
    if (!part) parameters.fault_at(fmt::format("{}/{}", place, name), wanted_value(field));
    parts.push_back({field.name, std::move(part).value_or("")});
  };
  for (const auto& [name, value] : call.path) read(name, value, "path");
  for (const auto& name : route_.query.filters)
    if (const auto value = parameters.get(name)) read(name, *value, "query");
  return parts;
}

void ListEndpoint::choose_listing(
    Parameters& parameters, const std::vector<Part>& filters, Query& query) const {
  const auto asked = parameters.get("sort");
  const bool descending = asked && asked->starts_with('-');
  const auto sort = asked ? asked->substr(descending ? 1 : 0) : std::string_view{};
  std::vector<std::string_view> names;
  for (const auto& filter : filters) names.emplace_back(filter.field);
  query.listing = asked && sort.empty() ? nullptr : find_listing(route_.listings, names, sort);
  if (!query.listing)
    return parameters.fault_at(
        asked && find_listing(route_.listings, names, "") ? "query/sort" : "query",
        "these do not go together; possible are the filters: " +
            describe(route_.listings, in_address_));

  query.order = !asked       ? query.listing->order
                : descending ? views::Order::descending
                             : views::Order::ascending;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const auto& field = query.listing->index->fields[i]->name;
    query.prefix += std::ranges::find(filters, field, &Part::field)->index_part;
  }
  query.scope = fmt::format(
      "{}?{}&sort={}{}",
      route_.pattern,
      query.listing->index ? query.listing->index->name : "",
      query.order == views::Order::descending ? "-" : "",
      query.listing->sort);
  query.scope.append(1, '\0').append(query.prefix);
}

void ListEndpoint::handle(const Call& call, Reply reply) {
  const auto& request = call.request;
  Query query{.correlation = correlation_of(request, reading_.now())};
  Parameters parameters{request, known_};
  const auto filters = read_filters(call, parameters);
  choose_listing(parameters, filters, query);
  query.limit = parameters.limit();
  auto freshness = parameters.freshness(reading_.incarnation());
  const bool live = wants_events(request);
  const auto last_event =
      live ? parameters.last_event(reading_.incarnation(), freshness) : std::nullopt;
  auto problem = follow_cursor(parameters, reading_, query.scope, view_.version, query.after);
  if (auto fault = parameters.problem()) problem = std::move(fault);
  if (problem) return reply(refuse(std::move(*problem), query.correlation));
  if (live) {
    LiveQuery followed{
        .id = fmt::format("{} {} {}", query.limit, query.scope, query.after),
        .view = &view_.reader,
        .look = [this, query](const views::Moment& moment) {
          std::vector<SeenRow> rows;
          for (auto& entry : page(moment, query).entries)
            rows.push_back({route_.row, std::move(entry.row)});
          return rows;
        }};
    return follow_when_fresh(
        reading_,
        freshness,
        {std::move(followed), last_event, query.correlation},
        std::move(reply));
  }
  answer_when_fresh(
      view_.reader, freshness, std::move(query), std::move(reply), [this](const Query& asked) {
        return answer(asked);
      });
}

ListEndpoint::Page ListEndpoint::page(const views::Moment& moment, const Query& query) const {
  // One item too many is asked for: it tells whether there is a next page.
  Page page{
      .entries = moment.scan(
          {.table = route_.query.table,
           .index = query.listing->index ? std::string_view{query.listing->index->name} : "",
           .prefix = query.prefix,
           .after = query.after,
           .limit = query.limit + 1,
           .order = query.order})};
  auto& entries = page.entries;
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < entries.size() && count < query.limit; ++count) {
    if (bytes > page_bytes_most) break;
    bytes += entries[count].row.bytes.size();
  }
  if (count < entries.size()) {
    page.next = entries[count - 1].place;
    entries.resize(count);
  }
  return page;
}

Response ListEndpoint::answer(const Query& query) const try {
  Response response{.content_type = content::json, .body = "{\"items\":["};
  Page page;
  view_.reader.read([&](const views::Moment& moment) {
    add_standing(response, moment);
    page = this->page(moment, query);
  });
  std::vector<std::string_view> set_aside;
  for (const auto& entry : page.entries) {
    if (response.body.back() != '[') response.body += ',';
    schemas::write_json(response.body, *route_.row, entry.row.bytes);
    if (entry.row.set_aside) set_aside.emplace_back(entry.row.key);
  }
  if (!page.next.empty())
    page.next = write_cursor(
        reading_.digest, query.scope, {view_.version, reading_.incarnation(), page.next});
  end_page(response.body, page.next);
  response.body.insert(response.body.size() - 1, quarantined_member(set_aside));
  return response;
} catch (const std::runtime_error&) {
  return read_failed(reading_, query.correlation);
}

}  // namespace http
