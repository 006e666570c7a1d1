#include "gateways/http/api/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gateways/http/api/openapi_audit.hpp"
#include "gateways/http/api/openapi_parts.hpp"
#include "gateways/http/api/stream_endpoint.hpp"
#include "gateways/http/router.hpp"
#include "schemas/json_schema.hpp"

namespace http {
namespace {
using namespace openapi_parts;

const std::vector<std::string> command_codes{
    "malformed",
    "unsupported_media_type",
    "body_too_large",
    "command_too_large",
    "stale_version",
    "idempotency_key_reused",
    "damaged",
    "internal",
    "unavailable",
    "outcome_unknown"};
const std::vector<std::string> read_codes{
    "malformed", "position_unknown", "internal", "unavailable", "view_behind"};

std::string lower(std::string_view method) {
  std::string text{method};
  std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return text;
}

void add_shared(Json& parameters, std::initializer_list<std::string_view> names) {
  for (const auto name : names) parameters.push_back(reference("parameters", name));
}

// The body's schema where the path gives some of the fields: those need not be repeated.
Json body_schema(const schemas::Table& command, const std::vector<std::string>& given) {
  if (given.empty()) return reference("schemas", command.name);
  auto schema = schemas::json_schema(command);
  if (!schema.contains("required")) return schema;
  auto& required = schema["required"];
  auto left = Json::array();
  for (const auto& name : required)
    if (std::ranges::find(given, name.get<std::string>()) == given.end()) left.push_back(name);
  if (left.empty())
    schema.erase("required");
  else
    required = std::move(left);
  return schema;
}

Json body_example(const schemas::Table& command, const std::vector<std::string>& given) {
  auto example = schemas::example_json(command);
  for (const auto& name : given) example.erase(name);
  return example;
}

Json request_body(const CommandRoute& route) {
  const auto given = parameters_of(route.pattern);
  Json media, alternatives = Json::array();
  for (const auto* command : route.commands) {
    alternatives.push_back(body_schema(*command, given));
    media["examples"][command->name] = {{"value", body_example(*command, given)}};
  }
  media["schema"] = alternatives.size() == 1 ? alternatives[0] : Json{{"oneOf", alternatives}};
  return {
      {"required",
       media["schema"].contains("$ref") || media["schema"].contains("required") ||
           media["schema"].contains("oneOf")},
      {"content", {{"application/json", media}}}};
}

Json command_operation(const CommandRoute& route, std::string id) {
  const auto& first = *route.commands.front();
  Json operation{{"operationId", std::move(id)}, {"tags", {first.context}}};
  auto codes = command_codes;
  std::string summary;
  for (const auto* command : route.commands) {
    summary += (summary.empty() ? "" : " Or: ") + command->comment;
    codes.insert(codes.end(), command->rejects.begin(), command->rejects.end());
  }
  operation["summary"] = summary;
  operation["parameters"] = path_parameters(route.pattern, &first);
  add_shared(operation["parameters"], {"idempotency_key", "if_match", "correlation_id"});
  operation["requestBody"] = request_body(route);
  auto& responses = operation["responses"];
  for (const auto& [status, description] :
       {std::pair{"200", "Done: the facts are durable. Or there was nothing to do."},
        std::pair{"201", "Done, and the aggregate began with it."}}) {
    responses[status] = {
        {"description", description},
        {"headers",
         answer_headers(
             {"Construct-Position",
              "Construct-Correlation-Id",
              "ETag",
              "Idempotency-Key",
              "Idempotent-Replayed"})},
        {"content", media("application/json", "CommandAccepted")}};
  }
  responses["201"]["headers"]["Location"] = reference("headers", "Location");
  add_problems(responses, std::move(codes));
  return operation;
}

Json webhook_operation(const WebhookRoute& route) {
  Json operation{
      {"operationId", operation_id("post", route.pattern)},
      {"tags", {route.command->context}},
      {"summary", route.command->comment},
      {"description",
       "For the sender's system alone: the message must be signed, and takes effect once, "
       "however often it is sent. Further fields are passed over."}};
  operation["parameters"] = Json::array({reference("parameters", "correlation_id")});
  operation["requestBody"] = {
      {"required", true}, {"content", media("application/json", route.command->name)}};
  operation["responses"]["200"] = {
      {"description", "Taken, now or before; it need not be sent again."},
      {"content", media("application/json", "CommandAccepted")}};
  std::vector<std::string> codes{
      "malformed",
      "body_too_large",
      "idempotency_key_reused",
      "damaged",
      "internal",
      "unavailable",
      "outcome_unknown"};
  codes.insert(codes.end(), route.command->rejects.begin(), route.command->rejects.end());
  add_problems(operation["responses"], std::move(codes));
  return operation;
}

Json bulk_operation() {
  Json operation{
      {"operationId", "post_commands"},
      {"tags", {"commands"}},
      {"summary",
       "Many commands in one request, one per line; one answer per line, in the same order."},
      {"description",
       "Each line is {\"context\", \"command\", \"id\", \"body\"}; `id` is its idempotency key. A "
       "line has at most "
       "1 MiB, the body no limit. A bad line fails alone. Read the answers while you send: at most "
       "512 lines "
       "are under way at a time, and each is decided as soon as it can be: what rests on another "
       "line's outcome belongs into a later request. Blank lines are passed over."}};
  operation["parameters"] = Json::array({reference("parameters", "correlation_id")});
  operation["requestBody"] = {
      {"required", true},
      {"content", {{"application/x-ndjson", {{"schema", {{"type", "string"}}}}}}}};
  operation["responses"]["200"] = {
      {"description",
       "A line for each line: the answer with `status` and `id`, or a problem document with them."},
      {"content", {{"application/x-ndjson", {{"schema", {{"type", "string"}}}}}}}};
  add_problems(operation["responses"], {"malformed", "unsupported_media_type"});
  return operation;
}

void add_events(Json& operation) {
  operation["responses"]["200"]["content"]["text/event-stream"] = {
      {"schema", {{"type", "string"}}},
      {"description",
       "Asked for by Accept: the answer as the event `snapshot`, then each change of it as "
       "`upsert` "
       "or `delete`, and a row that is set aside as `quarantine`. After a `reset` a new `snapshot` "
       "follows."}};
}

Json row_operation(const RowRoute& route) {
  Json operation{
      {"operationId", operation_id("get", route.pattern)},
      {"tags", {route.row->context}},
      {"summary", route.row->comment.empty() ? route.row->name : route.row->comment}};
  operation["parameters"] = path_parameters(route.pattern, route.row);
  for (const auto& [name, index] : route.query.parameters)
    operation["parameters"].push_back(
        {{"name", name}, {"in", "query"}, {"schema", {{"type", "string"}}}});
  if (!route.query.parameters.empty())
    operation["description"] = "Exactly one of the parameters that name a row is sent.";
  add_shared(
      operation["parameters"],
      {"if_none_match", "construct_min_position", "min_position", "prefer", "last_event_id"});
  Json schema = reference("schemas", route.row->name);
  if (route.other_row) schema = {{"anyOf", {schema, reference("schemas", route.other_row->name)}}};
  operation["responses"]["200"] = {
      {"description", "The row."},
      {"headers",
       answer_headers(
           {"Construct-Position", "ETag", "Construct-Quarantined", "Construct-Quarantined-Keys"})},
      {"content",
       {{"application/json",
         {{"schema", schema}, {"example", schemas::example_json(*route.row)}}}}}};
  add_events(operation);
  operation["responses"]["304"] = {{"description", "The row is the one that If-None-Match names."}};
  auto codes = read_codes;
  codes.insert(codes.end(), {"not_found", "quarantined"});
  add_problems(operation["responses"], std::move(codes));
  return operation;
}

Json page_operation(
    std::string_view pattern,
    std::string_view tag,
    std::string_view summary,
    std::string_view item,
    Json parameters) {
  Json operation{
      {"operationId", operation_id("get", pattern)},
      {"tags", {tag}},
      {"summary", summary},
      {"parameters", std::move(parameters)}};
  add_shared(operation["parameters"], {"limit", "cursor"});
  if (item != "AuditEvent")
    add_shared(operation["parameters"], {"construct_min_position", "min_position", "prefer"});
  const Json schema{
      {"type", "object"},
      {"required", {"items", "next_cursor"}},
      {"properties",
       {{"items", {{"type", "array"}, {"items", reference("schemas", item)}}},
        {"next_cursor", {{"type", {"string", "null"}}}}}}};
  operation["responses"]["200"] = {
      {"description", "A page."},
      {"headers", answer_headers({"Construct-Position"})},
      {"content", {{"application/json", {{"schema", schema}}}}}};
  auto codes = read_codes;
  codes.emplace_back("cursor_expired");
  if (item == "StoredFact") codes.emplace_back("not_found");
  add_problems(operation["responses"], std::move(codes));
  return operation;
}

Json list_operation(const ListRoute& route) {
  auto parameters = path_parameters(route.pattern, route.row);
  const auto in_address = parameters.size();
  for (const auto& name : route.query.filters) {
    const auto& field = *route.row->field(name);
    Json parameter{{"name", name}, {"in", "query"}, {"schema", schemas::json_schema(field)}};
    if (!field.comment.empty()) parameter["description"] = field.comment;
    parameters.push_back(std::move(parameter));
  }
  auto sorts = Json::array();
  for (std::string_view sort : route.query.sorts) {
    if (sort.starts_with('-')) sort.remove_prefix(1);
    for (const auto* sign : {"", "-"}) sorts.push_back(fmt::format("{}{}", sign, sort));
  }
  if (!sorts.empty())
    parameters.push_back(
        {{"name", "sort"},
         {"in", "query"},
         {"description",
          fmt::format("From the last down with a '-'; {} when absent.", route.query.sorts.front())},
         {"schema", {{"type", "string"}, {"enum", std::move(sorts)}}}});
  auto operation = page_operation(
      route.pattern,
      route.row->context,
      "List: " + route.row->comment,
      route.row->name,
      std::move(parameters));
  add_shared(operation["parameters"], {"last_event_id"});
  auto& page = operation["responses"]["200"];
  page["headers"] = answer_headers({"Construct-Position", "Construct-Quarantined-Keys"});
  page["content"]["application/json"]["schema"]["properties"]["quarantined"] = {
      {"type", "array"},
      {"items", {{"type", "string"}}},
      {"description",
       "The keys of the items that are set aside, when there are any: they are as they were before "
       "a fact that the view could not apply."}};
  add_events(operation);
  if (!route.query.filters.empty())
    operation["description"] =
        fmt::format("Filters that go together: {}.", describe(route.listings, in_address));
  return operation;
}

Json make_paths(const Routes& routes) {
  Json paths;
  for (const auto& route : routes.commands())
    paths[route.pattern][lower(route.method)] =
        command_operation(route, operation_id(route.method, route.pattern));
  for (const auto& route : routes.webhooks())
    paths[route.pattern]["post"] = webhook_operation(route);
  for (const auto& route : routes.rows()) paths[route.pattern]["get"] = row_operation(route);
  for (const auto& route : routes.lists()) paths[route.pattern]["get"] = list_operation(route);
  for (const auto& table : routes.schema().tables()) {
    if (table.role != schemas::Role::command) continue;
    const CommandRoute route{
        "POST", fmt::format("/commands/{}/{}", table.context, table.name), {&table}};
    paths[route.pattern]["post"] = command_operation(route, table.name);
  }
  paths["/commands"]["post"] = bulk_operation();
  const std::string stream{StreamEndpoint::pattern};
  paths[stream]["get"] = page_operation(
      stream,
      "streams",
      "Every fact of one aggregate, in order.",
      "StoredFact",
      path_parameters(stream, nullptr));
  paths["/audit/events"]["get"] = page_operation(
      "/audit/events",
      "audit",
      "The trail: who did what, when, on whose behalf. Facts in the order of the log, with the "
      "commits that brought them; a refusal that was recorded has no stream and no data.",
      "AuditEvent",
      audit_filters());
  add_audit(paths);
  return paths;
}

}  // namespace

nlohmann::ordered_json openapi(const Routes& routes) {
  std::set<std::string> contexts;
  for (const auto& table : routes.schema().tables())
    if (table.role == schemas::Role::command) contexts.insert(table.context);
  auto tags = Json::array();
  for (const auto& context : contexts) tags.push_back({{"name", context}});
  tags.push_back({{"name", "commands"}});
  tags.push_back({{"name", "streams"}});
  tags.push_back({{"name", "audit"}});

  Json document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Construct"},
        {"version", "0.1.0"},
        {"description",
         "Commands are posted, read models are read. Errors are problem documents; "
         "/problems lists their codes."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"tags", std::move(tags)}};
  document["paths"] = make_paths(routes);
  document["components"] = {
      {"schemas", schemas_of(routes.schema())},
      {"parameters", shared_parameters()},
      {"headers", shared_headers()}};
  return document;
}

}  // namespace http
